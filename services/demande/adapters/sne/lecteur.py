"""`python -m services.demande.adapters.sne.lecteur FICHIER JOUR APRES TAILLE`: read a file, give its batches to standard output.

The other end is `a_part`.
"""

import gc
import os
import sys
from datetime import date
from pathlib import Path

from services.demande.adapters.sne.fichier import lire
from services.demande.adapters.sne.lots import ecrire_lots, lots

EX_IOERR = 74  # sysexits.h


def main(chemin: str, le: str, apres: str, taille: str) -> None:
    """Read to the end, or until nobody listens any more."""
    gc.freeze()  # what is loaded is never freed: 7 % of the time went in scanning it again
    try:
        with Path(chemin).open("rb") as flux:
            lectures = lire(flux, le=date.fromisoformat(le))
            ecrire_lots(lots(lectures, apres=int(apres), taille=int(taille)), sys.stdout.buffer)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else Python writes to it again at its exit
    except OSError as illisible:
        print(f"Lecture impossible : {illisible.strerror}", file=sys.stderr)  # noqa: T201 (the program's own output)
        sys.exit(EX_IOERR)


if __name__ == "__main__":
    main(*sys.argv[1:])
