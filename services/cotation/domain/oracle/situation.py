"""A situation on one day, its seniority established and its events dated: docs/cotation.md, section 1."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from math import floor

from services.cotation.domain.calendrier import mois_entre
from services.cotation.domain.condition import AGE, ANCIENNETE, DEPOT, EVENEMENT
from services.cotation.domain.oracle.faits import fait, jour, liste, nombre


@dataclass(frozen=True, slots=True)
class Evenement:
    """An event that has happened. ecoules: whole months since it, >= 0; None: undated."""

    faits: Mapping[str, object]
    ecoules: int | None

    def plus_jeune_que(self, mois: int | None) -> bool:
        """Whether fewer than `mois` months have gone by; an undated event only satisfies the want of a limit (None)."""
        return mois is None or (self.ecoules is not None and self.ecoules < mois)


@dataclass(frozen=True, slots=True)
class Situation:
    """Facts read on one day.

    age: whole months since the application was filed, >= 0; None: unknown. anciennete: the seniority established, >= 0;
    None: absent. evenement: the event at hand, which paths under `evenement.` read.
    """

    faits: Mapping[str, object]
    as_of: date
    age: int | None = None
    anciennete: int | None = None
    evenement: Mapping[str, object] | None = None

    def lire(self, chemin: str) -> object | None:
        """The fact at that path, as given; None when absent. The seniority is the one established."""
        racine, _, reste = chemin.partition(".")
        if racine == EVENEMENT and reste and self.evenement is not None:
            return fait(self.evenement, reste)
        return self.anciennete if chemin == ANCIENNETE else fait(self.faits, chemin)

    def mois_depuis(self, chemin: str) -> int | None:
        """Whole months since the date at that path; None when there is none, or a date to come."""
        debut = jour(self.lire(chemin))
        return None if debut is None or debut > self.as_of else mois_entre(debut, self.as_of)

    def evenements(self, chemin: str) -> list[Evenement] | None:
        """The events of the list at that path that have happened; None when the fact is no list."""
        items = liste(self.lire(chemin))
        if items is None:
            return None
        passes = (self._evenement(item) for item in items if isinstance(item, Mapping))
        return [evenement for evenement in passes if evenement is not None]

    def _evenement(self, faits: Mapping[str, object]) -> Evenement | None:
        ecoules = self._mois_ecoules(faits)
        return Evenement(faits, ecoules) if ecoules is None or ecoules >= 0 else None

    def _mois_ecoules(self, faits: Mapping[str, object]) -> int | None:
        survenu = jour(faits.get("date"))
        if survenu is not None:
            return mois_entre(survenu, self.as_of)
        apres_depot = nombre(faits.get("mois_apres_depot"))
        if apres_depot is None or apres_depot < 0 or self.age is None:
            return None
        return self.age - floor(apres_depot)

    def devant(self, evenement: Evenement) -> "Situation":
        """The same situation, with that event at hand."""
        return replace(self, evenement=evenement.faits)


def age_de(faits: Mapping[str, object], as_of: date) -> int | None:
    """Age of the application in whole months, >= 0: from the date it was filed, else as given; None when unknown."""
    depot = jour(fait(faits, DEPOT))
    if depot is not None:
        return max(0, mois_entre(depot, as_of))
    donne = nombre(fait(faits, AGE))
    return None if donne is None else max(0, floor(donne))


def anciennete_donnee(faits: Mapping[str, object]) -> int | None:
    """The seniority that the situation gives, floored, >= 0; None when it is no number. Read when the age is unknown."""
    donnee = nombre(fait(faits, ANCIENNETE))
    return None if donnee is None else max(0, floor(donnee))
