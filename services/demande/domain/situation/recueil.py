"""Gathering the facts of one situation: each is put once, within the bounds of the catalogue, with its date."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from fractions import Fraction

from contracts.listes import est_dans, liste
from contracts.situation import catalogue
from contracts.situation.fait import NUMERIQUES, TERRITOIRE, Provenance
from contracts.situation.lecture import FaitLu, Simple, Valeur
from services.demande.domain.eligibilite import arrondi_a_l_unite

_DECLAREE = Provenance.DECLAREE
_BORNES: Mapping[str, tuple[int, int, int]] = {
    chemin: (int(fait.bornes[0]), int(fait.bornes[1]), fait.decimales)
    for chemin, fait in catalogue().items()
    if fait.type in NUMERIQUES and fait.bornes
}
"""Bounds and decimals of each numeric fact, by path."""

_CODES: Mapping[str, frozenset[str]] = {
    chemin: frozenset(liste(fait.liste).codes)
    for chemin, fait in catalogue().items()
    if fait.liste and fait.liste not in TERRITOIRE and not fait.liste_ouverte
}
"""The codes that each coded fact may hold, by path; no entry for an open list or a code of the territory."""


class Recueil:
    """The facts of a demande, or of one place wished, being gathered.

    le: the day to give a fact that has no better one. A number outside the bounds of its fact is an entry error
    (contracts.situation.fait), a code outside its list too: they make no fact.
    """

    __slots__ = ("_le", "faits")

    def __init__(self, le: date) -> None:
        self.faits: dict[str, FaitLu] = {}
        self._le = le

    def poser(
        self,
        chemin: str,
        valeur: Valeur | None,
        *,
        le: date | None = None,
        provenance: Provenance = _DECLAREE,
        estime: bool = False,
    ) -> None:
        """Put a fact; nothing when the value is not known."""
        if valeur is not None:
            self.faits[chemin] = FaitLu(valeur, provenance, le or self._le, estime)

    def entier(
        self,
        chemin: str,
        valeur: int | None,
        *,
        le: date | None = None,
        provenance: Provenance = _DECLAREE,
        estime: bool = False,
    ) -> None:
        """Put a whole number."""
        if valeur is None:
            return
        mini, maxi, _ = _BORNES[chemin]
        if mini <= valeur <= maxi:
            self.faits[chemin] = FaitLu(valeur, provenance, le or self._le, estime)

    def decimal(
        self, chemin: str, valeur: Fraction | int | None, *, le: date | None = None, fois: int = 1, sur: int = 1
    ) -> None:
        """Put an exact decimal, rounded to the decimals of the fact, half away from zero, without superfluous zeros.

        fois, sur: what multiplies and divides the value, e.g. from cents to euros.
        """
        if valeur is None:
            return
        mini, maxi, decimales = _BORNES[chemin]
        numerateur, denominateur = valeur.numerator * fois, valeur.denominator * sur
        if mini * denominateur <= numerateur <= maxi * denominateur:
            texte = _ecrire(numerateur, denominateur, decimales)
            self.faits[chemin] = FaitLu(texte, _DECLAREE, le or self._le)

    def code(
        self, chemin: str, valeur: str | None, *, le: date | None = None, provenance: Provenance = _DECLAREE
    ) -> None:
        """Put one code of a closed list."""
        if valeur is not None and valeur in _CODES[chemin]:
            self.faits[chemin] = FaitLu(valeur, provenance, le or self._le)

    def codes(
        self, chemin: str, valeurs: Iterable[str], *, le: date | None = None, provenance: Provenance = _DECLAREE
    ) -> None:
        """Put a list of codes, without repetition, in their order; nothing when there are none."""
        connus = _CODES.get(chemin)
        uniques: list[str | dict[str, Simple | None]] = [
            code for code in dict.fromkeys(valeurs) if connus is None or code in connus
        ]
        if uniques:
            self.poser(chemin, uniques, le=le, provenance=provenance)


def connus(nom: str, codes: Iterable[str]) -> tuple[str, ...]:
    """Those of the codes that a list holds, in their order."""
    return tuple(code for code in codes if est_dans(nom, code))


def _ecrire(numerateur: int, denominateur: int, decimales: int) -> str:
    """A quotient as a decimal: `27.23`, `28`, `-0.5`."""
    if numerateur % denominateur == 0:
        return str(numerateur // denominateur)
    unites, reste = divmod(abs(arrondi_a_l_unite(numerateur * 10**decimales, denominateur)), 10**decimales)
    texte = f"{unites}.{reste:0{decimales}}".rstrip("0").rstrip(".") if reste else str(unites)
    return f"-{texte}" if numerateur < 0 and texte != "0" else texte


class Echeances:
    """The days on which some fact changes by time alone; only the first one after `le` matters."""

    __slots__ = ("_le", "_premiere")

    def __init__(self, le: date) -> None:
        self._le = le
        self._premiere = date.max

    def noter(self, jour: date) -> None:
        """A fact changes on this day; a day that is past changes nothing more."""
        if self._le < jour < self._premiere:
            self._premiere = jour

    @property
    def valable_jusqu_au(self) -> date | None:
        """Last day on which the facts hold without a new event; None when time alone changes none."""
        return None if self._premiere == date.max else self._premiere - timedelta(days=1)
