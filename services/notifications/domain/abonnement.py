"""A subscription to webhooks: which events it takes, where it stands, what an answer of its receiver means."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID, uuid5

TOUS = "*"
ESSAI = "logis.essai.v1"
"""The type of the event that only a test sends."""

RECOUVREMENT = timedelta(hours=24)
"""How long the former secret still signs after a rotation. Source: Standard Webhooks 1.0, zero downtime rotation."""

PATIENCE = 5
"""Tries of a delivery that those after it, on the same subject, wait for: some four hours. Beyond, they go without it."""

_LONGEST_WAIT = timedelta(days=1)


class EtatAbonnement(StrEnum):
    """Where a subscription stands. SUSPENDU: by Logis, `raison` says why; FERME: by its owner."""

    ACTIF = "actif"
    SUSPENDU = "suspendu"
    FERME = "ferme"


class EtatLivraison(StrEnum):
    """Where a delivery stands. ECHOUEE: given up, until its owner asks for a new start."""

    A_LIVRER = "a_livrer"
    LIVREE = "livree"
    ECHOUEE = "echouee"


class Suspension(StrEnum):
    """Why Logis stopped calling: the receiver is gone (410), or answered nothing good for three days."""

    PARTIE = "partie"
    ECHECS = "echecs"


class Panne(StrEnum):
    """Why a try did not succeed."""

    STATUT = "statut"
    REDIRECTION = "redirection"
    DELAI = "delai-depasse"
    CONNEXION = "connexion"
    ADRESSE = "adresse-interdite"


@dataclass(frozen=True, slots=True)
class Reponse:
    """What a try gave. statut: HTTP status, None when there was no answer; attente: what Retry-After asked."""

    statut: int | None = None
    panne: Panne | None = None
    attente: timedelta = timedelta(0)

    @property
    def est_bonne(self) -> bool:
        """Whether the receiver took the event."""
        return self.statut is not None and 200 <= self.statut < 300

    @property
    def est_un_depart(self) -> bool:
        """Whether the receiver asks not to be called any more. Source: Standard Webhooks 1.0, 410 Gone."""
        return self.statut == 410

    def attente_demandee(self) -> timedelta:
        """What the receiver asks to wait, a day at the most."""
        return min(self.attente, _LONGEST_WAIT)


def reponse(statut: int, retry_after: str | None) -> Reponse:
    """The answer of a receiver. retry_after: its header; only the form in seconds is taken."""
    if 200 <= statut < 300:
        return Reponse(statut)
    attente = int(retry_after) if retry_after and retry_after.isascii() and retry_after.isdigit() else 0
    panne = Panne.REDIRECTION if 300 <= statut < 400 else Panne.STATUT
    return Reponse(statut, panne, timedelta(seconds=min(attente, 10**6)))


def concerne(types: Collection[str], organisation: str, type_: str, organisations: str) -> bool:
    """Whether a subscription takes an event. organisations: those that the event is for, separated by spaces: only an event
    that names the subscriber is ever sent to it (design.md §5)."""
    return organisation in organisations.split() and (TOUS in types or type_ in types)


def identite_livraison(abonnement: UUID, source: str, evenement: str) -> UUID:
    """The `webhook-id` of an event for a subscription: the same at each try, so that the receiver takes it once."""
    return uuid5(abonnement, f"{source}/{evenement}")
