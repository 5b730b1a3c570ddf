"""The duties that the law lays on the registers, scorings and reservations: one row each in `duties.csv`.

Ids are those of the domain notes: demande:D01 to D33 and C01 to C10, cotation:D1 to D30, flux:L1 to L31.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty: its one-sentence summary, its article, and why it is outside the software (empty when it is not)."""

    id: str
    summary: str
    article: str
    outside: str = ""


@cache
def duties() -> Mapping[str, Duty]:
    """Every duty by id, in the order of the domain notes, read-only."""
    texte = (files("contracts") / "law" / "duties.csv").read_text(encoding="utf-8")
    lignes = csv.DictReader(texte.splitlines())
    return MappingProxyType(
        {ligne["id"]: Duty(ligne["id"], ligne["duty"], ligne["article"], ligne["outside"]) for ligne in lignes}
    )
