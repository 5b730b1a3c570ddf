"""Scoring one demande: each place wished by the grid in force there, and what changed since the last score."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from contracts.situation.lecture import Situation
from services.cotation.domain.comparaison import Cas, comparer
from services.cotation.domain.decimales import ecrire
from services.cotation.domain.faits import faits_du_lieu
from services.cotation.domain.grille import Grille
from services.cotation.domain.journal import CotationEtablie
from services.cotation.domain.resultat import Resultat

INITIALE = "initiale"


class GrilleEnVigueur(Protocol):
    """A published grid, compiled. version: SHA-256 of its content."""

    @property
    def grille(self) -> Grille: ...

    @property
    def version(self) -> str: ...

    def evaluer(self, faits: Mapping[str, object], as_of: date) -> Resultat: ...


@dataclass(frozen=True, slots=True)
class NoteConnue:
    """The score that stands for a place: what a new one is compared with."""

    version: str
    total: Decimal
    provisoire: bool
    hors: str | None
    au: date


@dataclass(frozen=True, slots=True)
class Avant:
    """The situation and the grid behind the scores that stand, to tell the cause of a change; None: never scored."""

    situation: Situation | None
    notes: Mapping[str, NoteConnue]
    grilles: Mapping[str, GrilleEnVigueur]


def noter(
    situation: Situation, grilles: Mapping[str, GrilleEnVigueur], avant: Avant, au: date
) -> list[CotationEtablie]:
    """The scores to establish: one per place whose EPCI has a grid, when it is new or not the same as the one that stands.

    grilles: by EPCI (SIREN), those in force on the day `au`; avant.grilles: by version, those of the scores that stand.
    """
    etablies = []
    for lieu, lu in situation.lieux.items():
        grille = grilles.get(lu.epci or "")
        if grille is None:
            continue
        resultat = grille.evaluer(faits_du_lieu(situation, lieu), au)
        connue = avant.notes.get(lieu)
        hors = resultat.hors_cotation.code if resultat.hors_cotation else None
        meme = (grille.version, resultat.total, resultat.provisoire, hors)
        if connue is not None and meme == (connue.version, connue.total, connue.provisoire, connue.hors):
            continue
        etablies.append(
            CotationEtablie(
                lieu=lieu,
                grille=grille.grille.id,
                version=grille.version,
                situation=situation.version,
                total=ecrire(resultat.total),
                provisoire=resultat.provisoire,
                au=au,
                cause=_cause(situation, lieu, grille, avant, au),
                hors=hors,
            )
        )
    return etablies


def _cause(situation: Situation, lieu: str, grille: GrilleEnVigueur, avant: Avant, au: date) -> str:
    """The cause that moved the score most, in the order of design.md §8 when two move it as much."""
    connue = avant.notes.get(lieu)
    ancienne = avant.grilles.get(connue.version) if connue else None
    if connue is None or ancienne is None or avant.situation is None or lieu not in avant.situation.lieux:
        return INITIALE
    comparaison = comparer(
        Cas(ancienne.grille, faits_du_lieu(avant.situation, lieu), connue.au),
        Cas(grille.grille, faits_du_lieu(situation, lieu), au),
        lambda laquelle, faits, le: (ancienne if laquelle is ancienne.grille else grille).evaluer(faits, le),
    )
    parts = [part for part in comparaison.parts if part.points]
    return max(parts, key=lambda part: abs(part.points)).cause.value if parts else "fait"
