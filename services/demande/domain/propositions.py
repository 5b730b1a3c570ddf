"""What a demande decides about the dwellings it is offered: one accepted at the most, refusals kept, radiation by a lease."""

from datetime import date

from services.demande.domain.attribution.evenements import OffreFaite
from services.demande.domain.commandes import RadierDemande
from services.demande.domain.demande import Demande, radier
from services.demande.domain.erreurs import OffreDejaAcceptee, PropositionInconnue, TransitionInterdite
from services.demande.domain.evenements import (
    BailConclu,
    DemandeRadiee,
    OffreAppreciee,
    PropositionAcceptee,
    PropositionCaduque,
    PropositionFaite,
    PropositionRefusee,
)

ATTRIBUTION = "RADATT"
"""Codelist motif_radiation."""


def peut_recevoir(demande: Demande) -> bool:
    """Whether the demande may be offered a dwelling: alive, and without an accepted one."""
    return demande.est_active and demande.offre_acceptee is None


def proposer(offre: OffreFaite, mise_a_disposition: str, organisations: tuple[str, ...]) -> PropositionFaite:
    """The offer as the demande keeps it."""
    return PropositionFaite(
        proposition=offre.proposition,
        mise_a_disposition=mise_a_disposition,
        rang=offre.rang,
        le=offre.le,
        repondre_avant=offre.repondre_avant,
        organisations=organisations,
    )


def accepter(
    demande: Demande, proposition: str, mise_a_disposition: str, le: date, organisations: tuple[str, ...]
) -> list[PropositionAcceptee]:
    """Accept an open offer. Nothing when it is the accepted one. Raises OffreDejaAcceptee, TransitionInterdite.

    Two accepted offers for one demande are impossible (demande.md §6.2).
    """
    acceptee = demande.offre_acceptee
    if acceptee is not None and acceptee.proposition == proposition:
        return []
    if acceptee is not None:
        raise OffreDejaAcceptee(
            "Cette demande a déjà accepté un autre logement. Faites d'abord refuser celui-là, ou renoncez à celui-ci."
        )
    _ouverte(demande, proposition)
    return [PropositionAcceptee(proposition, mise_a_disposition, le, organisations)]


def refuser(
    demande: Demande, proposition: str, mise_a_disposition: str, le: date, organisations: tuple[str, ...],
    *, silence: bool, motif: str | None,
) -> list[PropositionRefusee]:  # fmt: skip
    """Refuse an offer, open or accepted; silence is a refusal (C04). Raises TransitionInterdite. Source: R441-10."""
    acceptee = demande.offre_acceptee
    if acceptee is None or acceptee.proposition != proposition:
        _ouverte(demande, proposition)
    return [
        PropositionRefusee(
            situation=demande.situation + 1,
            proposition=proposition,
            mise_a_disposition=mise_a_disposition,
            le=le,
            silence=silence,
            motif=motif,
            organisations=organisations,
        )
    ]


def apprecier(demande: Demande, proposition: str, *, adaptee: bool, le: date) -> list[OffreAppreciee]:
    """Judge whether a refused offer was suitable: only then may the score suffer. Nothing when it was judged so already.

    Raises PropositionInconnue when this demande never refused it. Source: R441-2-17 (demande.md §6.2, 7).
    """
    refus = next((un for un in demande.refus if un.proposition == proposition), None)
    if refus is None:
        raise PropositionInconnue("Seule une offre refusée peut être appréciée : celle-ci ne l'a pas été.")
    if refus.adaptee is adaptee:
        return []
    return [OffreAppreciee(demande.situation + 1, proposition, adaptee, le)]


def conclure(demande: Demande, bail: BailConclu) -> list[BailConclu | PropositionCaduque | DemandeRadiee]:
    """Sign the lease of the accepted offer: the other offers lapse, the demande is struck off (RADATT).

    RADATT comes from nowhere else. Raises TransitionInterdite. Source: R441-2-8 a, R441-2-9 (D20, D21, D23).
    """
    acceptee = demande.offre_acceptee
    if acceptee is None or acceptee.proposition != bail.proposition:
        raise TransitionInterdite("Le bail se signe sur l'offre que le demandeur a acceptée.")
    caduques = [PropositionCaduque(une.proposition, une.mise_a_disposition, bail.signe_le) for une in demande.offres]
    return [bail, *caduques, *radier(demande, RadierDemande(ATTRIBUTION, bail.signe_le))]


def _ouverte(demande: Demande, proposition: str) -> None:
    if not any(une.proposition == proposition for une in demande.offres):
        raise TransitionInterdite("Cette offre n'est plus en cours pour cette demande : relisez-la.")
