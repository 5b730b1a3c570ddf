"""Change the declared facts of a living demande (R441-2-7, D19, D33)."""

from uuid import UUID

from services.chassis.events.unit_of_work import UnitOfWork
from services.demande.domain.commandes import ModifierDossier
from services.demande.domain.demande import Statut, modifier
from services.demande.domain.erreurs import DemandeInconnue
from services.demande.flots import DEMANDE


async def modifier_dossier(demande_id: UUID, version: int, commande: ModifierDossier, work: UnitOfWork) -> int:
    """Returns the new version. Raises DemandeInconnue, StaleVersion, TransitionInterdite."""
    demande = await work.load(DEMANDE, demande_id)
    if demande.state.statut is Statut.ABSENTE:
        raise DemandeInconnue("Aucune demande ne porte cet identifiant. Vérifiez-le, ou cherchez par le numéro unique.")
    demande.expect_version(version)
    return await work.append(demande, modifier(demande.state, commande))
