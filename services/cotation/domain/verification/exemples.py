"""A grid's worked examples: one that does not come out refuses the grid."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from services.cotation.domain.decimales import ecrire
from services.cotation.domain.faute import Faute
from services.cotation.domain.grille import Exemple, Grille
from services.cotation.domain.resultat import Resultat

Note = Callable[[Mapping[str, Any], date], Resultat]
"""What scores facts on a day under one grid."""
Noter = Callable[[Grille], Note]
"""What makes a grid ready to score: the engine, handed over so that verification depends on none."""

JOUR_PAR_DEFAUT = date(2024, 1, 1)
"""Day of an example that gives none: its facts then count in months, and any day gives the same result."""
REMEDE = "Corriger la grille ou l'exemple : l'un des deux se trompe."


def fautes_d_exemples(grille: Grille, exemples: Iterable[Exemple], noter: Noter, racine: str) -> Iterator[Faute]:
    """One fault per figure of an example that does not come out; racine: JSON pointer of the list of examples."""
    exemples = tuple(exemples)
    if not exemples:
        return
    note = noter(grille)
    connus = {regle.id for regle in grille.regles} | {effet.id for effet in grille.effets_evenements}
    for rang, exemple in enumerate(exemples):
        pointeur = f"{racine}/{rang}"
        for inconnu in sorted(exemple.lignes.keys() - connus):
            yield Faute(
                "regle-absente",
                pointeur,
                f"L'exemple « {exemple.id} » attend le critère « {inconnu[:60]} », que la grille n'a pas.",
                REMEDE,
            )
        resultat = note(exemple.faits, exemple.le or JOUR_PAR_DEFAUT)
        for phrase in ecarts(exemple, resultat):
            yield Faute("exemple-non-verifie", pointeur, f"Exemple « {exemple.id} » : {phrase}.", REMEDE)


def ecarts(exemple: Exemple, resultat: Resultat) -> Iterator[str]:
    """What a result gives otherwise than its example expects, in French."""
    obtenu = resultat.hors_cotation.code if resultat.hors_cotation else None
    if obtenu != exemple.hors_cotation:
        yield f"attendu {exemple.hors_cotation or 'coté'}, obtenu {obtenu or 'coté'}"
        return
    if exemple.total is not None and resultat.total != exemple.total:
        yield f"total attendu {ecrire(exemple.total)}, obtenu {ecrire(resultat.total)}"
    if exemple.facteur is not None and resultat.facteur != exemple.facteur:
        yield f"facteur attendu {ecrire(exemple.facteur)}, obtenu {ecrire(resultat.facteur)}"
    if exemple.provisoire is not None and resultat.provisoire is not exemple.provisoire:
        yield f"provisoire attendu {exemple.provisoire}, obtenu {resultat.provisoire}"
    lignes = {ligne.regle: ligne for ligne in resultat.lignes}
    for regle, attendu in exemple.lignes.items():
        ligne = lignes.get(regle)
        compte: Decimal | None = ligne.valeur if ligne is not None and ligne.compte else None
        if ligne is not None and compte != attendu:
            yield f"{regle} attendu {_dire(attendu)}, obtenu {_dire(compte)}"


def _dire(valeur: Decimal | None) -> str:
    return "non compté" if valeur is None else ecrire(valeur)
