"""Through which channels a message goes: the rules of the law as data, the first line that matches decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Canal(StrEnum):
    """How a message travels."""

    COURRIEL = "courriel"
    LETTRE = "lettre"


class Regle(StrEnum):
    """A rule of channels.

    PREAVIS: the notice before the end of validity (R441-2-7, D18). INFORMATION: in writing, by whichever means reaches the
    person. PARTENAIRE: the mailbox that an organisation gave to the region.
    """

    PREAVIS = "preavis"
    INFORMATION = "information"
    PARTENAIRE = "partenaire"


@dataclass(frozen=True, slots=True)
class Joignable:
    """How a recipient can be reached.

    courriel, adresse: known or not. en_ligne: at least one registration or renewal made online.
    les_deux: the applicant asked for e-mail and post.
    """

    courriel: bool
    adresse: bool
    en_ligne: bool = False
    les_deux: bool = False


@dataclass(frozen=True, slots=True)
class Ligne:
    """One line of a rule: the conditions that are given must hold; None: whatever it is."""

    canaux: tuple[Canal, ...]
    en_ligne: bool | None = None
    les_deux: bool | None = None

    def convient(self, joignable: Joignable) -> bool:
        """Whether the line speaks of this recipient."""
        return self.en_ligne in (None, joignable.en_ligne) and self.les_deux in (None, joignable.les_deux)


_TOUS = (Canal.LETTRE, Canal.COURRIEL)
_REPLI: Mapping[Canal, Canal] = {Canal.COURRIEL: Canal.LETTRE, Canal.LETTRE: Canal.COURRIEL}

REGLES: Mapping[Regle, tuple[Ligne, ...]] = {
    Regle.PREAVIS: (
        Ligne(_TOUS, les_deux=True),
        Ligne((Canal.COURRIEL,), en_ligne=True),
        Ligne(_TOUS, en_ligne=False),
    ),
    Regle.INFORMATION: (Ligne(_TOUS, les_deux=True), Ligne((Canal.COURRIEL,))),
    Regle.PARTENAIRE: (Ligne((Canal.COURRIEL,)),),
}
"""Source of PREAVIS: R441-2-7 (D18): post, and e-mail if known, when never online; e-mail when online at least once; both
when the applicant asked so."""


def canaux(regle: Regle, joignable: Joignable) -> tuple[Canal, ...]:
    """The channels to use, in the order of sending; empty when the recipient cannot be reached at all.

    A channel whose address is not known is left out; when nothing is left, the other one is taken if it is known: a duty to
    tell somebody does not end with a missing address.
    """
    ouverts = {Canal.COURRIEL: joignable.courriel, Canal.LETTRE: joignable.adresse}
    ligne = next(ligne for ligne in REGLES[regle] if ligne.convient(joignable))
    gardes = tuple(canal for canal in Canal if canal in ligne.canaux and ouverts[canal])
    if gardes:
        return gardes
    replis = {_REPLI[canal] for canal in ligne.canaux}
    return tuple(canal for canal in Canal if canal in replis and ouverts[canal])
