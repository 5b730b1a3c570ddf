"""The streams of the register: what each category folds into, every stored event type, and what each publishes."""

from typing import Any

from contracts.evenements import demande as publies
from services.chassis.events.catalogue import EventCatalogue
from services.chassis.events.unit_of_work import Aggregate
from services.chassis.publication.derivation import Derived
from services.demande.domain.demande import Demande, evolve
from services.demande.domain.evenements import EVENEMENTS, DemandeEnregistree, DemandeRadiee, DossierModifie
from services.demande.domain.numero import NumeroReserve
from services.demande.domain.numero import evolve as evolve_numero

DEMANDE = Aggregate("demande", Demande(), evolve)
NUMERO = Aggregate("numero", NumeroReserve(), evolve_numero)

CATALOGUE = EventCatalogue(EVENEMENTS)


def derive(stream: str, event: Any) -> Derived | None:
    """What a stored event publishes."""
    demande = stream.removeprefix("demande-")
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
        case DossierModifie():
            return Derived("demande.modifiee.v1", demande, publies.DemandeModifiee(demande, event.situation))
        case DemandeRadiee():
            return Derived("demande.radiee.v1", demande, publies.DemandeRadiee(demande, event.motif, event.le))
    return None
