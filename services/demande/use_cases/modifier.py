"""Change the declared facts of a living demande (R441-2-7, D19, D33)."""

from services.chassis.events.unit_of_work import Stream, UnitOfWork
from services.demande.domain.commandes import ModifierDossier
from services.demande.domain.demande import Demande, Statut, modifier
from services.demande.domain.erreurs import DemandeInconnue


async def modifier_dossier(demande: Stream[Demande], version: int, commande: ModifierDossier, work: UnitOfWork) -> int:
    """Returns the new version. Raises DemandeInconnue, StaleVersion, TransitionInterdite."""
    if demande.state.statut is Statut.ABSENTE:
        raise DemandeInconnue("Aucune demande ne porte cet identifiant. Vérifiez-le, ou cherchez par le numéro unique.")
    demande.expect_version(version)
    return await work.append(demande, modifier(demande.state, commande))
