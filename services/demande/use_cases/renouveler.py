"""Renew a demande for one year (R441-2-7, D17, D19)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.chassis.events.unit_of_work import UnitOfWork
from services.demande.domain.commandes import RenouvelerDemande
from services.demande.domain.demande import Statut
from services.demande.domain.erreurs import DemandeInconnue
from services.demande.domain.validite import renouveler
from services.demande.flots import DEMANDE


@dataclass(frozen=True, slots=True)
class Renouvelee:
    """What a renewal gives: the demande's version, the last day of its validity."""

    version: int
    valable_jusqu_au: date


async def renouveler_demande(
    demande_id: UUID, version: int, commande: RenouvelerDemande, work: UnitOfWork
) -> Renouvelee:
    """Raises DemandeInconnue, StaleVersion, TransitionInterdite."""
    demande = await work.load(DEMANDE, demande_id)
    if demande.state.statut is Statut.ABSENTE:
        raise DemandeInconnue("Aucune demande ne porte cet identifiant. Vérifiez-le, ou cherchez par le numéro unique.")
    demande.expect_version(version)
    evenements = renouveler(demande.state, commande)
    return Renouvelee(await work.append(demande, evenements), evenements[0].valable_jusqu_au)
