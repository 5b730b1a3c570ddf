"""A reservation convention (flux.md §4 and §6.2): its terms, its life."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction
from functools import singledispatch
from typing import Any

from services.flux.domain.erreurs import ConventionRefusee
from services.flux.domain.imputation import Contingent, Politique, Unite


class Statut(StrEnum):
    """Where a convention stands."""

    ABSENTE = "ABSENTE"
    BROUILLON = "BROUILLON"
    SIGNEE = "SIGNEE"
    RESILIEE = "RESILIEE"


class Gestion(StrEnum):
    """Who names candidates: the holder, or the landlord for it."""

    DIRECTE = "DIRECTE"
    DELEGUEE = "DELEGUEE"
    MIXTE = "MIXTE"


class Contrepartie(StrEnum):
    """What a share was given for."""

    GARANTIE = "GARANTIE"
    TERRAIN = "TERRAIN"
    FINANCEMENT = "FINANCEMENT"
    DROIT_ETAT = "DROIT_ETAT"


@dataclass(frozen=True, slots=True)
class PartConvenue:
    """A share of the flow on a perimeter, from `du` to `au`, both included.

    part: exact, in [0, 1], as text (`9/100`). communes: INSEE codes, sorted. qpv: in priority districts alone (True),
    outside alone (False), or both (None). mode_conversion: 1 to 4 (flux.md F4).
    """

    communes: tuple[str, ...]
    part: str
    du: date
    au: date
    contrepartie: Contrepartie
    qpv: bool | None = None
    mode_conversion: int = 4
    justification: str = ""

    @property
    def fraction(self) -> Fraction:
        return Fraction(self.part)

    def vaut(self, commune: str, *, qpv: bool, le: date) -> bool:
        """Whether it applies to a dwelling there on a day."""
        return self.du <= le <= self.au and commune in self.communes and self.qpv in (None, qpv)


@dataclass(frozen=True, slots=True)
class Termes:
    """What a convention says. bailleur, organisation, delegataire: organisations of the region; reservataire: the holder.

    organisation: the one that exercises the holder's rights. delegataire: who names candidates in its place, if any.
    designation_mois: time to propose candidates (L31), in months. taux_rotation: retained relettings a year (A11 2°), exact,
    as text. stipulation_hors_qpv: the convention derogates to the State's 30 % outside QPV (L15).
    """

    numero: str
    bailleur: str
    reservataire: str
    type_reservataire: str
    organisation: str
    departement: str
    effet: date
    fin: date
    gestion: Gestion
    delegataire: str | None
    designation_mois: int
    unite: Unite
    rendu_compte: bool
    refus_compte: bool
    neuf_compte: bool
    dalo_autre_contingent: Contingent
    stipulation_hors_qpv: bool
    stipulations: str
    taux_rotation: str | None
    parts: tuple[PartConvenue, ...]

    @property
    def politique(self) -> Politique:
        """What counts as consumed."""
        return Politique(self.unite, self.rendu_compte, self.refus_compte, self.neuf_compte, self.dalo_autre_contingent)

    def est_en_vigueur(self, le: date) -> bool:
        """Whether its dates hold that day."""
        return self.effet <= le <= self.fin

    def part_dans(self, commune: str, *, qpv: bool, le: date) -> Fraction:
        """Its share of a dwelling there on a day; 0 when it has none."""
        return sum((p.fraction for p in self.parts if p.vaut(commune, qpv=qpv, le=le)), Fraction(0))


@dataclass(frozen=True, slots=True)
class ConventionPreparee:
    """A draft was written, or written again."""

    termes: Termes


@dataclass(frozen=True, slots=True)
class ConventionSignee:
    """Both parties signed (R441-5 I). a_verifier: codes of what the rules could not judge yet."""

    le: date
    bailleur: str
    reservataire: str
    organisation: str
    departement: str
    a_verifier: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ConventionAvenantee:
    """An avenant replaces the terms from `le` on."""

    le: date
    termes: Termes


@dataclass(frozen=True, slots=True)
class ConventionResiliee:
    """The convention ends on `le`, that day excluded. motif: said by who ends it (L17…)."""

    le: date
    motif: str
    bailleur: str
    reservataire: str
    organisation: str
    departement: str


@dataclass(frozen=True, slots=True)
class Convention:
    """Where a convention stands."""

    statut: Statut = Statut.ABSENTE
    termes: Termes | None = None
    signee_le: date | None = None
    resiliee_le: date | None = None
    a_verifier: tuple[str, ...] = ()


def preparer(convention: Convention, termes: Termes) -> list[ConventionPreparee]:
    """Write a draft. Nothing when it says the same already. Raises ConventionRefusee once it is signed."""
    if convention.termes == termes:
        return []
    if convention.statut not in (Statut.ABSENTE, Statut.BROUILLON):
        raise ConventionRefusee(
            f"La convention {termes.numero} est {convention.statut} : ses termes changent par avenant, pas par un brouillon."
        )
    return [ConventionPreparee(termes)]


def signer(convention: Convention, le: date, a_verifier: tuple[str, ...]) -> list[ConventionSignee]:
    """Sign a draft whose shares have been checked. Nothing when it is signed. Raises ConventionRefusee."""
    termes = convention.termes
    if convention.statut is Statut.SIGNEE:
        return []
    if convention.statut is not Statut.BROUILLON or termes is None:
        raise ConventionRefusee(f"Une convention {convention.statut} ne se signe pas : préparez-en une nouvelle.")
    return [
        ConventionSignee(le, termes.bailleur, termes.reservataire, termes.organisation, termes.departement, a_verifier)
    ]


def avenanter(convention: Convention, termes: Termes, le: date) -> list[ConventionAvenantee]:
    """Replace the terms of a signed convention, same parties, whose shares have been checked. Shares that stood before stay
    among the new ones with their dates. Nothing when the terms are the same. Raises ConventionRefusee."""
    anciens = convention.termes
    if convention.statut is not Statut.SIGNEE or anciens is None:
        raise ConventionRefusee(f"Une convention {convention.statut} ne s'avenante pas.")
    if anciens == termes:
        return []
    if (anciens.bailleur, anciens.reservataire, anciens.departement, anciens.numero) != (
        termes.bailleur, termes.reservataire, termes.departement, termes.numero,
    ):  # fmt: skip
        raise ConventionRefusee("Un avenant garde les parties, le département et le numéro de la convention.")
    return [ConventionAvenantee(le, termes)]


def resilier(convention: Convention, le: date, motif: str) -> list[ConventionResiliee]:
    """End a signed convention. Nothing when it is ended. Raises ConventionRefusee."""
    termes = convention.termes
    if convention.statut is Statut.RESILIEE:
        return []
    if convention.statut is not Statut.SIGNEE or termes is None:
        raise ConventionRefusee(f"Une convention {convention.statut} ne se résilie pas.")
    return [
        ConventionResiliee(le, motif, termes.bailleur, termes.reservataire, termes.organisation, termes.departement)
    ]


@singledispatch
def evolve(evenement: Any, convention: Convention) -> Convention:
    """The convention after one event."""
    del evenement
    return convention


@evolve.register
def _(evenement: ConventionPreparee, convention: Convention) -> Convention:
    return replace(convention, statut=Statut.BROUILLON, termes=evenement.termes)


@evolve.register
def _(evenement: ConventionSignee, convention: Convention) -> Convention:
    return replace(convention, statut=Statut.SIGNEE, signee_le=evenement.le, a_verifier=evenement.a_verifier)


@evolve.register
def _(evenement: ConventionAvenantee, convention: Convention) -> Convention:
    return replace(convention, termes=evenement.termes)


@evolve.register
def _(evenement: ConventionResiliee, convention: Convention) -> Convention:
    return replace(convention, statut=Statut.RESILIEE, resiliee_le=evenement.le)
