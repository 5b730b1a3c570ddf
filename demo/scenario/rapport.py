"""What the demonstration did, as `logis demo --json` says it."""

from typing import Any

import msgspec

from demo.scenario.grand_livre import LigneDuLivre
from demo.scenario.suivie import Suivie


class Rapport(msgspec.Struct):
    """The names are those of the JSON document. messages: mails that the mail server received; durees_s: of each step, some
    side by side, and of the whole; memoire_octets: the highest sum over all processes, None where it cannot be read."""

    demandes: dict[str, Any] = {}
    cotations: dict[str, int] = {}
    logements: int = 0
    conventions: int = 0
    liberations: int = 0
    orientations: dict[str, Any] = {}
    designes: int = 0
    refus: int = 0
    baux: int = 0
    messages: int = 0
    webhooks: dict[str, Any] = {}
    suivie: Suivie | None = None
    grand_livre: list[LigneDuLivre] = []
    verification: dict[str, Any] = {}
    durees_s: dict[str, float] = {}
    memoire_octets: int | None = None

    def document(self) -> bytes:
        """The whole report, in JSON."""
        return msgspec.json.encode(self)
