"""Register a demande on its reception (R441-2-3)."""

from uuid import UUID

from services.chassis.events.unit_of_work import UnitOfWork
from services.demande.domain.commandes import DeposerDemande
from services.demande.domain.demande import enregistrer
from services.demande.domain.numero import attribuer
from services.demande.flots import DEMANDE, NUMERO


async def deposer_demande(demande_id: UUID, commande: DeposerDemande, work: UnitOfWork) -> int:
    """Register the demande and take its number, together. Returns its version.

    Raises NumeroDejaAttribue, TransitionInterdite.
    """
    demande = await work.load(DEMANDE, demande_id)
    numero = await work.load(NUMERO, commande.empreinte)
    evenements = enregistrer(demande.state, commande)
    await work.append_all([(demande, evenements), (numero, attribuer(numero.state, str(demande_id)))])
    return demande.version + len(evenements)
