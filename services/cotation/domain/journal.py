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
class CotationRevue(CotationEtablie):
    """The score of a place moved by time alone. lot: the batch that publishes it beside others (`CotationsRevues`)."""

    lot: str = ""


@dataclass(frozen=True, slots=True)
class LigneRevue:
    """One score of a batch: what it was, what it is. situation: version of the facts."""

    demande: str
    lieu: str
    avant: str
    total: str
    situation: int
    provisoire: bool


@dataclass(frozen=True, slots=True)
class CotationsRevues:
    """Scores that time alone moved on `au`, under one version of a grid: a thousand lines at the most."""

    grille: str
    version: str
    au: date
    lignes: tuple[LigneRevue, ...]


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


@dataclass(frozen=True, slots=True)
class LigneClassee:
    """A candidate in a ranking. rang: from 1, without ties; lieu: the place scored; elargie: it is not wished, and accepted
    (« demande élargie »); situation: version of the facts."""

    rang: int
    demande: str
    lieu: str
    elargie: bool
    total: str
    provisoire: bool
    situation: int


@dataclass(frozen=True, slots=True)
class Ecartee:
    """A demande that cannot be ranked. raison: domain.classement.Raison, or the code that puts it out of scope."""

    demande: str
    raison: str


@dataclass(frozen=True, slots=True)
class ClassementArrete:
    """The ranking shown for a dwelling. organisation: who asked for it; version: of the grid; empreinte: SHA-256 of the
    lines (domain.classement.empreinte)."""

    mise_a_disposition: str
    organisation: str
    commune: str
    quartier: str | None
    typologie: str
    grille: str
    version: str
    au: date
    lignes: tuple[LigneClassee, ...]
    ecartees: tuple[Ecartee, ...]
    empreinte: str


EVENEMENTS: tuple[type, ...] = (
    GrillePubliee,
    CotationEtablie,
    CotationRevue,
    CotationsRevues,
    CotationRetiree,
    CotationClose,
    ClassementArrete,
)
