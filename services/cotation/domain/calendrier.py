"""Whole months between two days, the one calendar arithmetic of scoring (docs/cotation.md, "Months")."""

from contracts.calendrier import ajouter_mois, mois_entre

__all__ = ["ajouter_mois", "mois_entre"]
