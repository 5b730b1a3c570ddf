"""`python -m contracts.situation`: write `contracts/situation.json`; with `--check`, say whether it is current."""

import sys

from contracts.situation.export import FICHIER, en_json


def main(arguments: list[str]) -> int:
    """0: written, or current. 1: `--check` found a stale or absent file."""
    voulu = en_json()
    if "--check" not in arguments:
        FICHIER.write_text(voulu, encoding="utf-8")
        return 0
    if FICHIER.exists() and FICHIER.read_text(encoding="utf-8") == voulu:
        return 0
    print(f"{FICHIER.name} n'est pas à jour : lancez « make contracts ».", file=sys.stderr)  # noqa: T201
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
