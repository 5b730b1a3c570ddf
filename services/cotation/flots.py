"""The streams of the scoring, every stored event type, and what is published of each."""

from typing import Any

from contracts.evenements import cotation as publies
from services.chassis.events.catalogue import EventCatalogue
from services.chassis.events.unit_of_work import Aggregate
from services.chassis.publication.derivation import Derived
from services.cotation.domain.journal import (
    EVENEMENTS,
    ClassementArrete,
    CotationEtablie,
    CotationRevue,
    CotationsRevues,
    GrillePubliee,
)
from services.cotation.domain.journee import JourneeClose

# The state of these streams is their read model, in the same database and transaction: nothing is folded to decide.
COTATION: Aggregate[None] = Aggregate("cotation", None, lambda _evenement, _etat: None)
REVUE: Aggregate[None] = Aggregate("revue", None, lambda _evenement, _etat: None)
GRILLE: Aggregate[None] = Aggregate("grille", None, lambda _evenement, _etat: None)


def _classement(evenement: Any, _etat: ClassementArrete | None) -> ClassementArrete | None:
    assert isinstance(evenement, ClassementArrete)
    return evenement


CLASSEMENT: Aggregate[ClassementArrete | None] = Aggregate("classement", None, _classement)

CATALOGUE = EventCatalogue((*EVENEMENTS, JourneeClose))


def derive(stream: str, event: Any) -> Derived | None:
    """What a stored event publishes. Scores that time alone moved are published by their batch."""
    _, _, subject = stream.partition("-")
    match event:
        case CotationRevue():
            return None
        case CotationEtablie():
            return Derived("cotation.etablie.v1", subject, _etablie(subject, event))
        case CotationsRevues():
            return Derived("cotation.revues.v1", subject, _revues(event))
        case ClassementArrete():
            return Derived("classement.arrete.v1", subject, _arrete(subject, event), (event.organisation,))
    return _autre(subject, event)


def _autre(subject: str, event: Any) -> Derived | None:
    match event:
        case GrillePubliee():
            grille = publies.GrillePubliee(event.epci, event.grille, event.version, event.effet)
            return Derived("grille.publiee.v1", subject, grille)
        case JourneeClose():
            return Derived("cotation.journee-close.v1", subject, publies.JourneeClose(event.le))
    return None


def _etablie(demande: str, event: CotationEtablie) -> publies.CotationEtablie:
    return publies.CotationEtablie(
        demande=demande,
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


def _revues(event: CotationsRevues) -> publies.CotationsRevues:
    lignes = tuple(
        publies.LigneRevue(une.demande, une.lieu, une.total, une.avant, une.situation, une.provisoire)
        for une in event.lignes
    )
    return publies.CotationsRevues(event.grille, event.version, event.au, lignes)


def _arrete(classement: str, event: ClassementArrete) -> publies.ClassementArrete:
    return publies.ClassementArrete(
        classement=classement,
        mise_a_disposition=event.mise_a_disposition,
        au=event.au,
        candidats=len(event.lignes),
        empreinte=event.empreinte,
    )
