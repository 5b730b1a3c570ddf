"""Offer a dwelling to the next rank: the same way after the commission, after a refusal, and when a candidate is housed."""

from datetime import date
from uuid import UUID

from services.demande.domain.attribution.decisions import ecarter, epuiser, offrir, suivant
from services.demande.domain.attribution.etat import Attribution, Phase
from services.demande.domain.erreurs import MiseADispositionInconnue
from services.demande.domain.propositions import peut_recevoir, proposer
from services.demande.flots import ATTRIBUTION, DEMANDE
from services.demande.use_cases.carnet import Carnet, Page


async def attribution_de(mise: UUID | str, carnet: Carnet) -> Page[Attribution]:
    """The attribution in hand. Raises MiseADispositionInconnue."""
    page = await carnet.ouvrir(ATTRIBUTION, mise)
    if page.etat.phase is Phase.ABSENTE:
        raise MiseADispositionInconnue(
            "Aucun logement mis à disposition ne porte cet identifiant. Vérifiez-le, ou attendez qu'il soit transmis."
        )
    return page


async def offrir_au_suivant(mise: UUID | str, page: Page[Attribution], carnet: Carnet, le: date) -> None:
    """Offer to the first rank who may still be housed, in the same decision; say when nobody is left."""
    while (candidat := suivant(page.etat)) is not None:
        demande = await carnet.ouvrir(DEMANDE, candidat.demande)
        if peut_recevoir(demande.etat):
            offre = offrir(page.etat, str(mise), candidat, le)
            page.noter([offre])
            demande.noter([proposer(offre, str(mise), page.etat.organisations)])
            return
        page.noter([ecarter(candidat, le)])
    page.noter([epuiser(page.etat, le)])
