"""Follow-up of the rights of a year (flux.md §6.3, §9): one line a holder and perimeter, for the landlord and for the holder."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts import territoire
from services.chassis.directory import Region
from services.flux.domain.assiette import remises_en_location
from services.flux.domain.droits import Droit, Partage, PartPropre, partager
from services.flux.domain.indicateurs import Periode, Suivi, suivre
from services.flux.domain.orientation.etat import EtatOrientation
from services.flux.domain.orientation.regles import GLOBALE
from services.flux.domain.sequence import Sequence as SequenceOrientation
from services.flux.projections.convention_v1 import conventions_signees
from services.flux.projections.sequence_v1 import lire
from services.flux.use_cases.orienter import part_propre_de

_PARC = text("""
    select commune, qpv, count(*) as nombre from logement_v1
    where bailleur = :bailleur and hors_flux is null group by commune, qpv order by commune, qpv""")
_SEQUENCES = text("select etat from sequence_v1 where bailleur = :bailleur and exercice = :exercice order by sequence")
_COMPTES = text("""
    select titulaire, strate, sum(droits_debits_en_attente) as engages, sum(droits_debits - droits_credits) as imputes
    from compte_v1 where bailleur = :bailleur and exercice = :exercice group by titulaire, strate""")


@dataclass(frozen=True, slots=True)
class LigneDeSuivi:
    """One holder in one perimeter of one landlord, in dwellings.

    objectif_previsionnel: share × park × rotation retained by the convention (F2, F3), None when it retains none.
    objectif_a_date: share × dwellings oriented so far: it follows the season of departures. orientes: dwellings received,
    returns deducted. credit: what the sequence owes the holder, above 0 when it is behind. suivi: against the calendar.
    ecart_max, borne: of the sequence's last decision; None before the first one.
    """

    bailleur: str
    departement: str
    perimetre: str
    communes: frozenset[str]
    titulaire: str
    organisation: str
    convention: str
    part: Fraction
    parc: int
    objectif_previsionnel: Fraction | None
    objectif_a_date: Fraction
    orientes: int
    engages: int
    imputes: int
    rendus: int
    credit: Fraction
    suivi: Suivi | None
    ecart_max: Fraction | None
    borne: Fraction | None
    portee: str | None


@dataclass(slots=True)
class _Perimetre:
    """The dwellings of the park that are counted together."""

    departement: str
    partage: Partage
    communes: set[str]
    parc: int


async def suivi_du_bailleur(
    connection: AsyncConnection, region: Region, bailleur: str, exercice: int, le: date
) -> list[LigneDeSuivi]:
    """The lines of a landlord's year as they stand on the day `le`, by perimeter then in the order of ties."""
    jour = min(max(le, date(exercice, 1, 1)), date(exercice, 12, 31))
    parc = (await connection.execute(_PARC, {"bailleur": bailleur})).all()
    perimetres = await _perimetres(connection, region, bailleur, parc, jour)
    cle = {"bailleur": bailleur, "exercice": exercice}
    sequences = {s.perimetre: s for s in map(lire, (await connection.execute(_SEQUENCES, cle)).scalars())}
    comptes = {(row.titulaire, row.strate): row for row in (await connection.execute(_COMPTES, cle)).all()}
    taux = await _taux_de_rotation(connection, bailleur, perimetres)
    return [
        _ligne(bailleur, perimetre, droit, sequences.get(perimetre.partage.perimetre), comptes, taux, jour)
        for _, perimetre in sorted(perimetres.items())
        for droit in perimetre.partage.droits
    ]


async def _perimetres(
    connection: AsyncConnection, region: Region, bailleur: str, parc: Sequence[Any], le: date
) -> dict[str, _Perimetre]:
    """The perimeters in which the landlord's park lies, with the shares in force there."""
    trouves: dict[str, _Perimetre] = {}
    connues: dict[str, tuple[Any, PartPropre]] = {}
    for row in parc:
        departement = territoire.commune(row.commune).departement
        if departement not in connues:
            conventions = await conventions_signees(connection, bailleur, departement)
            connues[departement] = conventions, part_propre_de(region, bailleur, departement)
        conventions, propre = connues[departement]
        partage = partager(
            conventions,
            propre,
            commune=row.commune,
            qpv=row.qpv,
            neuf=False,
            le=le,
            designation_mois=region.parametre("designation_mois", le),
        )
        un = trouves.setdefault(partage.perimetre, _Perimetre(departement, partage, set(), 0))
        un.communes.add(row.commune)
        un.parc += row.nombre
    return trouves


async def _taux_de_rotation(
    connection: AsyncConnection, bailleur: str, perimetres: Mapping[str, _Perimetre]
) -> dict[str, Fraction]:
    """The rotation that each convention retains (A11 2°)."""
    return {
        une.id: Fraction(une.termes.taux_rotation)
        for departement in {perimetre.departement for perimetre in perimetres.values()}
        for une in await conventions_signees(connection, bailleur, departement)
        if une.termes.taux_rotation is not None
    }


def _ligne(
    bailleur: str,
    perimetre: _Perimetre,
    droit: Droit,
    sequence: SequenceOrientation | None,
    comptes: Mapping[tuple[str, str], Any],
    taux: Mapping[str, Fraction],
    le: date,
) -> LigneDeSuivi:
    etat = sequence.etat if sequence is not None else None
    recus = _recus(etat)
    compte = comptes.get((droit.titulaire, perimetre.partage.perimetre))
    engages, imputes = (compte.engages, compte.imputes) if compte is not None else (0, 0)
    rotation = taux.get(droit.convention)
    objectif = None if rotation is None else droit.part * remises_en_location(perimetre.parc, rotation)
    annee = Periode(date(le.year, 1, 1), date(le.year, 12, 31))
    derniere = sequence.derniere if sequence is not None else None
    return LigneDeSuivi(
        bailleur=bailleur,
        departement=perimetre.departement,
        perimetre=perimetre.partage.perimetre,
        communes=frozenset(perimetre.communes),
        titulaire=droit.titulaire,
        organisation=droit.organisation,
        convention=droit.convention,
        part=droit.part,
        parc=perimetre.parc,
        objectif_previsionnel=objectif,
        objectif_a_date=droit.part * recus.total(),
        orientes=recus[droit.titulaire],
        engages=engages,
        imputes=imputes,
        rendus=_rendus(etat, droit.titulaire),
        credit=etat.credit(droit.titulaire) if etat is not None and droit.titulaire in recus else Fraction(0),
        suivi=None if objectif is None else suivre(objectif, imputes, engages, annee, le),
        ecart_max=None if derniere is None else Fraction(derniere.ecart_max),
        borne=None if derniere is None else Fraction(derniere.borne),
        portee=None if derniere is None else derniere.portee,
    )


def _recus(etat: EtatOrientation | None) -> Counter[str]:
    if etat is None:
        return Counter()
    return Counter(dict(zip(etat.regles.titulaires, etat.recus.get(GLOBALE, etat.zeros()), strict=True)))


def _rendus(etat: EtatOrientation | None, titulaire: str) -> int:
    if etat is None or titulaire not in etat.regles.titulaires:
        return 0
    return etat.rendus[etat.regles.titulaires.index(titulaire)]
