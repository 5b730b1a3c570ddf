"""What the scoring keeps in its own journal: dated results. Facts and explanations are recomputed, never stored in clear."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class GrillePubliee:
    """A grid is in force for an EPCI (SIREN) from `effet` on. version: SHA-256 of its canonical content."""

    epci: str
    grille: str
    version: str
    effet: date
    contenu: str


@dataclass(frozen=True, slots=True)
class CotationEtablie:
    """The score of a demande for a place wished. total: exact decimal as text; situation: version of the facts it was
    computed from; au: day it is valid on; hors: code of the reason when it is out of scope; cause: contracts.evenements;
    classes: the similarity classes that it is compared in (domain.classe), none when it is out of scope."""

    lieu: str
    grille: str
    version: str
    situation: int
    total: str
    provisoire: bool
    au: date
    cause: str
    hors: str | None = None
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CotationRetiree:
    """A place is wished no more: its score stands no more. situation: version of the facts that say so."""

    lieu: str
    situation: int
    au: date


@dataclass(frozen=True, slots=True)
class CotationClose:
    """The demande is no longer scored: it was struck off or erased."""

    au: date
    motif: str


EVENEMENTS: tuple[type, ...] = (GrillePubliee, CotationEtablie, CotationRetiree, CotationClose)
