"""Who makes a request, once their token has been validated."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Identity:
    """acteur: subject of the token, an identifier and never a name; organisation: in the region's directory; roles: what the
    issuer says the subject may be there."""

    acteur: str
    organisation: str
    roles: frozenset[str]
