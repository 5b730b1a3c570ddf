"""Name the candidates of a dwelling (R441-3, C01)."""

from uuid import UUID

from services.chassis.events.unit_of_work import UnitOfWork
from services.demande.domain.attribution.commandes import DesignerCandidats
from services.demande.domain.attribution.decisions import designer
from services.demande.domain.attribution.etat import Attribution
from services.demande.flots import DEMANDE
from services.demande.use_cases.carnet import Carnet
from services.demande.use_cases.offrir import attribution_de


async def designer_candidats(mise: UUID, commande: DesignerCandidats, work: UnitOfWork) -> Attribution:
    """Returns where the attribution stands.

    Raises MiseADispositionInconnue, DesignationInvalide, CandidatNonRecevable, DelaiDepasse, DecisionImpossible.
    """
    carnet = Carnet(work)
    page = await attribution_de(mise, carnet)
    demandes = {une: (await carnet.ouvrir(DEMANDE, une)).etat for une in commande.demandes}
    page.noter(designer(page.etat, demandes, commande))
    await carnet.ecrire()
    return page.etat
