"""Which messages each published event makes due. Pure: the event alone is read, the rest is read when the message leaves."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from contracts.evenements import demande, flux
from services.notifications.domain.message import Avis, Nature, Valeur

DEFAVORABLES = frozenset({"NON_ATTR", "REJET_IRR"})
"""Decisions notified with all their motives (L441-2-2). Codelist decision_caleol."""

_ATTRIBUTION = "RADATT"

_SANS_AVIS = frozenset({"AJOURNE"})
"""An agenda outcome, not a decision of R441-3: nothing is notified."""


@dataclass(frozen=True, slots=True)
class Annuaire:
    """What the region says of organisations. titulaires: holder -> organisation that exercises its rights;
    joignables: organisations that gave a mailbox: the others read the feed or take webhooks."""

    titulaires: Mapping[str, str]
    joignables: frozenset[str]


def avis_de(type_: str, data: Any, annuaire: Annuaire) -> list[Avis]:
    """The messages due. type_, data: a published event, in the shape that its contract gives."""
    regle = _REGLES.get(type_)
    return [] if regle is None else [avis for avis in regle(data, annuaire) if _joignable(avis, annuaire)]


def forme_de(type_: str) -> type[Any] | None:
    """The contract's shape of an event that may make a message due; None when it never does."""
    if type_ not in _REGLES:
        return None
    return (demande.TYPES | flux.TYPES)[type_]


def _joignable(avis: Avis, annuaire: Annuaire) -> bool:
    return avis.nature is Nature.DEMANDE or avis.destinataire in annuaire.joignables


def _demandeur(modele: str, identifiant: str, objet: str, **donnees: Valeur) -> Avis:
    return Avis(modele, Nature.DEMANDE, identifiant, objet, donnees=donnees)


def _enregistree(data: demande.DemandeEnregistree, _: Annuaire) -> list[Avis]:
    return [Avis("attestation", Nature.DEMANDE, data.demande, data.demande, avant=data.attestation_avant)]


def _renouvelee(data: demande.DemandeRenouvelee, _: Annuaire) -> list[Avis]:
    """A renewal gives a new attestation (D19); its delay is that of a deposit, counted by the register's clock."""
    return [_demandeur("attestation", data.demande, data.demande, renouvelee_le=data.le.isoformat())]


def _preavis(data: demande.PreavisEmis, _: Annuaire) -> list[Avis]:
    return [
        Avis(
            "preavis",
            Nature.DEMANDE,
            data.demande,
            data.demande,
            donnees={"valable_jusqu_au": data.valable_jusqu_au.isoformat()},
        )
    ]


def _radiee(data: demande.DemandeRadiee, _: Annuaire) -> list[Avis]:
    """Whoever signed a lease is told by the message of the lease."""
    if data.motif == _ATTRIBUTION:
        return []
    return [_demandeur("radiation", data.demande, data.demande, motif=data.motif, le=data.le.isoformat())]


def _proposition(data: demande.PropositionFaite, _: Annuaire) -> list[Avis]:
    donnees: dict[str, Valeur] = {
        "mise_a_disposition": data.mise_a_disposition,
        "le": data.le.isoformat(),
        "repondre_avant": data.repondre_avant.isoformat(),
    }
    return [Avis("proposition", Nature.DEMANDE, data.demande, data.proposition, donnees=donnees)]


def _reponse(modele: str) -> Callable[[Any, Annuaire], list[Avis]]:
    def avis(data: demande.PropositionAcceptee | demande.PropositionRefusee, _: Annuaire) -> list[Avis]:
        suite = _demandeur(
            modele,
            data.demande,
            data.proposition,
            mise_a_disposition=data.mise_a_disposition,
            le=data.le.isoformat(),
        )
        return [suite]

    return avis


def _decisions(data: demande.CaleolDecidee, _: Annuaire) -> list[Avis]:
    return [
        _demandeur(
            "decision-defavorable" if decision.decision in DEFAVORABLES else "decision-favorable",
            decision.demande,
            data.mise_a_disposition,
            mise_a_disposition=data.mise_a_disposition,
            seance_le=data.seance_le.isoformat(),
            decision=decision.decision,
            rang=decision.rang,
        )
        for decision in data.decisions
        if decision.decision not in _SANS_AVIS
    ]


def _bail(data: demande.BailSigne, _: Annuaire) -> list[Avis]:
    objet = data.mise_a_disposition
    return [_demandeur("bail-signe", data.demande, objet, mise_a_disposition=objet, le=data.signe_le.isoformat())]


def _mis_a_disposition(data: flux.LogementMisADisposition, annuaire: Annuaire) -> list[Avis]:
    organisation = annuaire.titulaires.get(data.reservataire, data.reservataire)
    donnees: dict[str, Valeur] = {
        "mise_a_disposition": data.mise_a_disposition,
        "designer_avant": data.designer_avant.isoformat(),
    }
    return [
        Avis("mise-a-disposition", Nature.ORGANISATION, organisation, data.mise_a_disposition, None, donnees),
    ]


def logement_rendu(data: flux.LogementRendu, bailleur: str, annuaire: Annuaire) -> list[Avis]:
    """The landlord's turn again: told to it. bailleur: read where the dwelling is known, since the event does not say it."""
    donnees: dict[str, Valeur] = {
        "mise_a_disposition": data.mise_a_disposition,
        "motif": data.motif,
        "le": data.le.isoformat(),
    }
    avis = Avis("logement-rendu", Nature.ORGANISATION, bailleur, data.mise_a_disposition, None, donnees)
    return [avis] if _joignable(avis, annuaire) else []


_REGLES: Mapping[str, Callable[[Any, Annuaire], list[Avis]]] = {
    "demande.enregistree.v1": _enregistree,
    "demande.renouvelee.v1": _renouvelee,
    "demande.preavis-emis.v1": _preavis,
    "demande.radiee.v1": _radiee,
    "proposition.faite.v1": _proposition,
    "proposition.acceptee.v1": _reponse("proposition-acceptee"),
    "proposition.refusee.v1": _reponse("proposition-refusee"),
    "caleol.decidee.v1": _decisions,
    "bail.signe.v1": _bail,
    "logement.mis-a-disposition.v1": _mis_a_disposition,
}
