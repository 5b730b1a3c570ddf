"""Every benchmark in sequence, each in its own process, then their figures together: `python -m benchmarks [name...]`.

A benchmark is a module of this folder with a `main`: one more file is one more figure. Exits 1 when one fails.
"""

import json
import pkgutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any


def decouvrir(dossier: Path) -> list[str]:
    """Names of the benchmarks, in alphabetical order."""
    noms = sorted(module.name for module in pkgutil.iter_modules([str(dossier)]) if not module.name.startswith("_"))
    return [nom for nom in noms if callable(getattr(import_module(f"benchmarks.{nom}"), "main", None))]


def lancer(nom: str) -> dict[str, Any] | None:
    """Run one, showing what it prints; its figure, or None when it failed or ended without one."""
    print(f"\n=== {nom}", flush=True)
    derniere = ""
    with subprocess.Popen([sys.executable, "-m", f"benchmarks.{nom}"], stdout=subprocess.PIPE, text=True) as processus:
        assert processus.stdout is not None
        for ligne in processus.stdout:
            print(ligne, end="", flush=True)
            derniere = ligne.strip() or derniere
    if processus.returncode:
        return None
    try:
        figure = json.loads(derniere)
    except ValueError:
        return None
    return figure if isinstance(figure, dict) else None


def main() -> None:
    """Run those named on the command line, or all."""
    connus = decouvrir(Path(__file__).parent)
    choisis = sys.argv[1:] or connus
    inconnus = [nom for nom in choisis if nom not in connus]
    if inconnus:
        sys.exit(f"Unknown benchmark: {', '.join(inconnus)}. Known: {', '.join(connus)}.")
    figures = {nom: lancer(nom) for nom in choisis}
    print("\n=== figures")
    for nom, figure in figures.items():
        if figure is None:
            print(f"{nom:<22} failed")
        else:
            print(f"{nom:<22} {figure['value']:>12,} {figure['unit']}   {figure['ratio']} against {figure['baseline']}")
    sys.exit(any(figure is None for figure in figures.values()))


if __name__ == "__main__":
    main()
