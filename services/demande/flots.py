"""The streams of the register: what each category folds into, and every stored event type."""

from services.chassis.events.catalogue import EventCatalogue
from services.chassis.events.unit_of_work import Aggregate
from services.demande.domain.demande import Demande, evolve
from services.demande.domain.evenements import EVENEMENTS
from services.demande.domain.numero import NumeroReserve
from services.demande.domain.numero import evolve as evolve_numero

DEMANDE = Aggregate("demande", Demande(), evolve)
NUMERO = Aggregate("numero", NumeroReserve(), evolve_numero)

CATALOGUE = EventCatalogue(EVENEMENTS)
