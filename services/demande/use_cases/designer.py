"""Name the candidates of a dwelling (R441-3, C01)."""

from uuid import UUID

from contracts.problems import Fault
from services.chassis.events.unit_of_work import UnitOfWork
from services.chassis.fabric import Fabric
from services.demande.adapters.classements import lire_classement
from services.demande.domain.attribution.commandes import DesignerCandidats
from services.demande.domain.attribution.decisions import designer
from services.demande.domain.attribution.etat import Attribution
from services.demande.domain.erreurs import ClassementInvalide
from services.demande.flots import DEMANDE
from services.demande.use_cases.carnet import Carnet
from services.demande.use_cases.offrir import attribution_de


async def verifier_le_classement(fabric: Fabric, mise: UUID, commande: DesignerCandidats) -> None:
    """A designation cites the ranking that was shown: kept by the scoring, for this dwelling, with these demandes in it.

    Read before the transaction: a ranking never changes. A region without scoring ranks nothing, and is asked nothing.
    Raises ClassementInvalide, CotationIndisponible. Source: design.md §8 ("order of candidates"), cotation.md §2.5.
    """
    if fabric.settings.cotation_url is None:
        return
    try:
        cite = UUID(commande.classement)
    except ValueError as invalid:
        raise _refuse("ce n'est pas l'identifiant d'un classement") from invalid
    classement = await lire_classement(fabric, cite)
    if classement is None:
        raise _refuse("aucun classement ne porte cet identifiant")
    if classement.mise_a_disposition != str(mise):
        raise _refuse("il a été arrêté pour un autre logement")
    absents = tuple(
        Fault(f"/demandes/{rang}", "hors-classement", "cette demande n'est pas dans le classement cité")
        for rang, demande in enumerate(commande.demandes)
        if demande not in classement.demandes
    )
    if absents:
        raise ClassementInvalide(
            "Une demande désignée n'est pas dans le classement cité : faites classer tous les candidats, puis citez-le.",
            errors=absents,
        )


def _refuse(raison: str) -> ClassementInvalide:
    return ClassementInvalide(
        f"Le classement cité ne convient pas : {raison}. Arrêtez un classement de ces candidats pour ce logement"
        " (POST /v1/classements de la cotation), puis citez-le.",
        errors=(Fault("/classement", "classement-invalide", raison),),
    )


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
