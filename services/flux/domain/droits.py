"""Who is owed what of a dwelling: the shares in force where it lies, and the sequence that it belongs to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from contracts import territoire
from services.flux.domain.convention import PartConvenue, Termes
from services.flux.domain.imputation import Politique
from services.flux.domain.parts import PartsInvalides

PART_PROPRE = Politique()
"""How the landlord's own share counts: each dwelling that it keeps, as soon as it keeps it."""


@dataclass(frozen=True, slots=True)
class ConventionEnVigueur:
    """A signed convention and its identifier. signee_le orders the holders among equals (L23)."""

    id: str
    signee_le: date
    termes: Termes
    resiliee_le: date | None = None

    def est_en_vigueur(self, le: date) -> bool:
        """Whether it holds that day."""
        return self.termes.est_en_vigueur(le) and (self.resiliee_le is None or le < self.resiliee_le)


@dataclass(frozen=True, slots=True)
class PartPropre:
    """The holder that stands for what the landlord keeps, and what stands for its convention."""

    titulaire: str
    bailleur: str
    convention: str


@dataclass(frozen=True, slots=True)
class Droit:
    """A holder's right to a dwelling. designation_mois: time it has to name candidates; propre: the landlord's own share."""

    titulaire: str
    organisation: str
    convention: str
    part: Fraction
    politique: Politique
    designataire: str
    designation_mois: int
    propre: bool = False


@dataclass(frozen=True, slots=True)
class Partage:
    """The rights to one dwelling; shares sum to 1. perimetre: key of the sequence and of the accounts it belongs to."""

    perimetre: str
    droits: tuple[Droit, ...]

    def droit(self, titulaire: str) -> Droit | None:
        """The right of a holder, None when it has none here."""
        return next((droit for droit in self.droits if droit.titulaire == titulaire), None)

    @property
    def parts(self) -> dict[str, Fraction]:
        """Share of each holder, in the order of ties."""
        return {droit.titulaire: droit.part for droit in self.droits}


def partager(
    conventions: Sequence[ConventionEnVigueur],
    propre: PartPropre,
    *,
    commune: str,
    qpv: bool,
    neuf: bool,
    le: date,
    designation_mois: int,
) -> Partage:
    """The rights to a dwelling of a landlord on a day: one a convention in force there, the landlord holding the remainder.

    conventions: those of this landlord. neuf: first letting of a new programme, which has its own counters (F10).
    Raises PartsInvalides when the shares exceed 100 %. Source: flux.md F2, L5, L6, L15.
    """
    droits: list[Droit] = []
    appliquees: list[PartConvenue] = []
    for une in sorted(conventions, key=lambda c: (c.signee_le, c.termes.reservataire)):
        parts = [p for p in une.termes.parts if p.vaut(commune, qpv=qpv, le=le)] if une.est_en_vigueur(le) else []
        part = sum((p.fraction for p in parts), Fraction(0))
        if part:
            appliquees += parts
            droits.append(_droit(une, part))
    reste = 1 - sum((droit.part for droit in droits), Fraction(0))
    if reste < 0:
        raise PartsInvalides(
            f"Les parts des conventions en vigueur font {100 * (1 - reste)} % dans la commune {commune}."
        )
    if reste or not droits:
        droits.append(
            Droit(
                propre.titulaire, propre.bailleur, propre.convention, reste, PART_PROPRE, propre.bailleur,
                designation_mois, propre=True,
            )
        )  # fmt: skip
    return Partage(perimetre_de(commune, appliquees, qpv=qpv, neuf=neuf), tuple(droits))


def perimetre_de(commune: str, parts: Sequence[PartConvenue], *, qpv: bool, neuf: bool) -> str:
    """Key of the perimeter in which a dwelling is counted: its EPCI, or its commune where a share stops short of the EPCI.

    Two dwellings with the same key have the same shares on the same day. Shares that tell QPV apart divide it, first
    lettings are apart. Source: flux.md L6 (a commune's right exists on its territory only), F10.
    """
    epci = territoire.epci_de(commune)
    departement = territoire.commune(commune).departement
    ensemble = (
        {c for c in territoire.communes_de(epci.siren) if territoire.commune(c).departement == departement}
        if epci
        else {commune}
    )
    locale = epci is None or any(not ensemble.issubset(part.communes) for part in parts)
    cle = f"commune:{commune}" if locale or epci is None else f"epci:{epci.siren}:{departement}"
    if any(part.qpv is not None for part in parts):
        cle += ":qpv" if qpv else ":hors-qpv"
    return cle + ":neuf" if neuf else cle


def _droit(une: ConventionEnVigueur, part: Fraction) -> Droit:
    termes = une.termes
    return Droit(
        titulaire=termes.reservataire,
        organisation=termes.organisation,
        convention=une.id,
        part=part,
        politique=termes.politique,
        designataire=termes.delegataire or termes.organisation,
        designation_mois=termes.designation_mois,
    )
