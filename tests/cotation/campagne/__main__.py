"""The campaign on a seed of one's own: `python -m tests.cotation.campagne --graine 7 --paires 100000`.

Prints how many pairs the oracle, the generated function and the columns agreed on, and in what share of them each construct
was met; stops at the first disagreement, shrunk and written out.
"""

import argparse

from tests.cotation.campagne.cas import SITUATIONS_PAR_GRILLE
from tests.cotation.campagne.deroulement import GRAINE, derouler
from tests.cotation.campagne.moteurs import MoteurCompile


def main() -> None:
    """Run it, print the counts."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--graine", type=int, default=GRAINE)
    options.add_argument("--paires", type=int, default=100_000)
    choix = options.parse_args()
    moteur = MoteurCompile()
    bilan = derouler([moteur], -(-choix.paires // SITUATIONS_PAR_GRILLE), choix.graine)
    print(f"graine {choix.graine} : {bilan.paires} paires, {len(bilan.differentes)} différentes, aucun désaccord")
    print(f"les trois moteurs : {moteur.paires_colonnes} paires ; 64 bits refusés : {moteur.refus} grilles")
    for nom, combien in sorted(bilan.rencontres.items()):
        print(f"  {nom:<32} {combien:>8}  {combien / bilan.paires:6.1%}")


if __name__ == "__main__":
    main()
