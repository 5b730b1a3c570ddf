"""Months and working days, as the law counts them. Pure: every day is given, none is read from a clock."""

from calendar import monthrange
from datetime import date, timedelta
from functools import cache

_FIXES = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
"""(month, day) of the holidays that do not move. Source: code du travail L3133-1."""

_DEPUIS_PAQUES = (1, 39, 50)
"""Days after Easter Sunday: Easter Monday, Ascension, Whit Monday. Source: code du travail L3133-1."""

ALSACE_MOSELLE = frozenset({"57", "67", "68"})
_VENDREDI_SAINT = -2
_SAINT_ETIENNE = (12, 26)
"""Good Friday and 26 December in Alsace-Moselle. Source: code du travail L3134-13. The text gives Good Friday to communes
that have a protestant church: it is counted everywhere there, since a longer delay harms no applicant."""

_OUTRE_MER = {"971": (5, 27), "972": (5, 22), "973": (6, 10), "974": (12, 20), "976": (4, 27)}
"""Day of the abolition of slavery, by overseas département. Source: code du travail L3422-2."""


def ajouter_mois(jour: date, mois: int) -> date:
    """The same day of the month, `mois` months later (or earlier); the last day of a month too short for it.

    Source: CPC 641, second paragraph. Raises ValueError outside years 1 to 9999.
    """
    annee, indice = divmod(jour.year * 12 + jour.month - 1 + mois, 12)
    if not date.min.year <= annee <= date.max.year:
        raise ValueError(f"{mois} mois après le {jour.isoformat()} sort du calendrier.")
    return date(annee, indice + 1, min(jour.day, monthrange(annee, indice + 1)[1]))


def mois_entre(debut: date, fin: date) -> int:
    """Whole months gone by: the largest n such that `ajouter_mois(debut, n) <= fin`; negative when fin < debut."""
    mois = (fin.year - debut.year) * 12 + fin.month - debut.month
    dernier = monthrange(fin.year, fin.month)[1]
    return mois if min(debut.day, dernier) <= fin.day else mois - 1


def jours_a_passer(derniere: date | None, le: date) -> list[date]:
    """The days that a clock passes to close `le`, in order: those missed since the last day closed, then `le` itself.

    A day that is closed is passed again, in case something fell due on it since; an earlier one has nothing more to say.
    """
    if derniere is None or derniere >= le:
        return [le]
    return [derniere + timedelta(days=rang) for rang in range(1, (le - derniere).days + 1)]


def age_revolu(naissance: date, le: date) -> int:
    """Years of age on a day; who was born on 29 February turns on 1 March of common years. Negative before birth."""
    return le.year - naissance.year - ((le.month, le.day) < (naissance.month, naissance.day))


def anniversaire(naissance: date, age: int) -> date:
    """The first day on which `age_revolu` reaches an age."""
    annee = naissance.year + age
    if (naissance.month, naissance.day) == (2, 29) and monthrange(annee, 2)[1] == 28:
        return date(annee, 3, 1)
    return naissance.replace(year=annee)


@cache
def paques(annee: int) -> date:
    """Easter Sunday of a Gregorian year, by the computus of Meeus, Jones and Butcher."""
    siecle, reste = divmod(annee, 100)
    lune = annee % 19
    epacte = (19 * lune + siecle - siecle // 4 - (siecle - (siecle + 8) // 25 + 1) // 3 + 15) % 30
    dimanche = (32 + 2 * (siecle % 4) + 2 * (reste // 4) - epacte - reste % 4) % 7
    correction = (lune + 11 * epacte + 22 * dimanche) // 451
    mois, jour = divmod(epacte + dimanche - 7 * correction + 114, 31)
    return date(annee, mois, jour + 1)


@cache
def jours_feries(annee: int, departement: str = "") -> frozenset[date]:
    """The public holidays of a year in a département (`67`, `974`); the national ones alone when it is not given."""
    dimanche = paques(annee)
    jours = {date(annee, mois, jour) for mois, jour in _FIXES}
    jours.update(dimanche + timedelta(days=ecart) for ecart in _DEPUIS_PAQUES)
    if departement in ALSACE_MOSELLE:
        jours.update({dimanche + timedelta(days=_VENDREDI_SAINT), date(annee, *_SAINT_ETIENNE)})
    if departement in _OUTRE_MER:
        jours.add(date(annee, *_OUTRE_MER[departement]))
    return frozenset(jours)


def est_ouvrable(jour: date, departement: str = "") -> bool:
    """Whether a delay may end on this day: no Saturday, no Sunday, no holiday. Source: CPC 642."""
    return jour.weekday() < 5 and jour not in jours_feries(jour.year, departement)


def reporter_au_jour_ouvrable(jour: date, departement: str = "") -> date:
    """The day itself when a delay may end on it, else the first one after it that may. Source: CPC 642."""
    while not est_ouvrable(jour, departement):
        jour += timedelta(days=1)
    return jour
