"""`python -m contracts.law`: write `docs/law.md`. `--check`: exit 1 and say what differs when it is not current."""

import sys
from difflib import unified_diff
from pathlib import Path

import contracts
from contracts.law import duties
from contracts.law.marks import UnreadableMark, marks
from contracts.law.page import faults, render

ROOT = Path(contracts.__file__).resolve().parents[1]


def main(arguments: list[str], root: Path = ROOT) -> int:
    """0: written, or current. 1: stale. 2: a mark cannot be read, or names a duty that does not exist."""
    page = root / "docs" / "law.md"
    try:
        trouvees = marks(root)
    except (UnreadableMark, SyntaxError) as faute:
        return _say([str(faute)], 2)
    if fautes := faults(duties(), trouvees):
        return _say(fautes, 2)
    voulue = render(duties(), trouvees)
    actuelle = page.read_text(encoding="utf-8") if page.exists() else ""
    if "--check" in arguments and actuelle != voulue:
        lignes = unified_diff(actuelle.splitlines(), voulue.splitlines(), "docs/law.md", "expected", lineterm="", n=0)
        return _say(["docs/law.md is not current: run « make contracts ».", *lignes], 1)
    if actuelle != voulue:
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(voulue, encoding="utf-8")
    return 0


def _say(phrases: list[str], code: int) -> int:
    for phrase in phrases:
        sys.stderr.write(f"{phrase}\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
