"""The streams of the scoring, every stored event type, and what is published of each."""

from typing import Any

from contracts.evenements import cotation as publies
from services.chassis.events.catalogue import EventCatalogue
from services.chassis.events.unit_of_work import Aggregate
from services.chassis.publication.derivation import Derived
from services.cotation.domain.journal import EVENEMENTS, ClassementArrete, CotationEtablie, GrillePubliee

# The state of these streams is their read model, in the same database and transaction: nothing is folded to decide.
COTATION: Aggregate[None] = Aggregate("cotation", None, lambda _evenement, _etat: None)
GRILLE: Aggregate[None] = Aggregate("grille", None, lambda _evenement, _etat: None)


def _classement(evenement: Any, _etat: ClassementArrete | None) -> ClassementArrete | None:
    assert isinstance(evenement, ClassementArrete)
    return evenement


CLASSEMENT: Aggregate[ClassementArrete | None] = Aggregate("classement", None, _classement)

CATALOGUE = EventCatalogue(EVENEMENTS)


def derive(stream: str, event: Any) -> Derived | None:
    """What a stored event publishes."""
    _, _, subject = stream.partition("-")
    match event:
        case CotationEtablie():
            data = publies.CotationEtablie(
                demande=subject,
                lieu=event.lieu,
                grille=event.grille,
                version=event.version,
                situation=event.situation,
                total=event.total,
                provisoire=event.provisoire,
                au=event.au,
                cause=event.cause,
                hors_cotation=event.hors is not None,
            )
            return Derived("cotation.etablie.v1", subject, data)
        case GrillePubliee():
            grille = publies.GrillePubliee(event.epci, event.grille, event.version, event.effet)
            return Derived("grille.publiee.v1", subject, grille)
        case ClassementArrete():
            classement = publies.ClassementArrete(
                classement=subject,
                mise_a_disposition=event.mise_a_disposition,
                au=event.au,
                candidats=len(event.lignes),
                empreinte=event.empreinte,
            )
            return Derived("classement.arrete.v1", subject, classement, (event.organisation,))
    return None
