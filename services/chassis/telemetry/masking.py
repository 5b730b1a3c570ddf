"""Keeping people out of the logs: known personal keys are masked, and so is what looks like a person's identifier."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

MASKED = "[masqué]"

# The roots of the names under which the domain files hold a person's data (demande.md §5.2), and of what carries secrets.
_PERSONAL_WORDS = re.compile(
    r"(?:(?:pre)?nom|patronyme|civilite|demandeur|conjoint|codemandeur|personne|menage|naissance|nationalite"
    r"|adresse|voie|rue|etage|telephone|portable|courriel|e?mail|nir|securite|iban|revenu|ressource|rfr|salaire|employeur"
    r"|profession|handicap|violence|sante|grossesse|motif|commentaire|note|libelle|texte|message|corps|body|payload|query"
    r"|querystring|url|cookie|numero|unique|authorization|autorisation|token|jeton|password|passe|secret|cle|key|dsn"
    r"|destinataire)s?"
)
_SAFE_KEYS = frozenset({"event", "operation", "motif_code", "key_count"})
_SEPARATORS = re.compile(r"[^a-z0-9]+")
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_LOOKS_PERSONAL = re.compile(
    r"[\w.+-]+@[\w-]+\.[\w.-]+"  # e-mail address
    r"|\b(?:0\d{2}|02[AB]|9\d{2}|1\d{2})(?:0[1-9]|1[0-2])\d{8}[A-Z0-9]{5}\b"  # numéro unique (demande.md §2.1)
    r"|\b[12]\s?\d{2}\s?(?:0[1-9]|1[0-2])\s?(?:\d{2}|2[AB])\s?\d{3}\s?\d{3}(?:\s?\d{2})?\b"  # NIR
    r"|(?:\+33|\b0)\s?[1-9](?:[\s.-]?\d{2}){4}\b"  # telephone
)


def is_personal(key: str) -> bool:
    """Whether a key names a person's data or a secret: one of its words, accents and case aside, is a known one."""
    if key in _SAFE_KEYS:
        return False
    spaced = unicodedata.normalize("NFKD", _WORDS.sub("_", key)).encode("ascii", "ignore").decode().lower()
    return any(_PERSONAL_WORDS.fullmatch(word) for word in _SEPARATORS.split(spaced))


def mask(value: Any) -> Any:
    """The value with every personal part masked, at any depth."""
    match value:
        case str():
            return _LOOKS_PERSONAL.sub(MASKED, value)
        case Mapping():
            return {str(key): MASKED if is_personal(str(key)) else mask(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [mask(item) for item in value]
        case None | bool() | int() | float():
            return value
    return _LOOKS_PERSONAL.sub(MASKED, str(value))
