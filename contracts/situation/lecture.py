"""What `POST /v1/situations/lecture` exchanges: the facts of a demande, common and per place wished, at one version."""

from datetime import date
from typing import Annotated

import msgspec

from contracts.situation.fait import Provenance

Simple = int | bool | str
Valeur = Simple | list[str | dict[str, Simple | None]]
"""int, bool, code or ISO date or decimal as a string, list of codes, or list of records. Never a float."""


class FaitLu(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """The value of one fact. `le`: the day it was declared, verified or labelled.

    estime: computed from an estimated point (data/README.md): a distance that the scoring must call an estimate.
    """

    valeur: Valeur
    provenance: Provenance
    le: date
    estime: bool = False


class LieuLu(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One place wished: its territory and the facts that depend on it.

    rang: order of the wish, from 1.
    elargie: reached only through « demande élargie », scored on request (design.md §8).
    """

    commune: str
    rang: int
    quartier: str | None = None
    epci: str | None = None
    faits: dict[str, FaitLu] = {}
    elargie: bool = False


class Situation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The facts of one demande.

    version: counter raised by every event that changes a fact; a reading of version v answers the newest one, >= v.
    valable_jusqu_au: last day on which these facts hold without a new event (a child's age changes the next day).
    millesime: vintage of the territory that gave the EPCI, e.g. 2026.
    faits: facts of scope `demande`, by path.
    lieux: by place id (`identifiant_lieu`), each with its facts of scope `lieu`.
    A fact that is not known is absent: never null, never zero.
    """

    demande_id: str
    version: int
    millesime: int
    faits: dict[str, FaitLu]
    lieux: dict[str, LieuLu]
    valable_jusqu_au: date | None = None


class VersionDemandee(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A demande and the least version that the reader needs."""

    demande_id: str
    version: Annotated[int, msgspec.Meta(ge=1)]


class LectureDemandee(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of `POST /v1/situations/lecture`. `finalite` goes to the access journal.

    commune_elargie: INSEE code of a commune to add, marked `elargie`, to the demandes that accept others than those they wish
    and do not wish it (« demande élargie »).
    le: the day of the facts that age (children's ages, ceilings), the register's own when it is not given.
    """

    demandes: list[VersionDemandee]
    finalite: str
    commune_elargie: str | None = None
    le: date | None = None


class SituationsLues(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Its answer: each demande asked is in exactly one of the three lists."""

    situations: list[Situation]
    effacees: list[str] = []
    inconnues: list[str] = []


def identifiant_lieu(commune: str, quartier: str | None = None) -> str:
    """Id of a place wished: the commune alone, or `commune:quartier` (design.md §8)."""
    return f"{commune}:{quartier}" if quartier else commune
