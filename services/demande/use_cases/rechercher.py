"""Search the candidates of a dwelling: the best ranked first, until enough of them are eligible (demande.md §6.2, 2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.chassis.events.unit_of_work import EventStore
from services.chassis.fabric import Fabric
from services.demande.domain.aptitude import Aptitude, apprecier, typologie_demandee
from services.demande.domain.attribution.evenements import LogementOffert
from services.demande.flots import DEMANDE
from services.demande.projections.note_v1 import Classee, classer

LOT = 50
PLUS_EXAMINEES = 1_000
"""Beyond this many demandes read, the answer says how far it went rather than reading the whole register."""


@dataclass(frozen=True, slots=True)
class Retenue:
    """A demande that may be named, with what helps to choose."""

    classee: Classee
    aptitude: Aptitude


@dataclass(frozen=True, slots=True)
class Resultat:
    """retenues: in order; examinees: identifiers of those whose facts were read; epuisee: the register holds no other."""

    retenues: Sequence[Retenue]
    examinees: Sequence[str]
    epuisee: bool


async def rechercher(fabric: Fabric, store: EventStore, logement: LogementOffert, *, le: date, limite: int) -> Resultat:
    """The first `limite` eligible demandes; those of which it cannot be said are kept, flagged."""
    retenues: list[Retenue] = []
    examinees: list[str] = []
    apres: Classee | None = None
    while len(retenues) < limite and len(examinees) < PLUS_EXAMINEES:
        async with fabric.database.autocommit.connect() as connection:
            lot = await classer(
                connection,
                lieux=lieux_du_logement(logement),
                typologie=typologie_demandee(logement.typologie),
                apres=apres,
                limite=LOT,
            )
        etats = await store.states(DEMANDE, [une.demande for une in lot], personal=True)
        for une in lot:
            if len(retenues) == limite:
                break
            identifiant = str(une.demande)
            examinees.append(identifiant)
            aptitude = apprecier(identifiant, etats[identifiant].state, logement, le)
            if aptitude.eligible is not False:
                retenues.append(Retenue(une, aptitude))
        if len(lot) < LOT:
            return Resultat(retenues, examinees, epuisee=True)
        apres = lot[-1]
    return Resultat(retenues, examinees, epuisee=False)


def lieux_du_logement(logement: LogementOffert) -> tuple[str, ...]:
    """The places wished that match a dwelling, the best first: its quartier, then its commune (design.md §8)."""
    if logement.quartier is None:
        return (logement.commune,)
    return (f"{logement.commune}:{logement.quartier}", logement.commune)
