"""Take the answer to an offer: acceptance, refusal or silence, and what a person thinks of a refused one (C04, C05)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.chassis.events.unit_of_work import UnitOfWork
from services.demande.domain import propositions
from services.demande.domain.attribution.decisions import REFUS, SILENCE, accepter, decliner
from services.demande.domain.attribution.etat import Attribution
from services.demande.domain.demande import Demande
from services.demande.domain.erreurs import PropositionInconnue
from services.demande.flots import DEMANDE
from services.demande.projections.attribution_v1 import OffreLue, offre
from services.demande.use_cases.carnet import Carnet, Page
from services.demande.use_cases.offrir import attribution_de, offrir_au_suivant


@dataclass(frozen=True, slots=True)
class EnMain:
    """An offer, and the two streams that its answer touches."""

    lue: OffreLue
    attribution: Page[Attribution]
    demande: Page[Demande]


async def accepter_proposition(proposition: UUID, le: date, work: UnitOfWork) -> None:
    """Accept. Raises PropositionInconnue, DecisionImpossible, DelaiDepasse, OffreDejaAcceptee, TransitionInterdite."""
    carnet = Carnet(work)
    main = await _prendre(proposition, carnet, work)
    organisations = main.attribution.etat.organisations
    mise = str(main.lue.mise_a_disposition)
    main.demande.noter(propositions.accepter(main.demande.etat, str(proposition), mise, le, organisations))
    main.attribution.noter(accepter(main.attribution.etat, str(proposition), le))
    await carnet.ecrire()


async def refuser_proposition(
    proposition: UUID, le: date, work: UnitOfWork, *, cause: str = REFUS, motif: str | None = None,
    suite_le: date | None = None,
) -> Attribution:  # fmt: skip
    """Refuse, and offer to the next rank in the same decision. Nothing when it already is refused.

    cause: REFUS or SILENCE; suite_le: day of notification of the next offer, `le` when not said.
    Raises PropositionInconnue, DecisionImpossible, TransitionInterdite.
    """
    carnet = Carnet(work)
    main = await _prendre(proposition, carnet, work)
    declinee = decliner(main.attribution.etat, str(proposition), cause, le)
    if declinee:
        refus = propositions.refuser(
            main.demande.etat, str(proposition), str(main.lue.mise_a_disposition), le,
            main.attribution.etat.organisations, silence=cause == SILENCE, motif=motif,
        )  # fmt: skip
        main.attribution.noter(declinee)
        main.demande.noter(refus)
        await offrir_au_suivant(main.lue.mise_a_disposition, main.attribution, carnet, suite_le or le)
    await carnet.ecrire()
    return main.attribution.etat


async def apprecier_proposition(proposition: UUID, le: date, work: UnitOfWork, *, adaptee: bool) -> None:
    """Record whether a refused offer was suitable: a human judgement (R441-2-17). Raises PropositionInconnue."""
    carnet = Carnet(work)
    main = await _prendre(proposition, carnet, work)
    main.demande.noter(propositions.apprecier(main.demande.etat, str(proposition), adaptee=adaptee, le=le))
    await carnet.ecrire()


async def _prendre(proposition: UUID, carnet: Carnet, work: UnitOfWork) -> EnMain:
    lue = await offre(work.connection, proposition)
    if lue is None:
        raise PropositionInconnue("Aucune proposition ne porte cet identifiant. Vérifiez-le.")
    demande = await carnet.ouvrir(DEMANDE, lue.demande)
    return EnMain(lue, await attribution_de(lue.mise_a_disposition, carnet), demande)
