"""The scoring engine: one compiler, two back-ends that agree exactly.

A grid is compiled once. Few demandes go through one generated Python function; many go through NumPy columns in blocks.
What both compute is docs/cotation.md; the scalar oracle, written apart, is what they are tested against.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from services.cotation.domain.grille import Grille
from services.cotation.domain.moteur.colonnes import Colonnes
from services.cotation.domain.moteur.difference import reevaluer
from services.cotation.domain.moteur.echelle import decimal
from services.cotation.domain.moteur.encodage import Encodage
from services.cotation.domain.moteur.encodeur import encoder
from services.cotation.domain.moteur.erreurs import RefusDuMoteur
from services.cotation.domain.moteur.execution import (
    FILS,
    Detail,
    ResultatColonnes,
    calculer,
    programmer_plan,
    sorties_de,
)
from services.cotation.domain.moteur.explication import Explication
from services.cotation.domain.moteur.forme import Forme, mettre_en_forme
from services.cotation.domain.moteur.plan import Chantier, Plan, planifier
from services.cotation.domain.moteur.programme import Programme
from services.cotation.domain.moteur.source import Juger, Noter, Source
from services.cotation.domain.moteur.table import encoder_table
from services.cotation.domain.resultat import Constat, Resultat

__all__ = [
    "Colonnes",
    "Detail",
    "Encodage",
    "GrilleCompilee",
    "Note",
    "RefusDuMoteur",
    "ResultatColonnes",
    "compiler",
    "encoder",
    "encoder_table",
]

_PROGRAMMES_GARDES = 8


class Note(NamedTuple):
    """A score in scaled integers, as one row of `ResultatColonnes`.

    total: in units of `10**-forme.total`. hors_cotation: code of the reason out of scope, None in scope. points: what each
    line brings, 0 for one that does not count, in units of `10**-forme.decimales(line)`; a coefficient: above 1.
    """

    total: int
    provisoire: bool
    hors_cotation: str | None
    points: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class GrilleCompilee:
    """A grid version ready to score. Immutable; safe to share between threads."""

    forme: Forme
    _juger: Juger
    _noter: Noter
    _explication: Explication
    _programmes: "OrderedDict[tuple[Any, ...], tuple[Chantier, Plan, Programme]]" = field(default_factory=OrderedDict)

    @property
    def grille(self) -> Grille:
        """The grid it was compiled from."""
        return self.forme.grille

    def evaluer(self, faits: Mapping[str, Any], as_of: date) -> Resultat:
        """The score of one situation on one day, with every line, its reason and the facts it read.

        faits: nested objects, as docs/cotation.md section 1 says; a fact of another type than the one compared is
        passed over, never an error. Total and values are exact decimals. Source: docs/cotation.md, section 3.
        """
        return self._explication.resultat(faits, as_of, self._juger(faits, as_of, True))

    def noter(self, faits: Mapping[str, Any], as_of: date) -> "Note":
        """The score of one situation without its explanation: what a ranking needs, ten times as fast as `evaluer`."""
        jugement = self._noter(faits, as_of)
        if len(jugement) == 1:
            return Note(0, False, self.grille.hors_cotation[jugement[0]].code, (0,) * len(self.forme.lignes))
        _, total, provisoire, points = jugement
        return Note(total, provisoire, None, points)

    def constater(self, faits: Mapping[str, Any], as_of: date) -> Constat:
        """The score of one situation as `evaluer` gives it, without its lines: what decides whether a score changed."""
        jugement = self._noter(faits, as_of)
        if len(jugement) == 1:
            return Constat(Decimal(0), False, self.grille.hors_cotation[jugement[0]].code)
        return Constat(decimal(jugement[1], self.forme.total), jugement[2], None)

    def totaux(self, situations: Iterable[Mapping[str, Any]], as_of: date) -> list[Decimal]:
        """The totals alone of a few situations (up to thousands), in order; 0 for those out of scope."""
        noter, decimales = self._noter, self.forme.total
        jugements = (noter(faits, as_of) for faits in situations)
        return [decimal(jugement[1], decimales) if len(jugement) > 1 else Decimal(0) for jugement in jugements]

    def encodage(self) -> Encodage:
        """What to encode for this grid; `Encodage.pour` takes several."""
        return Encodage.pour(self.grille)

    def evaluer_colonnes(
        self, colonnes: Colonnes, as_of: date, detail: Detail = Detail.POINTS, *, fils: int = FILS
    ) -> ResultatColonnes:
        """The scores of many situations on one day, equal to those of `evaluer`, row by row and line by line.

        colonnes: encoded with the encoding of this grid, or of several of which it is one (`encodage`, `encoder`).
        fils: threads at most (moteur/execution.py says why one by default). Raises ColonneManquante when the columns lack
        what the grid reads, BornesNonProuvees when a value may pass 64 bits.
        """
        chantier, plan, programme = self._programme(colonnes, as_of, detail)
        noeuds = sorties_de(plan, detail)
        *points, somme, total, hors, provisoire = calculer(noeuds, colonnes, programme, {}, fils)
        return ResultatColonnes(
            n=colonnes.n,
            as_of=as_of,
            detail=detail,
            total=total,
            somme=somme,
            hors_cotation=hors,
            provisoire=provisoire,
            points=tuple(points),
            decimales_total=self.forme.total,
            decimales=tuple(self.forme.decimales(ligne) for ligne in self.forme.lignes),
            colonnes=colonnes,
            chantier=chantier,
            plan=plan,
        )

    def reevaluer(self, avant: ResultatColonnes, *, fils: int = FILS) -> ResultatColonnes:
        """The scores under this grid of the situations of `avant`, scored under another one, by difference.

        Equal to `evaluer_colonnes` on the columns and day of `avant`; fast when the two grids differ by a few criteria.
        Raises ReevaluationImpossible when `avant` kept the totals alone, ColonneManquante and BornesNonProuvees as
        `evaluer_colonnes` does.
        """
        return reevaluer(self.forme, avant, fils)

    def _programme(self, colonnes: Colonnes, as_of: date, detail: Detail) -> tuple[Chantier, Plan, Programme]:
        """The program for columns of that layout, kept for the next ones of the same layout and day."""
        cle = (colonnes.schema, as_of, detail)
        connu = self._programmes.get(cle)
        if connu is None:
            chantier = Chantier(colonnes.gabarit(), as_of)
            plan = planifier(self.forme, chantier)
            connu = self._programmes[cle] = chantier, plan, programmer_plan(plan, detail)
            while len(self._programmes) > _PROGRAMMES_GARDES:
                self._programmes.popitem(last=False)
        return connu


def compiler(grille: Grille) -> GrilleCompilee:
    """The compiled form of a grid already checked (`lecture`).

    Raises GrilleTropGrande when the code to generate would pass the bounds of `moteur.taille`.
    """
    forme = mettre_en_forme(grille)
    source = Source(forme)
    juger, noter = source.fonctions()
    return GrilleCompilee(forme, juger, noter, Explication(forme, tuple(source.mesures)))
