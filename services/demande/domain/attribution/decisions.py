"""What the attribution of a dwelling decides: opening, designation, offers by rank, answers, lease (demande.md §6)."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from uuid import NAMESPACE_URL, UUID, uuid5

from contracts import territoire
from contracts.problems import Fault
from services.demande.domain.attribution.commandes import DesignerCandidats, SignerBail
from services.demande.domain.attribution.etat import Attribution, Candidat, Issue, Phase
from services.demande.domain.attribution.evenements import (
    BailSigne,
    CandidatDesigne,
    CandidatEcarte,
    CandidatsEpuises,
    LogementOffert,
    MiseADispositionOuverte,
    MiseADispositionRendue,
    OffreAcceptee,
    OffreDeclinee,
    OffreFaite,
)
from services.demande.domain.delais import echeance_reponse
from services.demande.domain.demande import Demande
from services.demande.domain.erreurs import (
    CandidatNonRecevable,
    DecisionImpossible,
    DelaiDepasse,
    DesignationInvalide,
)

_ESPACE = uuid5(NAMESPACE_URL, "https://logis.example/demande/proposition")
_MINIMUM = 3
REFUS, SILENCE, AUTRE_BAIL = "refus", "silence", "autre-bail"
"""Causes of an offer that ends without a lease."""


class MoinsDeTrois(StrEnum):
    """Why fewer than three demandes are named (R441-3, C01)."""

    INSUFFISANCE_DE_CANDIDATS = "INSUFFISANCE_DE_CANDIDATS"
    DALO_DESIGNE_PAR_LE_PREFET = "DALO_DESIGNE_PAR_LE_PREFET"
    PLAI_ADAPTE = "PLAI_ADAPTE"


def ouvrir(
    etat: Attribution,
    *,
    bailleur: str,
    reservataire: str,
    organisations: tuple[str, ...],
    logement: LogementOffert,
    disponible_le: date,
    designer_avant: date,
) -> list[MiseADispositionOuverte]:
    """Open the attribution of a dwelling. Nothing when it already is."""
    if etat.phase is not Phase.ABSENTE:
        return []
    return [
        MiseADispositionOuverte(bailleur, reservataire, organisations, logement, disponible_le, designer_avant),
    ]


def designer(etat: Attribution, demandes: Mapping[str, Demande], commande: DesignerCandidats) -> list[CandidatDesigne]:
    """Name candidates, citing the ranking that was shown. demandes: those named, as they stand.

    Three at least, or the reason why not (C01); each with its number, alive, and free of an accepted offer (D08).
    Raises DesignationInvalide, CandidatNonRecevable, DelaiDepasse, DecisionImpossible. Source: R441-3, L441-2-1.
    """
    if etat.phase not in (Phase.OUVERTE, Phase.EPUISEE):
        raise DecisionImpossible(f"Ce logement est {etat.phase} : des candidats ne peuvent pas y être désignés.")
    if etat.designer_avant is not None and commande.le > etat.designer_avant:
        raise DelaiDepasse(
            f"Les candidats étaient à désigner le {etat.designer_avant.isoformat()} au plus tard. "
            "Demandez au bailleur une nouvelle mise à disposition."
        )
    _verifier_le_nombre(commande)
    for position, identifiant in enumerate(commande.demandes):
        _verifier_le_candidat(etat, identifiant, demandes.get(identifiant), position)
    return [
        CandidatDesigne(
            demande=identifiant,
            rang=rang,
            classement=commande.classement,
            reservataire=etat.reservataire,
            le=commande.le,
            organisations=etat.organisations,
            moins_de_trois=commande.moins_de_trois,
        )
        for rang, identifiant in enumerate(commande.demandes, start=1)
    ]


def _verifier_le_nombre(commande: DesignerCandidats) -> None:
    if len(set(commande.demandes)) != len(commande.demandes):
        raise DesignationInvalide(
            "Une demande est désignée deux fois : retirez le doublon.",
            errors=(Fault("/demandes", "doublon", "chaque demande une seule fois"),),
        )
    if len(commande.demandes) >= _MINIMUM:
        return
    if commande.moins_de_trois is None or not commande.demandes:
        raise DesignationInvalide(
            "Trois demandes au moins sont présentées pour un logement : désignez-en trois, ou dites pourquoi il y en a moins.",
            errors=(Fault("/moins_de_trois", "manquant", ", ".join(MoinsDeTrois)),),
        )


def _verifier_le_candidat(etat: Attribution, identifiant: str, demande: Demande | None, position: int) -> None:
    if demande is None or not demande.est_active:
        raison = "elle n'est pas enregistrée et active"
    elif demande.offre_acceptee is not None:
        raison = "elle a déjà accepté un logement"
    elif etat.candidat(identifiant) is not None:
        raison = "elle a déjà été candidate à ce logement"
    else:
        return
    raise CandidatNonRecevable(
        f"La demande {identifiant} ne peut pas être désignée : {raison}. Désignez-en une autre.",
        errors=(Fault(f"/demandes/{position}", "candidat-non-recevable", raison),),
    )


def suivant(etat: Attribution) -> Candidat | None:
    """The candidate to offer the dwelling to, in the order of the ranks; None when nobody is left."""
    return next(iter(etat.en(Issue.CLASSE)), None)


def offrir(etat: Attribution, mise_a_disposition: str, candidat: Candidat, le: date) -> OffreFaite:
    """Offer the dwelling to a candidate, notified on `le`: ten days at least to answer (C04, C05).

    Raises DecisionImpossible: one open offer a dwelling, and in the order of the ranks. Source: R441-10, R441-3.
    """
    if not etat.est_ouverte or etat.en(Issue.OFFRE) or etat.en(Issue.ACCEPTE):
        raise DecisionImpossible("Ce logement a déjà une offre en cours : attendez sa réponse.")
    if candidat != suivant(etat) or etat.logement is None:
        raise DecisionImpossible("Les offres se font dans l'ordre des rangs de la commission.")
    return OffreFaite(
        demande=candidat.demande,
        proposition=str(proposition_de(mise_a_disposition, candidat.demande)),
        rang=candidat.rang,
        le=le,
        repondre_avant=echeance_reponse(le, departement_de(etat.logement.commune)),
    )


def proposition_de(mise_a_disposition: str, demande: str) -> UUID:
    """The identifier of the offer of a dwelling to a demande: there is never more than one."""
    return uuid5(_ESPACE, f"{mise_a_disposition}/{demande}")


def departement_de(commune: str) -> str:
    """Code of the département of a commune, whose holidays count."""
    return territoire.commune(commune).departement


def ecarter(candidat: Candidat, le: date) -> CandidatEcarte:
    """Pass over a ranked candidate who can no longer be offered anything."""
    return CandidatEcarte(candidat.demande, candidat.rang, le)


def epuiser(etat: Attribution, le: date) -> CandidatsEpuises:
    """No ranked candidate is left."""
    return CandidatsEpuises(le, etat.organisations)


def accepter(etat: Attribution, proposition: str, le: date) -> list[OffreAcceptee]:
    """The candidate accepts, in time. Nothing when they already have. Raises DecisionImpossible, DelaiDepasse."""
    candidat = _candidat_de(etat, proposition)
    if candidat.issue is Issue.ACCEPTE:
        return []
    _en_cours(candidat)
    if candidat.repondre_avant is not None and le > candidat.repondre_avant:
        raise DelaiDepasse(
            f"L'offre était à accepter le {candidat.repondre_avant.isoformat()} au plus tard : le silence vaut refus."
        )
    if candidat.offerte_le is not None and le < candidat.offerte_le:
        raise DecisionImpossible("Une offre ne peut pas être acceptée avant d'avoir été faite : vérifiez la date.")
    return [OffreAcceptee(candidat.demande, proposition, le)]


def decliner(etat: Attribution, proposition: str, cause: str, le: date) -> list[OffreDeclinee]:
    """The offer ends without a lease. Nothing when it already has. Raises DecisionImpossible.

    cause: REFUS, SILENCE or AUTRE_BAIL. An accepted offer may still be refused, until the lease; silence says nothing of it.
    """
    candidat = _candidat_de(etat, proposition)
    if candidat.issue is Issue.DECLINE or (cause == SILENCE and candidat.issue is Issue.ACCEPTE):
        return []
    if not etat.est_ouverte:
        raise DecisionImpossible(f"Ce logement est {etat.phase} : l'offre n'est plus en cours.")
    if candidat.issue is not Issue.ACCEPTE:
        _en_cours(candidat)
    if candidat.offerte_le is not None and le < candidat.offerte_le:
        raise DecisionImpossible("Une offre ne peut pas être refusée avant d'avoir été faite : vérifiez la date.")
    return [OffreDeclinee(candidat.demande, proposition, cause, le)]


def louer(etat: Attribution, commande: SignerBail) -> tuple[Candidat, BailSigne]:
    """Sign the lease of the candidate who accepted (D21 a). Raises DecisionImpossible. Source: R441-2-8 a, R441-3 c."""
    acceptes = etat.en(Issue.ACCEPTE)
    if etat.phase is not Phase.ACCEPTEE or not acceptes:
        raise DecisionImpossible("Un bail se signe avec le candidat qui a accepté l'offre : aucune n'est acceptée ici.")
    candidat = acceptes[0]
    if candidat.acceptee_le is None or commande.signe_le < candidat.acceptee_le:
        raise DecisionImpossible("Le bail ne peut pas être signé avant l'acceptation de l'offre : vérifiez la date.")
    fournie = commande.piece_fournie_le
    if candidat.conditionnel and (fournie is None or fournie > commande.signe_le):
        raise DecisionImpossible(
            "La décision est sous condition : indiquez dans piece_fournie_le le jour où la pièce a été fournie."
        )
    bail = BailSigne(
        demande=candidat.demande,
        proposition=candidat.proposition or "",
        signe_le=commande.signe_le,
        premier_quartile=commande.premier_quartile,
        prioritaire=commande.prioritaire,
        relogement_npnru=commande.relogement_npnru,
        organisations=etat.organisations,
    )
    return candidat, bail


def rendre(etat: Attribution, motif: str, le: date) -> list[MiseADispositionRendue]:
    """The dwelling is no longer at disposal. Nothing when the attribution is already over."""
    return [MiseADispositionRendue(motif, le)] if etat.est_ouverte else []


def _candidat_de(etat: Attribution, proposition: str) -> Candidat:
    found = next((un for un in etat.candidats if un.proposition == proposition), None)
    if found is None:
        raise DecisionImpossible("Cette offre n'est pas de ce logement.")
    return found


def _en_cours(candidat: Candidat) -> None:
    if candidat.issue is not Issue.OFFRE:
        raise DecisionImpossible("Cette offre n'est plus en cours : relisez l'état du logement.")
