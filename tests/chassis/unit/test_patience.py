"""The wait before a restart doubles and is bounded."""

from services.chassis.supervision import Patience


def test_the_wait_doubles_up_to_its_bound() -> None:
    patience = Patience(first_delay_s=0.5, longest_delay_s=5)
    assert [patience.delay_s(crashes) for crashes in range(1, 8)] == [0.5, 1, 2, 4, 5, 5, 5]


def test_a_very_long_series_of_crashes_stays_bounded() -> None:
    assert Patience().delay_s(10**9) == Patience().longest_delay_s
