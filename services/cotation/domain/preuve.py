"""What proves a criterion, and what becomes of it meanwhile (G13); meaning: docs/cotation.md, step 4."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class NiveauPreuve(StrEnum):
    """Evidence levels, from the weakest to the strongest (G13); `rang` orders them."""

    DECLARE = "declare"
    DOCUMENT = "document"
    LABEL = "label"

    @property
    def rang(self) -> int:
        """0 for declared, 1 for a verified document, 2 for a third party's label."""
        return ("declare", "document", "label").index(self.value)


NIVEAUX: Mapping[str, NiveauPreuve] = MappingProxyType(
    {
        "declare": NiveauPreuve.DECLARE,
        "declared": NiveauPreuve.DECLARE,
        "unknown": NiveauPreuve.DECLARE,
        "document": NiveauPreuve.DOCUMENT,
        "verifie": NiveauPreuve.DOCUMENT,
        "verified": NiveauPreuve.DOCUMENT,
        "label": NiveauPreuve.LABEL,
    }
)
"""The words under which a situation gives a level, in French and in those of `cotation-grid/0.1`."""


class SansPreuve(StrEnum):
    """What becomes of a rule whose evidence is not in."""

    PROVISOIRE = "provisoire"
    NON_COMPTEE = "non_comptee"


@dataclass(frozen=True, slots=True)
class Preuve:
    """The evidence policy of one rule.

    exigence: level required. sinon: what happens below it. presumee: level held when the situation says nothing under
    `evidence.<rule>`. connue: False when the source does not say what proves the criterion.
    """

    exigence: NiveauPreuve = NiveauPreuve.DECLARE
    sinon: SansPreuve = SansPreuve.PROVISOIRE
    presumee: NiveauPreuve = NiveauPreuve.DECLARE
    connue: bool = True

    def obtenue(self, fait: object) -> NiveauPreuve:
        """Level that the fact `evidence.<rule>` gives: absent (None), the presumed one; unreadable, declared.

        fait: a level's name in French or in English, or True for "what the rule asks is in", False for "it is not".
        """
        if fait is None:
            return self.presumee
        if isinstance(fait, bool):
            return self.exigence if fait else NiveauPreuve.DECLARE
        return NIVEAUX.get(fait, NiveauPreuve.DECLARE) if isinstance(fait, str) else NiveauPreuve.DECLARE
