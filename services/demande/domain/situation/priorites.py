"""Facts that found a priority: labels and DALO set by third parties, eviction (labels, priorites, dalo.*, expulsion.*)."""

from contracts.correspondance_sne import traduire
from contracts.listes import liste
from contracts.situation.fait import Provenance
from services.demande.domain.complements import Dalo
from services.demande.domain.demande import Demande
from services.demande.domain.dossier import Dossier
from services.demande.domain.situation.recueil import Recueil, connus

DALO_ACTIF = "ACTIF"
_PROCEDURE_EXPULSION = "05"
"""Motive of the demande that says so (codelist motif_demande)."""


def faits_des_priorites(recueil: Recueil, demande: Demande) -> None:
    """Put what third parties set, with the day on which they did, and the eviction that the household declares."""
    dossier = demande.dossier
    if dossier is None:
        return
    _labels(recueil, dossier)
    if dossier.dalo is not None:
        _dalo(recueil, dossier.dalo)
    _expulsion(recueil, demande, dossier)


def _labels(recueil: Recueil, dossier: Dossier) -> None:
    """Every label that stands, collective agreement and DALO included (contracts.correspondance_sne); empty when none does."""
    codes = [label.code for label in dossier.labels]
    jours = [label.pose_le for label in dossier.labels if label.pose_le]
    if dossier.accord_collectif:
        codes += traduire("accord_collectif", connus("accord_collectif", (dossier.accord_collectif,)))
    if dossier.dalo:
        codes += traduire("statut_dalo", connus("statut_dalo", (dossier.dalo.statut,)))
        jours += [dossier.dalo.decision_le] if dossier.dalo.decision_le else []
    recueil.poser("labels", [*dict.fromkeys(codes)], le=max(jours, default=None), provenance=Provenance.LABEL)


def _dalo(recueil: Recueil, dalo: Dalo) -> None:
    le = dalo.decision_le
    recueil.code("dalo.statut", dalo.statut, le=le, provenance=Provenance.LABEL)
    recueil.poser("dalo.date_decision", le.isoformat() if le else None, le=le, provenance=Provenance.LABEL)
    recueil.poser("dalo.departement", dalo.departement, le=le, provenance=Provenance.LABEL)
    if dalo.statut == DALO_ACTIF:
        recueil.poser("priorites", ["DALO"], le=le, provenance=Provenance.LABEL)


def _expulsion(recueil: Recueil, demande: Demande, dossier: Dossier) -> None:
    le = demande.declarations.dossier
    expulsion = dossier.expulsion
    stade = liste("expulsion_stade").valeurs.get(expulsion.stade) if expulsion else None
    rang = int(stade.attributs["rang"]) if stade else None
    if _PROCEDURE_EXPULSION in dossier.motifs or (expulsion and rang != 0):
        recueil.poser("expulsion.menace", True, le=le)
    elif expulsion:
        recueil.poser("expulsion.menace", False, le=le)
    if expulsion is None:
        return
    recueil.poser("expulsion.stade", stade.code if stade else None, le=le)
    recueil.entier("expulsion.stade_rang", rang, le=le)
    recueil.poser("expulsion.date", expulsion.le.isoformat() if expulsion.le else None, le=le)
