"""Identifiers that follow from natural keys, so that the same fact said twice names the same thing."""

from uuid import NAMESPACE_URL, UUID, uuid5

_ESPACE = uuid5(NAMESPACE_URL, "https://logis.example/flux")


def _identifiant(*cle: object) -> UUID:
    return uuid5(_ESPACE, "\x1f".join(map(str, cle)))


def id_liberation(siren: str, rpls: str, occurrence: int) -> UUID:
    """A release: its landlord's SIREN, its dwelling, and the how-manieth time that the dwelling is freed."""
    return _identifiant("liberation", siren, rpls, occurrence)


def id_mise_a_disposition(liberation: UUID, rang: int) -> UUID:
    """The `rang`-th time (from 1) that a release is offered to a holder."""
    return _identifiant("mise-a-disposition", liberation, rang)


def id_convention(bailleur: str, numero: str) -> UUID:
    """A convention: its landlord, and the number that the landlord gave it."""
    return _identifiant("convention", bailleur, numero)


def id_part_propre(bailleur: str, departement: str) -> UUID:
    """What stands for a convention where the landlord keeps the remainder for itself."""
    return _identifiant("part-propre", bailleur, departement)


def id_compte(convention: UUID | str, exercice: int, strate: str) -> UUID:
    """The account of a convention for a year in a stratum."""
    return _identifiant("compte", convention, exercice, strate)
