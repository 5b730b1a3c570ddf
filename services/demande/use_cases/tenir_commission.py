"""Record what the commission decided, and make the offer to rank 1 in the same decision (R441-3, R441-10)."""

from uuid import UUID

from services.chassis.events.unit_of_work import UnitOfWork
from services.demande.domain.attribution.commandes import DecisionRequise, TenirCommission
from services.demande.domain.attribution.commission import FAVORABLES, decider
from services.demande.domain.attribution.etat import Attribution
from services.demande.domain.evenements import DecisionRendue, Motivation
from services.demande.flots import DEMANDE
from services.demande.use_cases.carnet import Carnet
from services.demande.use_cases.offrir import attribution_de, offrir_au_suivant


async def tenir_commission(mise: UUID, commande: TenirCommission, work: UnitOfWork) -> Attribution:
    """Returns where the attribution stands. Raises MiseADispositionInconnue, DecisionImpossible, DecisionInvalide."""
    carnet = Carnet(work)
    page = await attribution_de(mise, carnet)
    page.noter([decider(page.etat, commande)])
    for requise in commande.decisions:
        demande = await carnet.ouvrir(DEMANDE, requise.demande)
        demande.noter([_rendue(mise, commande, requise)])
    await offrir_au_suivant(mise, page, carnet, commande.le)
    await carnet.ecrire()
    return page.etat


def _rendue(mise: UUID, commande: TenirCommission, requise: DecisionRequise) -> DecisionRendue:
    favorable = requise.decision in FAVORABLES
    motivation = None if favorable else Motivation(requise.motifs, requise.precision, requise.sous_motif)
    return DecisionRendue(str(mise), commande.seance_le, requise.decision, requise.rang, motivation)
