"""Read models: the dwellings put at disposal, one row each; the offers made, one row each. Nothing personal."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.chassis.events.unit_of_work import Written
from services.demande.domain.attribution.etat import Attribution
from services.demande.domain.evenements import (
    PropositionAcceptee,
    PropositionCaduque,
    PropositionFaite,
    PropositionRefusee,
)
from services.demande.flots import ATTRIBUTION, DEMANDE

_UPSERT = text("""
    insert into mise_a_disposition_v1 (mise_a_disposition, version, phase, bailleur, reservataire, organisations, commune,
                                       quartier, typologie, financement, loyer_centimes, disponible_le, designer_avant)
    values (:mise_a_disposition, :version, :phase, :bailleur, :reservataire, :organisations, :commune, :quartier,
            :typologie, :financement, :loyer_centimes, :disponible_le, :designer_avant)
    on conflict (mise_a_disposition) do update set version = excluded.version, phase = excluded.phase""")
_PROPOSER = text("""
    insert into proposition_v1 (proposition, demande, mise_a_disposition, statut, rang, le, repondre_avant)
    values (:proposition, :demande, :mise_a_disposition, 'EN_COURS', :rang, :le, :repondre_avant)
    on conflict (proposition) do update set statut = excluded.statut""")
_REPONDRE = text("update proposition_v1 set statut = :statut where proposition = :proposition")
_STATUTS: Mapping[type, str] = {
    PropositionAcceptee: "ACCEPTEE",
    PropositionRefusee: "REFUSEE",
    PropositionCaduque: "CADUQUE",
}


class AttributionV1:
    """The projection: a dwelling's row is its folded state, an offer's is what was answered."""

    name = "attribution_v1"
    tables = ("mise_a_disposition_v1", "proposition_v1")
    aggregates = (ATTRIBUTION, DEMANDE)

    async def project(self, connection: AsyncConnection, written: Sequence[Written], keys: Mapping[str, bytes]) -> None:
        del keys
        last = {fact.stream: fact for fact in written if fact.aggregate is ATTRIBUTION}
        if last:
            await connection.execute(_UPSERT, [row(f.stream, f.version, f.state) for f in last.values()])
        for fact in written:
            if isinstance(fact.event, PropositionFaite):
                await connection.execute(_PROPOSER, _offre(fact.stream, fact.event))
            elif type(fact.event) in _STATUTS:
                statut = _STATUTS[type(fact.event)]
                await connection.execute(_REPONDRE, {"proposition": UUID(fact.event.proposition), "statut": statut})


def row(stream: str, version: int, etat: Attribution) -> dict[str, Any]:
    """A dwelling's row. What `verify` compares with the fold."""
    assert etat.logement is not None
    return {
        "mise_a_disposition": UUID(stream.removeprefix("attribution-")),
        "version": version,
        "phase": etat.phase.value,
        "bailleur": etat.bailleur,
        "reservataire": etat.reservataire,
        "organisations": list(etat.organisations),
        "commune": etat.logement.commune,
        "quartier": etat.logement.quartier,
        "typologie": etat.logement.typologie,
        "financement": etat.logement.financement,
        "loyer_centimes": etat.logement.loyer_centimes,
        "disponible_le": etat.disponible_le,
        "designer_avant": etat.designer_avant,
    }


def _offre(stream: str, event: PropositionFaite) -> dict[str, Any]:
    return {
        "proposition": UUID(event.proposition),
        "demande": UUID(stream.removeprefix("demande-")),
        "mise_a_disposition": UUID(event.mise_a_disposition),
        "rang": event.rang,
        "le": event.le,
        "repondre_avant": event.repondre_avant,
    }


@dataclass(frozen=True, slots=True)
class OffreLue:
    """Whose an offer is, and of what."""

    proposition: UUID
    demande: UUID
    mise_a_disposition: UUID
    statut: str
    repondre_avant: date


_LIRE = text("""
    select proposition, demande, mise_a_disposition, statut, repondre_avant from proposition_v1
    where proposition = :proposition""")
_ECHUES = text("""
    select proposition, demande, mise_a_disposition, statut, repondre_avant from proposition_v1
    where statut = 'EN_COURS' and repondre_avant < :le order by repondre_avant, proposition limit :limite""")


async def offre(connection: AsyncConnection, proposition: UUID) -> OffreLue | None:
    """One offer; None when it is not known."""
    found = (await connection.execute(_LIRE, {"proposition": proposition})).one_or_none()
    return None if found is None else OffreLue(*found)


async def offres_echues(connection: AsyncConnection, le: date, limite: int) -> list[OffreLue]:
    """Open offers whose last day to answer is past on `le`, the oldest first."""
    found: Iterable[Any] = await connection.execute(_ECHUES, {"le": le, "limite": limite})
    return [OffreLue(*one) for one in found]
