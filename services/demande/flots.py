"""The streams of the register: what each category folds into, every stored event type, and what each publishes."""

from typing import Any

from contracts.evenements import demande as publies
from services.chassis.events.catalogue import EventCatalogue
from services.chassis.events.unit_of_work import Aggregate
from services.chassis.publication.derivation import Derived
from services.demande.domain import journee
from services.demande.domain.attribution import evenements as attribution
from services.demande.domain.attribution.etat import Attribution
from services.demande.domain.attribution.etat import evolve as evolve_attribution
from services.demande.domain.demande import Demande, evolve
from services.demande.domain.evenements import (
    EVENEMENTS,
    DemandeEchue,
    DemandeEnregistree,
    DemandeRadiee,
    DemandeRenouvelee,
    DossierModifie,
    OffreAppreciee,
    PreavisEmis,
    PropositionAcceptee,
    PropositionFaite,
    PropositionRefusee,
)
from services.demande.domain.numero import NumeroReserve
from services.demande.domain.numero import evolve as evolve_numero

DEMANDE = Aggregate("demande", Demande(), evolve)
NUMERO = Aggregate("numero", NumeroReserve(), evolve_numero)
ATTRIBUTION = Aggregate("attribution", Attribution(), evolve_attribution)

CATALOGUE = EventCatalogue((*EVENEMENTS, *attribution.EVENEMENTS, journee.JourneeClose))


def derive(stream: str, event: Any) -> Derived | None:
    """What a stored event publishes."""
    category, _, subject = stream.partition("-")
    match category:
        case "demande":
            return _demande(subject, event) or _validite(subject, event) or _proposition(subject, event)
        case "attribution":
            return _attribution(subject, event)
        case "journee" if isinstance(event, journee.JourneeClose):
            return Derived("demande.journee-close.v1", subject, publies.JourneeClose(event.le))
    return None


def _demande(demande: str, event: Any) -> Derived | None:
    match event:
        case DemandeEnregistree():
            data = publies.DemandeEnregistree(
                demande=demande,
                situation=event.situation,
                deposee_le=event.deposee_le,
                territoires=(event.territoire,),
                guichet=event.guichet,
                attestation_avant=event.attestation_avant,
                valable_jusqu_au=event.valable_jusqu_au,
            )
            return Derived("demande.enregistree.v1", demande, data)
        case DossierModifie() | OffreAppreciee():
            return Derived("demande.modifiee.v1", demande, publies.DemandeModifiee(demande, event.situation))
        case DemandeRadiee():
            return Derived("demande.radiee.v1", demande, publies.DemandeRadiee(demande, event.motif, event.le))
    return None


def _validite(demande: str, event: Any) -> Derived | None:
    match event:
        case PreavisEmis():
            preavis = publies.PreavisEmis(demande, event.le, event.valable_jusqu_au)
            return Derived("demande.preavis-emis.v1", demande, preavis)
        case DemandeEchue():
            return Derived("demande.echue.v1", demande, publies.DemandeEchue(demande, event.le))
        case DemandeRenouvelee():
            renouvelee = publies.DemandeRenouvelee(demande, event.situation, event.le, event.valable_jusqu_au)
            return Derived("demande.renouvelee.v1", demande, renouvelee)
    return None


def _proposition(demande: str, event: Any) -> Derived | None:
    match event:
        case PropositionFaite():
            faite = publies.PropositionFaite(
                demande, event.proposition, event.mise_a_disposition, event.rang, event.le, event.repondre_avant
            )
            return Derived("proposition.faite.v1", demande, faite, event.organisations)
        case PropositionAcceptee():
            acceptee = publies.PropositionAcceptee(demande, event.proposition, event.mise_a_disposition, event.le)
            return Derived("proposition.acceptee.v1", demande, acceptee, event.organisations)
        case PropositionRefusee():
            refusee = publies.PropositionRefusee(
                demande, event.proposition, event.mise_a_disposition, event.situation, event.le
            )
            return Derived("proposition.refusee.v1", demande, refusee, event.organisations)
    return None


def _attribution(mise: str, event: Any) -> Derived | None:
    match event:
        case attribution.CandidatDesigne():
            designee = publies.CandidatureDesignee(
                mise, event.demande, event.rang, event.classement, event.reservataire, event.le
            )
            return Derived("candidature.designee.v1", mise, designee, event.organisations)
        case attribution.CommissionTenue():
            decisions = tuple(publies.CandidatDecide(une.demande, une.decision, une.rang) for une in event.decisions)
            decidee = publies.CaleolDecidee(mise, event.seance_le, decisions)
            return Derived("caleol.decidee.v1", mise, decidee, event.organisations)
        case attribution.BailSigne():
            bail = publies.BailSigne(
                mise, event.demande, event.signe_le, event.premier_quartile, event.prioritaire, event.relogement_npnru
            )
            return Derived("bail.signe.v1", mise, bail, event.organisations)
    return None
