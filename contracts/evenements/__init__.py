"""Every published event: its name with its major version, the service that publishes it, the shape of its data.

Thin by rule (design.md §2): identifiers, dates, versions, non-sensitive codes, amounts of quota. Never a name, an address, an
income or a free text, nor a motive or label code: what a fact became is read over an authorised, logged call.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from contracts.evenements import cotation, demande, flux, notifications


@dataclass(frozen=True, slots=True)
class TypePublie:
    """A published event type. nom: `demande.radiee.v1`; forme: the msgspec Struct of its data."""

    nom: str
    service: str
    forme: type[msgspec.Struct]


TYPES: Mapping[str, TypePublie] = {
    nom: TypePublie(nom, module.SERVICE, forme)
    for module in (demande, cotation, flux, notifications)
    for nom, forme in module.TYPES.items()
}
