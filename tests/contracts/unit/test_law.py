"""docs/law.md: every duty has its row, marks are read from source, and a mark that names no duty stops the build."""

from pathlib import Path

import pytest

from contracts.law import Duty, duties
from contracts.law.__main__ import main
from contracts.law.marks import Mark, UnreadableMark, marks
from contracts.law.page import faults, render

EXPECTED = (
    [f"demande:D{n:02}" for n in range(1, 34)]
    + [f"demande:C{n:02}" for n in range(1, 11)]
    + [f"cotation:D{n}" for n in range(1, 31)]
    + [f"flux:L{n}" for n in range(1, 32)]
)


def _tree(folder: Path, source: str) -> Path:
    (folder / "tests" / "unit").mkdir(parents=True)
    (folder / "tests" / "unit" / "test_x.py").write_text(source, encoding="utf-8")
    return folder


def test_every_duty_of_the_domain_notes_is_there_in_their_order() -> None:
    assert list(duties()) == EXPECTED


@pytest.mark.parametrize("duty", duties().values(), ids=lambda duty: duty.id)
def test_each_duty_is_one_sentence_with_its_article(duty: Duty) -> None:
    assert duty.summary.endswith(".")
    assert "\n" not in duty.summary
    assert duty.article
    assert not duty.outside or (len(duty.outside) > 30 and duty.outside.endswith("."))


def test_marks_are_found_wherever_pytest_reads_them(tmp_path: Path) -> None:
    root = _tree(
        tmp_path,
        "import pytest\n"
        'pytestmark = [pytest.mark.long, pytest.mark.duty("flux:L1")]\n'
        '@pytest.mark.duty("flux:L2", "flux:L3")\n'
        "def test_a(): ...\n"
        '@pytest.mark.duty("flux:L4")\n'
        "class TestB:\n"
        '    @pytest.mark.duty("flux:L5")\n'
        "    async def test_c(self): ...\n"
        '@pytest.mark.parametrize("x", [pytest.param(1, marks=pytest.mark.duty("flux:L6"))])\n'
        "def test_d(x):\n"
        '    call = duty("flux:L7")\n',
    )
    nom = "tests/unit/test_x.py"
    assert {(m.duty, m.test) for m in marks(root)} == {
        ("flux:L1", nom),
        ("flux:L2", f"{nom}::test_a"),
        ("flux:L3", f"{nom}::test_a"),
        ("flux:L4", f"{nom}::TestB"),
        ("flux:L5", f"{nom}::TestB::test_c"),
        ("flux:L6", f"{nom}::test_d"),
    }


def test_the_tests_are_never_imported(tmp_path: Path) -> None:
    root = _tree(tmp_path, 'import pytest\nraise SystemExit\n@pytest.mark.duty("flux:L1")\ndef test_a(): ...\n')
    assert [m.duty for m in marks(root)] == ["flux:L1"]


def test_an_id_that_is_computed_cannot_be_read(tmp_path: Path) -> None:
    root = _tree(tmp_path, 'import pytest\n@pytest.mark.duty(f"flux:L{1}")\ndef test_a(): ...\n')
    with pytest.raises(UnreadableMark, match="test_a, line 2"):
        marks(root)
    assert main([], root) == 2


DUTIES = {
    "flux:L1": Duty("flux:L1", "Pay | owe.", "L1"),
    "flux:L2": Duty("flux:L2", "Convert.", "L2", "A past deadline of others, not a screen."),
    "cotation:D1": Duty("cotation:D1", "Vote.", "D1"),
}


def test_a_row_names_its_tests_or_says_not_yet_or_why_it_is_outside() -> None:
    page = render(DUTIES, [Mark("flux:L1", "tests/b.py::test_b", 1), Mark("flux:L1", "tests/a.py::test_a", 1)])
    assert "| flux:L1 | Pay \\| owe. | L1 | `tests/a.py::test_a`<br>`tests/b.py::test_b` |" in page
    assert "| flux:L2 | Convert. | L2 | outside the software: A past deadline of others, not a screen. |" in page
    assert "| cotation:D1 | Vote. | D1 | not yet |" in page
    assert page == render(DUTIES, [Mark("flux:L1", "tests/a.py::test_a", 9), Mark("flux:L1", "tests/b.py::test_b", 9)])


def test_an_unknown_id_and_a_test_of_what_is_outside_are_faults() -> None:
    phrases = faults(DUTIES, [Mark("flux:L99", "t::a", 3), Mark("flux:L2", "t::b", 4), Mark("flux:L1", "t::c", 5)])
    assert len(phrases) == 2
    assert "t::a, line 3" in phrases[0]
    assert "outside" in phrases[1]


def test_the_command_writes_checks_and_refuses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = _tree(tmp_path, 'import pytest\n@pytest.mark.duty("flux:L1")\ndef test_a(): ...\n')
    assert main(["--check"], root) == 1
    assert not (root / "docs" / "law.md").exists()
    assert main([], root) == 0
    assert main(["--check"], root) == 0
    (root / "tests" / "unit" / "test_x.py").write_text("def test_a(): ...\n", encoding="utf-8")
    capsys.readouterr()
    assert main(["--check"], root) == 1
    assert "flux:L1" in capsys.readouterr().err
    (root / "tests" / "unit" / "test_x.py").write_text(
        'import pytest\n@pytest.mark.duty("flux:L0")\ndef test_a(): ...\n'
    )
    assert main([], root) == 2
    assert "flux:L0" in capsys.readouterr().err
