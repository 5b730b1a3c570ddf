"""Whole months between two days, the one calendar arithmetic of scoring (docs/cotation.md, "Months")."""

from calendar import monthrange
from datetime import date


def ajouter_mois(jour: date, mois: int) -> date:
    """The same day of the month, `mois` months later (or earlier); the last day of a month too short for it.

    Raises ValueError outside years 1 to 9999.
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
