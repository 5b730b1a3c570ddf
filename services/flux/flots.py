"""The streams of the ledger: what each category folds into, every stored event type, and what each publishes."""

from typing import Any

from contracts.evenements import flux as publies
from services.chassis.events.catalogue import EventCatalogue
from services.chassis.events.journees import JOURNEE
from services.chassis.events.unit_of_work import Aggregate
from services.chassis.publication.derivation import Derived
from services.flux.domain import compte, convention, evenements, journee, liberation, logement, sequence

LOGEMENT = Aggregate("logement", logement.Logement(), logement.evolve)
CONVENTION = Aggregate("convention", convention.Convention(), convention.evolve)
LIBERATION = Aggregate("liberation", liberation.Liberation(), liberation.evolve)
SEQUENCE = Aggregate("sequence", sequence.Sequence(), sequence.evolve)
COMPTE = Aggregate("compte", compte.Compte(), compte.evolve)

AGREGATS: tuple[Aggregate[Any], ...] = (LOGEMENT, CONVENTION, LIBERATION, SEQUENCE, COMPTE, JOURNEE)

EVENEMENTS: tuple[type, ...] = (
    logement.LogementInscrit,
    logement.FicheRevisee,
    logement.LogementReserveHorsFlux,
    convention.ConventionPreparee,
    convention.ConventionSignee,
    convention.ConventionAvenantee,
    convention.ConventionResiliee,
    evenements.LogementLibere,
    evenements.LogementEcarte,
    evenements.LogementSoustrait,
    evenements.LogementReintegre,
    evenements.LogementOriente,
    evenements.LogementMisADisposition,
    evenements.CandidatDesigne,
    evenements.CommissionTenue,
    evenements.CandidatRefuse,
    evenements.LogementRendu,
    evenements.BailSigne,
    sequence.SequenceOuverte,
    sequence.PartsChangees,
    sequence.OrientationDecidee,
    sequence.OrientationImputee,
    sequence.OrientationRendue,
    compte.CompteOuvert,
    compte.TransfertEngage,
    compte.TransfertComptabilise,
    compte.TransfertAnnule,
    compte.TransfertExpire,
    compte.TransfertContrePasse,
    journee.JourneeClose,
)
CATALOGUE = EventCatalogue(EVENEMENTS)


def identifiant_de(stream: str) -> str:
    """The identifier of the aggregate that a stream is of."""
    return stream.partition("-")[2]


def derive(stream: str, event: Any) -> Derived | None:
    """What a stored event publishes. The organisations are those whose dwelling or right it is."""
    subject = identifiant_de(stream)
    match stream.partition("-")[0]:
        case "convention":
            return _convention(subject, event)
        case "liberation":
            return _liberation(subject, event)
        case "compte":
            return _compte(subject, event)
        case "journee" if isinstance(event, journee.JourneeClose):
            return Derived("flux.journee-close.v1", subject, publies.JourneeClose(event.le))
    return None


def _convention(subject: str, event: Any) -> Derived | None:
    match event:
        case convention.ConventionSignee() | convention.ConventionResiliee():
            nom = "signee" if isinstance(event, convention.ConventionSignee) else "resiliee"
            partie: Any = event
        case convention.ConventionAvenantee():
            nom, partie = "modifiee", event.termes
        case _:
            return None
    data = publies.ConventionChangee(subject, partie.bailleur, partie.reservataire, partie.departement, event.le)
    return Derived(f"convention.{nom}.v1", subject, data, (partie.bailleur, partie.organisation))


def _liberation(subject: str, event: Any) -> Derived | None:
    match event:
        case evenements.LogementLibere():
            libere = publies.LogementLibere(
                subject, event.bailleur, event.logement.rpls, event.logement.commune, event.libere_le
            )
            return Derived("logement.libere.v1", subject, libere, (event.bailleur,))
        case evenements.LogementSoustrait():
            soustrait = publies.LogementSoustrait(subject, event.motif, event.le)
            return Derived("logement.soustrait.v1", subject, soustrait, (event.bailleur,))
        case evenements.LogementOriente():
            oriente = publies.LogementOriente(subject, event.titulaire, event.suggestion, event.rang, event.le)
            return Derived("logement.oriente.v1", subject, oriente, (event.bailleur, event.organisation))
        case evenements.LogementMisADisposition():
            organisations = {event.bailleur, event.organisation, event.designataire}
            return Derived("logement.mis-a-disposition.v1", subject, _mise(subject, event), tuple(organisations))
        case evenements.LogementRendu():
            rendu = publies.LogementRendu(event.mise_a_disposition, subject, event.motif.value, event.le)
            return Derived("logement.rendu.v1", subject, rendu, (event.bailleur, event.organisation))
    return None


def _mise(subject: str, event: evenements.LogementMisADisposition) -> publies.LogementMisADisposition:
    logement_ = event.logement
    return publies.LogementMisADisposition(
        mise_a_disposition=event.mise_a_disposition,
        liberation=subject,
        bailleur=event.bailleur,
        reservataire=event.titulaire,
        rpls=logement_.rpls,
        commune=logement_.commune,
        typologie=logement_.typologie,
        financement=logement_.financement,
        qpv=logement_.qpv,
        surface_m2=logement_.surface_m2,
        loyer_centimes=logement_.loyer_centimes,
        disponible_le=event.disponible_le,
        designer_avant=event.designer_avant,
        quartier=logement_.quartier,
        charges_centimes=logement_.charges_centimes,
    )


def _compte(subject: str, event: Any) -> Derived | None:
    match event:
        case compte.TransfertComptabilise():
            nom, sens = "flux.impute.v1", 1
        case compte.TransfertContrePasse():
            nom, sens = "flux.contre-passe.v1", -1
        case _:
            return None
    data = publies.FluxImpute(
        convention=event.convention,
        reservataire=event.titulaire,
        exercice=event.exercice,
        liberation=event.liberation,
        unite=event.unite.value,
        nombre=sens * event.nombre,
        le=event.le,
    )
    return Derived(nom, subject, data, (event.bailleur, event.organisation))
