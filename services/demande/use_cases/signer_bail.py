"""Sign the lease: the dwelling is let, the demande struck off, its other offers closed, in one append (R441-2-8 a, D23)."""

from uuid import UUID

from services.chassis.events.unit_of_work import UnitOfWork
from services.demande.domain.attribution.commandes import SignerBail
from services.demande.domain.attribution.decisions import AUTRE_BAIL, decliner, louer
from services.demande.domain.evenements import BailConclu, Enregistrement
from services.demande.domain.propositions import conclure
from services.demande.flots import DEMANDE
from services.demande.use_cases.carnet import Carnet
from services.demande.use_cases.offrir import attribution_de, offrir_au_suivant


async def signer_bail(mise: UUID, commande: SignerBail, work: UnitOfWork) -> str:
    """Returns the demande that is housed. Raises MiseADispositionInconnue, DecisionImpossible, TransitionInterdite."""
    carnet = Carnet(work)
    page = await attribution_de(mise, carnet)
    candidat, bail = louer(page.etat, commande)
    demande = await carnet.ouvrir(DEMANDE, candidat.demande)
    ailleurs = demande.etat.offres
    page.noter([bail])
    assert page.etat.logement is not None
    conclu = BailConclu(
        mise_a_disposition=str(mise),
        proposition=bail.proposition,
        signe_le=commande.signe_le,
        bailleur_siren=commande.bailleur_siren,
        rpls=page.etat.logement.rpls,
        contingent=commande.contingent,
        enregistrement=Enregistrement(commande.deja_locataire, commande.accord_collectif, commande.dalo),
    )
    demande.noter(conclure(demande.etat, conclu))
    for offre in ailleurs:
        autre = await attribution_de(offre.mise_a_disposition, carnet)
        autre.noter(decliner(autre.etat, offre.proposition, AUTRE_BAIL, max(commande.signe_le, offre.le)))
        await offrir_au_suivant(offre.mise_a_disposition, autre, carnet, max(commande.signe_le, offre.le))
    await carnet.ecrire()
    return candidat.demande
