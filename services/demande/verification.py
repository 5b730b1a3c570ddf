"""What `logis verify` checks of the register, in one reading of its streams."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from services.chassis.events.journees import JOURNEE
from services.chassis.events.unit_of_work import EventStore
from services.chassis.fabric import Fabric
from services.chassis.journal.cursor import Cursor
from services.chassis.verification.controle import Controle
from services.chassis.verification.journal import streams
from services.demande.domain.demande import Demande
from services.demande.domain.evenements import (
    DemandeEnregistree,
    PropositionAcceptee,
    PropositionCaduque,
    PropositionFaite,
    PropositionRefusee,
)
from services.demande.domain.validite import au_jour
from services.demande.flots import ATTRIBUTION, DEMANDE, NUMERO
from services.demande.projections import attribution_v1
from services.demande.projections.demande_v1 import row

_ROWS = """
    select demande, version, statut, situation, deposee_le, territoire, guichet, valable_jusqu_au, attestee,
           array_to_string(lieux, ' ') as lieux, array_to_string(typologies, ' ') as typologies
    from demande_v1"""
_OFFRES = "select proposition, demande, mise_a_disposition, statut, rang, le, repondre_avant from proposition_v1"
_MISES = """
    select mise_a_disposition, version, phase, bailleur, reservataire, organisations, commune, quartier, typologie,
           financement, loyer_centimes, disponible_le, designer_avant from mise_a_disposition_v1"""

Offre = tuple[UUID, UUID, UUID, str, int, date, date]


async def verifier(fabric: Fabric, store: EventStore) -> list[Controle]:
    """The register's own checks."""
    lu = _Lu(await _derniere_close(store))
    modele = await _modele_de_lecture(fabric, store, lu)
    return [
        modele,
        Controle("demande : délais au dernier jour clos", lu.au_jour_clos, tuple(lu.en_retard)),
        await _numeros(fabric, store, lu),
        await _offres(fabric, lu),
        await _mises(fabric, store),
    ]


@dataclass(frozen=True, slots=True)
class _Close:
    """The last day closed, and where in the journal."""

    le: date
    cursor: Cursor


async def _derniere_close(store: EventStore) -> _Close | None:
    stream = JOURNEE.stream("demande")
    loaded = (await store.journal.streams([stream])).get(stream)
    if loaded is None:
        return None
    derniere = loaded.events[-1]
    return _Close(store.catalogue.decode(derniere, {}).le, derniere.cursor)


@dataclass(slots=True)
class _Lu:
    """What the events of the demandes say besides the states: numbers by demande, offers as they must stand, and what time
    should have decided of them on the last day closed."""

    close: _Close | None
    empreintes: list[tuple[str, str]] = field(default_factory=list)
    offres: dict[UUID, Offre] = field(default_factory=dict)

    au_jour_clos: int = 0
    en_retard: list[str] = field(default_factory=list)

    def peser(self, demande: str, etat: Demande, cursor: Cursor) -> None:
        """Whether time left something undecided: of a demande that has not changed since the day was closed."""
        if self.close is not None and cursor < self.close.cursor:
            self.au_jour_clos += 1
            if au_jour(etat, self.close.le):
                self.en_retard.append(f"demande-{demande} : un délai passé au {self.close.le} n'a pas eu son effet")

    def lire(self, demande: str, event: Any) -> None:
        match event:
            case DemandeEnregistree():
                self.empreintes.append((demande, event.empreinte))
            case PropositionFaite():
                offre = UUID(event.proposition)
                self.offres[offre] = (
                    offre, UUID(demande), UUID(event.mise_a_disposition), "EN_COURS", event.rang, event.le,
                    event.repondre_avant,
                )  # fmt: skip
            case PropositionAcceptee():
                self._repondre(event.proposition, "ACCEPTEE")
            case PropositionRefusee():
                self._repondre(event.proposition, "REFUSEE")
            case PropositionCaduque():
                self._repondre(event.proposition, "CADUQUE")

    def _repondre(self, proposition: str, statut: str) -> None:
        if (faite := self.offres.get(UUID(proposition))) is not None:
            self.offres[UUID(proposition)] = (*faite[:3], statut, *faite[4:])


async def _modele_de_lecture(fabric: Fabric, store: EventStore, lu: _Lu) -> Controle:
    """Each row of the read model is the fold of its stream, and each stream has its row."""
    kept: dict[Any, tuple[Any, ...]] = {r["demande"]: tuple(r) for r in await fabric.database.pool.fetch(_ROWS)}
    examined, found = 0, []
    async for head, loaded in streams(fabric.database, fabric.journal, f"{DEMANDE.category}-"):
        examined += 1
        demande, etat = head.stream.removeprefix(f"{DEMANDE.category}-"), DEMANDE.initial
        for recorded in loaded.events:
            event = store.catalogue.decode(recorded, {})
            lu.lire(demande, event)
            etat = DEMANDE.evolve(event, etat)
        lu.peser(demande, etat, loaded.events[-1].cursor)
        due = row(head.stream, head.version, etat)
        if kept.pop(due[0], None) != due:
            found.append(f"{head.stream} : la ligne du modèle de lecture n'est pas le repli de ses événements")
    found += [f"demande-{demande} : une ligne sans événement" for demande in kept]
    return Controle("demande : modèle de lecture", examined, tuple(found))


async def _numeros(fabric: Fabric, store: EventStore, lu: _Lu) -> Controle:
    """Each number belongs to one demande, which was registered with it; no two demandes have one number."""
    holders: dict[str, str] = {}
    async for head, loaded in streams(fabric.database, fabric.journal, f"{NUMERO.category}-"):
        holders[head.stream.removeprefix("numero-")] = store.fold(NUMERO, loaded, {}).state.demande or ""
    found, seen = [], set[str]()
    for demande, empreinte in lu.empreintes:
        if empreinte in seen:
            found.append(f"demande-{demande} : son numéro est déjà celui d'une autre demande")
        if holders.get(empreinte) != demande:
            found.append(f"demande-{demande} : son numéro ne lui est pas attribué")
        seen.add(empreinte)
    found += [f"numero-{empreinte} : attribué sans demande" for empreinte in holders.keys() - seen]
    return Controle("demande : numéros uniques", len(holders), tuple(found))


async def _offres(fabric: Fabric, lu: _Lu) -> Controle:
    """Each offer stands as the demande's events say."""
    gardees = {r["proposition"]: tuple(r) for r in await fabric.database.pool.fetch(_OFFRES)}
    ecarts = sorted(str(offre) for offre in gardees.keys() | lu.offres if gardees.get(offre) != lu.offres.get(offre))
    return Controle("demande : propositions", len(lu.offres), tuple(f"proposition {offre}" for offre in ecarts))


async def _mises(fabric: Fabric, store: EventStore) -> Controle:
    """Each dwelling put at disposal stands as its events say."""
    gardees = {r["mise_a_disposition"]: dict(r) for r in await fabric.database.pool.fetch(_MISES)}
    examinees, ecarts = 0, []
    async for head, loaded in streams(fabric.database, fabric.journal, f"{ATTRIBUTION.category}-"):
        examinees += 1
        due = attribution_v1.row(head.stream, head.version, store.fold(ATTRIBUTION, loaded, {}).state)
        if gardees.pop(due["mise_a_disposition"], None) != due:
            ecarts.append(f"{head.stream} : la ligne n'est pas le repli de ses événements")
    ecarts += [f"attribution-{mise} : une ligne sans événement" for mise in gardees]
    return Controle("demande : mises à disposition", examinees, tuple(ecarts))
