"""Follow the ledger: open the attribution of a dwelling put at disposal, end it when the dwelling is given back."""

from datetime import date
from uuid import UUID

from contracts.evenements import flux
from services.demande.domain.attribution.decisions import ouvrir, rendre
from services.demande.domain.attribution.etat import Issue
from services.demande.domain.attribution.evenements import LogementOffert
from services.demande.domain.evenements import PropositionCaduque
from services.demande.flots import ATTRIBUTION, DEMANDE
from services.demande.use_cases.carnet import Carnet
from services.demande.use_cases.offrir import attribution_de


async def mettre_a_disposition(
    mise: flux.LogementMisADisposition, organisations: tuple[str, ...], carnet: Carnet
) -> None:
    """Open the attribution, once. organisations: those that its events are for."""
    page = await carnet.ouvrir(ATTRIBUTION, UUID(mise.mise_a_disposition))
    logement = LogementOffert(
        rpls=mise.rpls,
        commune=mise.commune,
        typologie=mise.typologie,
        financement=mise.financement,
        qpv=mise.qpv,
        surface_m2=mise.surface_m2,
        loyer_centimes=mise.loyer_centimes,
        quartier=mise.quartier,
        charges_centimes=mise.charges_centimes,
    )
    page.noter(
        ouvrir(
            page.etat,
            bailleur=mise.bailleur,
            reservataire=mise.reservataire,
            organisations=organisations,
            logement=logement,
            disponible_le=mise.disponible_le,
            designer_avant=mise.designer_avant,
        )
    )


async def rendre_logement(mise: UUID, motif: str, le: date, carnet: Carnet) -> None:
    """End the attribution; an offer that was still open lapses. Raises MiseADispositionInconnue."""
    page = await attribution_de(mise, carnet)
    rendue = rendre(page.etat, motif, le)
    if not rendue:
        return
    for candidat in (*page.etat.en(Issue.OFFRE), *page.etat.en(Issue.ACCEPTE)):
        demande = await carnet.ouvrir(DEMANDE, candidat.demande)
        demande.noter([PropositionCaduque(candidat.proposition or "", str(mise), le)])
    page.noter(rendue)
