"""The similarity classes of a score (D18): which applications it is compared with, from the closest to the widest.

A class is named by its components in order, each followed by a comma, so that a wider class is the beginning of a narrower
one: EPCI, segment, typology, commune, quartier, resource band. A component that the grid's key leaves out is empty.
Source: shared note `cotation.md` section 6; design.md section 8 ("a similarity class adds the typology").
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import quote, unquote

from contracts.situation.lecture import Situation
from services.cotation.domain.grille import Grille

Voile = Callable[[str, str], str]
"""(kind, value) -> a token that names the value to whoever holds the key, and to nobody else."""

TYPOLOGIES, PLAFOND_PLUS = "demande.typologies_souhaitees", "ressources.plafond_plus_pct"
TERRITOIRE, SEGMENT, TYPOLOGIE, LIEU, PLAFOND = "territoire", "segment", "typologie", "lieu", "plafond"
_BANDES = ((60, "PLAI"), (100, "PLUS"), (130, "PLS"))
"""Resource bands by share of the PLUS ceiling, in percent: demande.md §7.1 gives the PLAI one for 55 to 60 % of it."""
_LONGUEUR_JETON = 16
_COMPOSANTS = 6
_FORME = re.compile(r"\d{9},[a-z_]+,[A-Z0-9]{1,4},(?:[0-9AB]{5}|),[^,\s]{0,200},[0-9a-f]{16}", re.ASCII)
_PREFIXE = re.compile(r"\d{9},[a-z_]+,[A-Z0-9]{1,4},(?:(?:[0-9AB]{5}|),(?:[^,\s]{0,200},)?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Classe:
    """A class, narrow or widened. nom: a whole name, or the beginning of one that ends with a comma."""

    nom: str

    @property
    def composants(self) -> list[str]:
        """Each component, empty where the class does not look at it."""
        lus = self.nom.split(",")
        return [*lus, *[""] * (_COMPOSANTS - len(lus))]

    @property
    def epci(self) -> str:
        return self.composants[0]

    @property
    def typologie(self) -> str:
        return self.composants[2]

    @property
    def commune(self) -> str | None:
        return self.composants[3] or None

    @property
    def quartier(self) -> str | None:
        return unquote(self.composants[4]) or None

    @property
    def criteres(self) -> tuple[str, ...]:
        """What the applications of this class have in common, in the words of a grid's similarity key."""
        _, _, _, commune, _, plafond = self.composants
        return (TERRITOIRE, TYPOLOGIE, *([LIEU] if commune else []), *([PLAFOND] if plafond else []))

    @property
    def bornes(self) -> tuple[str, str]:
        """The names of every narrow class inside it: from the first, to before the second, in the order of bytes."""
        if self.nom.endswith(","):
            return self.nom, self.nom[:-1] + chr(ord(",") + 1)
        return self.nom, self.nom + " "

    def elargies(self) -> list["Classe"]:
        """The class, then wider ones: without the resource band, then the whole commune, then the whole EPCI."""
        epci, segment, typologie, commune, quartier, plafond = self.composants
        suite = [self]
        if plafond:
            suite.append(Classe(f"{epci},{segment},{typologie},{commune},{quartier},"))
        if quartier:
            suite.append(Classe(f"{epci},{segment},{typologie},{commune},"))
        if commune:
            suite.append(Classe(f"{epci},{segment},{typologie},"))
        return [une for rang, une in enumerate(suite) if une.nom not in {autre.nom for autre in suite[:rang]}]


def classes_du_lieu(situation: Situation, lieu: str, grille: Grille, voile: Voile) -> tuple[str, ...]:
    """The classes of a demande for a place wished, one a typology wished, by the similarity key of the grid.

    The resource band is never written as it is: it says what a household earns.
    """
    lu, cle = situation.lieux[lieu], grille.similarite.cle
    typologies = situation.faits.get(TYPOLOGIES)
    valeurs = typologies.valeur if typologies else []
    assert isinstance(valeurs, list)
    segment = grille.segment.value if SEGMENT in cle else ""
    commune, quartier = (lu.commune, quote(lu.quartier or "", safe="")) if LIEU in cle else ("", "")
    noms = []
    for typologie in sorted({str(une) for une in valeurs}):
        debut = f"{lu.epci},{segment or 'tous'},{typologie},{commune},{quartier},"
        noms.append(debut + (voile(debut, _bande(situation, lieu))[:_LONGUEUR_JETON] if PLAFOND in cle else ""))
    return tuple(noms)


def lire_classe(nom: str) -> Classe | None:
    """The class of that name, as the API gave it, percent-encoded once more or not; None when it is none."""
    composants = nom.split(",")
    if len(composants) > 4:
        composants[4] = quote(unquote(composants[4]), safe="")
    nom = ",".join(composants)
    return Classe(nom) if _FORME.fullmatch(nom) or _PREFIXE.fullmatch(nom) else None


def _bande(situation: Situation, lieu: str) -> str:
    lu = situation.lieux[lieu].faits.get(PLAFOND_PLUS)
    if lu is None or isinstance(lu.valeur, list | bool):
        return "INCONNU"
    part = Decimal(lu.valeur)
    return next((bande for seuil, bande in _BANDES if part <= seuil), "AU_DELA")


@dataclass(frozen=True, slots=True)
class Tranche:
    """The notes between two values, both reached, and how many there are."""

    de: Decimal
    a: Decimal
    effectif: int


_TRANCHES = 20


def tranches(histogramme: Sequence[tuple[Decimal, int]], effectif_minimal: int) -> list[Tranche]:
    """The distribution by bands (D18), the highest notes first: none holds so few applications that one could be singled out.

    histogramme: (note, how many), the highest first. Twenty bands at the most; empty when the whole is too small.
    """
    total = sum(effectif for _, effectif in histogramme)
    seuil = max(effectif_minimal, -(-total // _TRANCHES))
    found: list[Tranche] = []
    haut, cumul = Decimal(0), 0
    for note, effectif in histogramme:
        haut = note if cumul == 0 else haut
        cumul += effectif
        if cumul >= seuil:
            found.append(Tranche(note, haut, cumul))
            cumul = 0
    if cumul and found:
        derniere = found.pop()
        found.append(Tranche(histogramme[-1][0], derniere.a, derniere.effectif + cumul))
    return found
