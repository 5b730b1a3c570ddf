"""The legal day of a command: today, or an earlier one that the caller states; never one to come."""

from datetime import date

from contracts.problems import Fault
from services.chassis.http.refusals import DonneesInvalides


def jour_legal(demande: date | None, aujourd_hui: date) -> date:
    """The day of the act. Raises DonneesInvalides."""
    if demande is not None and demande > aujourd_hui:
        raise DonneesInvalides(
            "Un acte ne peut pas être daté d'un jour à venir : corrigez la date, ou revenez ce jour-là.",
            errors=(Fault("/le", "date-a-venir", f"au plus tard le {aujourd_hui.isoformat()}"),),
        )
    return demande or aujourd_hui
