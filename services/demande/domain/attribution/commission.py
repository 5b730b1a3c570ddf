"""The decisions of the commission: one for each candidate, of five kinds, motives when they are negative (R441-3, C02)."""

from collections.abc import Iterator, Sequence
from enum import StrEnum

from contracts.listes import liste
from contracts.problems import Fault
from services.demande.domain.attribution.commandes import DecisionRequise, TenirCommission
from services.demande.domain.attribution.etat import Attribution, Issue, Phase
from services.demande.domain.attribution.evenements import CommissionTenue, DecisionPrise
from services.demande.domain.erreurs import DecisionImpossible, DecisionInvalide


class Decision(StrEnum):
    """The five kinds of R441-3, a to e (codelist decision_caleol; AJOURNE is not one of them)."""

    ATTRIBUTION = "ATTR"
    ATTRIBUTION_CLASSEE = "ATTR_RANG"
    ATTRIBUTION_SOUS_CONDITION = "ATTR_COND"
    NON_ATTRIBUTION = "NON_ATTR"
    IRRECEVABILITE = "REJET_IRR"


FAVORABLES = frozenset({Decision.ATTRIBUTION, Decision.ATTRIBUTION_CLASSEE, Decision.ATTRIBUTION_SOUS_CONDITION})
_LIEN = "LOCALISATION"
_AUTRE = "AUTRE"


def decider(etat: Attribution, commande: TenirCommission) -> CommissionTenue:
    """Take the decisions of the commission on every candidate not decided yet; immutable once taken.

    Raises DecisionImpossible when there is none to take, DecisionInvalide with every fault. Source: R441-3 a to e (C02),
    L441-2-2 (D28), L441 (D29).
    """
    a_decider = {un.demande for un in etat.en(Issue.DESIGNE)}
    if etat.phase is not Phase.DESIGNEE or not a_decider:
        raise DecisionImpossible(
            f"Ce logement est {etat.phase} : la commission n'a pas de candidat à y examiner, ou a déjà décidé."
        )
    faults = [*_ensemble(a_decider, commande.decisions)]
    for position, requise in enumerate(commande.decisions):
        faults += _une(requise, f"/decisions/{position}", commande)
    if faults:
        raise DecisionInvalide(
            "Les décisions ne sont pas enregistrées : corrigez les points indiqués.", errors=tuple(faults)
        )
    prises = tuple(
        DecisionPrise(une.demande, une.decision, une.rang, une.piece, une.fournir_avant) for une in commande.decisions
    )
    return CommissionTenue(commande.seance_le, prises, etat.organisations)


def _ensemble(a_decider: set[str], decisions: Sequence[DecisionRequise]) -> Iterator[Fault]:
    decidees = [une.demande for une in decisions]
    if set(decidees) != a_decider or len(decidees) != len(a_decider):
        yield Fault("/decisions", "candidats", "une décision, et une seule, pour chaque candidat désigné")
    favorables = [une for une in decisions if une.decision in FAVORABLES]
    if sorted(une.rang or 0 for une in favorables) != list(range(1, len(favorables) + 1)):
        yield Fault("/decisions", "rangs", "les rangs des décisions favorables vont de 1 en 1, sans doublon")
    if len(favorables) > 1 and any(une.decision == Decision.ATTRIBUTION for une in favorables):
        yield Fault("/decisions", "attribution-seule", "avec plusieurs candidats retenus, la décision est ATTR_RANG")


def _une(requise: DecisionRequise, ou: str, commande: TenirCommission) -> Iterator[Fault]:
    if requise.decision not in set(Decision):
        yield Fault(f"{ou}/decision", "code", "l'un de " + ", ".join(Decision))
        return
    if requise.decision not in FAVORABLES and requise.rang is not None:
        yield Fault(f"{ou}/rang", "sans-objet", "une décision défavorable n'a pas de rang")
    yield from _condition(requise, ou, commande)
    yield from _motifs(requise, ou)


def _condition(requise: DecisionRequise, ou: str, commande: TenirCommission) -> Iterator[Fault]:
    if requise.decision == Decision.ATTRIBUTION_SOUS_CONDITION:
        if requise.piece is None or requise.piece not in liste("piece_justificative"):
            yield Fault(f"{ou}/piece", "code", "la pièce manquante, de la liste des pièces justificatives")
        if requise.fournir_avant is None or requise.fournir_avant < commande.seance_le:
            yield Fault(f"{ou}/fournir_avant", "date", "le dernier jour pour fournir la pièce")
    elif requise.piece is not None or requise.fournir_avant is not None:
        yield Fault(f"{ou}/piece", "sans-objet", "seule une attribution sous condition attend une pièce")


def _motifs(requise: DecisionRequise, ou: str) -> Iterator[Fault]:
    """A refusal is given with all its motives; the lack of a link with the commune is never enough."""
    if requise.decision == Decision.NON_ATTRIBUTION:
        if not requise.motifs or any(motif not in liste("motif_non_attribution") for motif in requise.motifs):
            yield Fault(f"{ou}/motifs", "motifs", "tous les motifs, de la liste des motifs de non-attribution")
        elif set(requise.motifs) == {_LIEN}:
            yield Fault(f"{ou}/motifs", "lien-avec-la-commune", "la localisation ne peut pas être le seul motif (L441)")
        if _AUTRE in requise.motifs and not requise.precision:
            yield Fault(f"{ou}/precision", "manquant", "précisez l'autre motif")
    elif requise.motifs:
        yield Fault(f"{ou}/motifs", "sans-objet", "les motifs vont avec une non-attribution")
    if requise.decision == Decision.IRRECEVABILITE:
        if requise.sous_motif is None or requise.sous_motif not in liste("sous_motif_irrecevabilite"):
            yield Fault(f"{ou}/sous_motif", "code", "IRRRES ou IRRSEJ : les deux seuls motifs d'irrecevabilité")
    elif requise.sous_motif is not None:
        yield Fault(f"{ou}/sous_motif", "sans-objet", "le sous-motif va avec un rejet pour irrecevabilité")
