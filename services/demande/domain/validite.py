"""The clocks that a registration starts (demande.md §1.1, §1.3, §3.3)."""

import calendar
from datetime import date

VALIDITE_MOIS = 12
"""A demande is valid one year from its first presentation, then from each renewal (R441-2-7)."""

ATTESTATION_MOIS = 1
"""The attestation goes to the applicant within one month of deposit (L441-2-1)."""


def mois_apres(jour: date, mois: int) -> date:
    """The same day `mois` months later, or the last day of that month when it has no such day."""
    annee, rang = divmod(jour.year * 12 + jour.month - 1 + mois, 12)
    return date(annee, rang + 1, min(jour.day, calendar.monthrange(annee, rang + 1)[1]))


def fin_de_validite(presentee_ou_renouvelee_le: date) -> date:
    """Last day of validity. Source: R441-2-7; deposit 14 March 2025 -> 14 March 2026."""
    return mois_apres(presentee_ou_renouvelee_le, VALIDITE_MOIS)


def limite_attestation(recue_le: date) -> date:
    """Last day to deliver the attestation. Source: L441-2-1; deposit 14 March 2025 -> 14 April 2025."""
    return mois_apres(recue_le, ATTESTATION_MOIS)
