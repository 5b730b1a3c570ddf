"""What the scoring knows of the facts that a grid may read: the situation catalogue and the grid's own local facts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

from contracts.listes import liste
from contracts.situation import TERRITOIRE, Fait, Provenance, TypeFait, catalogue
from services.cotation.domain.faute import plus_proche
from services.cotation.domain.grille import FaitLocal, NiveauPreuve

PREFIXE_LOCAL = "local."
HORS_COTATION = "demande.hors_cotation"
"""List of the out-of-scope codes of a file: read by the scope of a 0.1 grid, set by the region."""


@dataclass(frozen=True, slots=True)
class Nature:
    """What is known of one path. codes: its closed list, or None when it has none or is open."""

    type: TypeFait
    codes: frozenset[str] | None = None
    sensible: bool = False


@dataclass(frozen=True)
class Catalogue:
    """The national facts and those that a grid declares for its region."""

    faits: Mapping[str, Fait] = field(default_factory=catalogue)
    locaux: Mapping[str, FaitLocal] = field(default_factory=lambda: MappingProxyType({}))

    def avec(self, locaux: tuple[FaitLocal, ...]) -> "Catalogue":
        """This catalogue with a grid's local facts."""
        return Catalogue(self.faits, MappingProxyType({fait.champ: fait for fait in locaux}))

    @cached_property
    def par_label(self) -> frozenset[str]:
        """Paths that only a third party sets: what they say is its own evidence."""
        nationaux = (f.chemin for f in self.faits.values() if f.provenance == (Provenance.LABEL,))
        locaux = (f.champ for f in self.locaux.values() if f.preuve is NiveauPreuve.LABEL)
        return frozenset((*nationaux, *locaux))

    def nature(self, chemin: str) -> Nature | None:
        """What is known of a path; None outside the catalogue."""
        local = self.locaux.get(chemin)
        if local is not None:
            return Nature(TypeFait(local.type), frozenset(local.codes) or None)
        fait = self.faits.get(chemin)
        return None if fait is None else Nature(fait.type, _codes(fait.liste, fait.liste_ouverte), fait.sensible)

    def champ_evenement(self, evenements: str, nom: str) -> Nature | None:
        """What is known of one field of the events of a list; None when the list or its field is not known."""
        fait = self.faits.get(evenements)
        champ = next((c for c in fait.champs if c.nom == nom), None) if fait else None
        return None if champ is None else Nature(champ.type, _codes(champ.liste, ouverte=False))

    def est_liste_evenements(self, chemin: str) -> bool:
        """Whether the path is known to hold a list of events."""
        nature = self.nature(chemin)
        return nature is not None and nature.type is TypeFait.LISTE_EVENEMENTS

    def codes_sensibles(self, chemin: str) -> frozenset[str]:
        """Codes of the fact that are sensitive data (D30)."""
        fait = self.faits.get(chemin)
        return fait.codes_sensibles if fait else frozenset()

    def proche(self, chemin: str) -> str | None:
        """The known path that looks most like this one."""
        return plus_proche(chemin, (*self.faits, *self.locaux))

    def libelle(self, chemin: str) -> str | None:
        """The French label of a fact, or None when it is not known."""
        local = self.locaux.get(chemin)
        fait = self.faits.get(chemin)
        return local.libelle if local else fait.libelle if fait else None

    def libelle_code(self, chemin: str, code: str) -> str | None:
        """The French label of a code of a fact, or None when it is not known."""
        fait = self.faits.get(chemin)
        if fait is None or fait.liste is None or fait.liste in TERRITOIRE:
            return None
        codes = liste(fait.liste)
        return codes.valeur(code).libelle if code in codes else None

    def unite(self, chemin: str) -> str | None:
        """The unit of a number, or None."""
        local = self.locaux.get(chemin)
        fait = self.faits.get(chemin)
        return local.unite if local else fait.unite if fait else None


def _codes(nom: str | None, ouverte: bool) -> frozenset[str] | None:
    if nom is None or ouverte or nom in TERRITOIRE:
        return None
    return frozenset(liste(nom).codes)
