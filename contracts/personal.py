"""Marks for the personal part of a stored event: what is sealed before it is written (design.md §3, demande).

Used with `Annotated` on the fields of an event's dataclass:

    @dataclass(frozen=True, slots=True)
    class DemandeDeposee:
        guichet: str
        menage: Annotated[Menage | None, Personal()]
        personnes: Annotated[dict[str, Personne | None], PersonalByPerson()]

Once the key is destroyed the field reads as None (for PersonalByPerson: that person reads as None): an event type that
declares a personal field therefore accepts its absence.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Personal:
    """The whole field is sealed under the key of the event's stream."""


@dataclass(frozen=True, slots=True)
class PersonalByPerson:
    """A mapping from a person's local identifier to their facts: each value is sealed under that person's own key."""
