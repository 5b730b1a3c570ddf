"""What time alone decides of a demande: its notice, its end, its radiation for want of a renewal (demande.md §3.2)."""

from collections.abc import Callable
from datetime import date, timedelta

from services.demande.domain.commandes import RadierDemande, RenouvelerDemande
from services.demande.domain.delais import (
    fin_validite,
    preavis_au_plus_tard,
    preavis_d_une_validite,
    radiation_apres_preavis_le,
    radiation_d_une_validite,
    radiation_non_renouvellement_le,
)
from services.demande.domain.demande import Demande, Statut, evolve, radier
from services.demande.domain.erreurs import TransitionInterdite
from services.demande.domain.evenements import DemandeEchue, DemandeRadiee, DemandeRenouvelee, PreavisEmis

NON_RENOUVELEE = "RADREN"
"""Codelist motif_radiation."""
_RENOUVELABLES = (Statut.ACTIVE, Statut.PREAVIS, Statut.ECHUE)

Decision = PreavisEmis | DemandeEchue | DemandeRadiee


def au_jour(demande: Demande, le: date) -> list[Decision]:
    """Everything that time decides of a demande up to a day, in order; nothing the second time.

    A demande that was never given its notice gets it, however late, and a month from it: nobody is struck off unwarned.
    Source: R441-2-7 (D17, D18), R441-2-8 e (D20, D21), SPTA §6.1.
    """
    decides: list[Decision] = []
    for decider in (_prevenir, _echoir, _radier):
        suite = decider(demande, le)
        for evenement in suite:
            demande = evolve(evenement, demande)
        decides += suite
    return decides


def renouveler(demande: Demande, commande: RenouvelerDemande) -> list[DemandeRenouvelee]:
    """Renew a demande that is not struck off: its number and first date stay, its validity starts again (D17, D19).

    Raises TransitionInterdite. Source: R441-2-7; SPTA §6.1 for the month that follows the end of validity.
    """
    if demande.statut not in _RENOUVELABLES:
        raise TransitionInterdite(
            f"Une demande {demande.statut} ne peut pas être renouvelée. Réactivez-la d'abord, ou déposez-en une nouvelle."
        )
    depuis = demande.presentee_le or demande.deposee_le
    if depuis is not None and commande.le < depuis:
        raise TransitionInterdite(f"La demande a été présentée ou renouvelée depuis, le {depuis} : corrigez la date.")
    return [
        DemandeRenouvelee(
            situation=demande.situation + 1,
            le=commande.le,
            canal=commande.canal,
            valable_jusqu_au=fin_validite(commande.le),
            recherche=commande.recherche,
            dossier=commande.dossier,
            personnes=dict(commande.personnes),
        )
    ]


def _prevenir(demande: Demande, le: date) -> list[PreavisEmis]:
    if demande.statut is not Statut.ACTIVE or demande.valable_jusqu_au is None:
        return []
    due = _selon(demande, preavis_au_plus_tard, preavis_d_une_validite)
    return [PreavisEmis(le, demande.valable_jusqu_au)] if le >= due else []


def _echoir(demande: Demande, le: date) -> list[DemandeEchue]:
    if demande.statut is not Statut.PREAVIS or demande.valable_jusqu_au is None or le <= demande.valable_jusqu_au:
        return []
    return [DemandeEchue(demande.valable_jusqu_au + timedelta(days=1))]


def _radier(demande: Demande, le: date) -> list[DemandeRadiee]:
    """Not while an offer is open or accepted: its answer, or its lease, comes first."""
    if demande.statut is not Statut.ECHUE or demande.offres or demande.offre_acceptee:
        return []
    assert demande.preavis_le is not None
    due = max(
        _selon(demande, radiation_non_renouvellement_le, radiation_d_une_validite),
        radiation_apres_preavis_le(demande.preavis_le),
    )
    return radier(demande, RadierDemande(NON_RENOUVELEE, le)) if le >= due else []


def _selon(demande: Demande, presentee: Callable[[date], date], validite: Callable[[date], date]) -> date:
    """A delay from the presentation or the renewal when it is known, else from the end of validity that was given."""
    assert demande.valable_jusqu_au is not None
    return presentee(demande.presentee_le) if demande.presentee_le else validite(demande.valable_jusqu_au)
