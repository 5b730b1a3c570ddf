"""A clock closes today, or a day that has passed."""

from datetime import date, datetime

import pytest
import typer

from services.chassis.journee import jour_a_clore

AUJOURD_HUI = date(2026, 11, 28)


def _lu(le: str) -> datetime:
    """As the command line reads it."""
    return datetime.fromisoformat(le)


@pytest.mark.parametrize(
    ("le", "jour"),
    [(None, AUJOURD_HUI), (_lu("2026-11-28"), AUJOURD_HUI), (_lu("2026-02-03"), date(2026, 2, 3))],
)
def test_the_day_is_the_one_given(le: datetime | None, jour: date) -> None:
    assert jour_a_clore(le, AUJOURD_HUI) == jour


def test_a_day_to_come_is_refused() -> None:
    with pytest.raises(typer.BadParameter, match=r"le 28/11/2027 n'est pas venu"):
        jour_a_clore(_lu("2027-11-28"), AUJOURD_HUI)
