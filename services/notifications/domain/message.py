"""A message: what it says, to whom, and where it stands. It never knows a name or an address."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID, uuid5

Valeur = str | int | bool | None

_ESPACE = UUID("6d0f6e0a-6a5c-5d0c-9d6b-6f6c6f676973")


class Etat(StrEnum):
    """Where a message stands. A_IMPRIMER: a letter that waits for its printing; ANNULE: it no longer has an object."""

    A_ENVOYER = "a_envoyer"
    A_IMPRIMER = "a_imprimer"
    ENVOYE = "envoye"
    ECHOUE = "echoue"
    ANNULE = "annule"


class Nature(StrEnum):
    """What the recipient's identifier names."""

    DEMANDE = "demande"
    ORGANISATION = "organisation"


class Raison(StrEnum):
    """Why a message did not leave; codes only, since they are published."""

    INJOIGNABLE = "injoignable"
    ADRESSE_REFUSEE = "adresse-refusee"
    ESSAIS_EPUISES = "essais-epuises"
    FAITS_ABSENTS = "faits-absents"
    REDACTION = "redaction-impossible"
    DEMANDE_EFFACEE = "demande-effacee"
    SANS_OBJET = "sans-objet"


@dataclass(frozen=True, slots=True)
class Avis:
    """A message that an event makes due.

    modele: name of a template; objet: what it is about; avant: last day to send it, from the law, when there is one.
    donnees: thin facts of the event that the template shows: dates, codes, identifiers, amounts of rent.
    """

    modele: str
    nature: Nature
    destinataire: str
    objet: str
    avant: date | None = None
    donnees: Mapping[str, Valeur] = field(default_factory=dict)


def identite(source: str, evenement: str, avis: Avis) -> UUID:
    """The identifier of a message: the same each time the same event makes it due. evenement: identifier in the source."""
    return uuid5(_ESPACE, f"{source}/{evenement}/{avis.modele}/{avis.nature}/{avis.destinataire}")


def identite_de_la_lettre(message: UUID) -> UUID:
    """The identifier of the letter that goes with, or in place of, a mail."""
    return uuid5(message, "lettre")
