"""Whom the notices of a demande are for, and what they say of it: folded from the same stream as the demande."""

from dataclasses import dataclass, field, replace
from typing import Any

from contracts.destinataires import AdressePostale, Destinataire
from services.demande.domain import demande as registre
from services.demande.domain.demande import Demande
from services.demande.domain.dossier import Adresse, Role
from services.demande.domain.evenements import DemandeEnregistree, DemandeRenouvelee

EN_LIGNE = "en-ligne"


@dataclass(frozen=True, slots=True)
class Correspondance:
    """A demande, and what the channels of its notices depend on. en_ligne: registered or renewed online at least once (D18)."""

    demande: Demande = field(default_factory=Demande)
    en_ligne: bool = False


def evolve(evenement: Any, etat: Correspondance) -> Correspondance:
    """The correspondence after one event of the demande."""
    suite = replace(etat, demande=registre.evolve(evenement, etat.demande))
    if isinstance(evenement, DemandeEnregistree | DemandeRenouvelee) and evenement.canal == EN_LIGNE:
        return replace(suite, en_ligne=True)
    return suite


def destinataire(identifiant: str, etat: Correspondance) -> Destinataire | None:
    """The recipient; None when the demande has none: never registered, or erased."""
    demande = etat.demande
    demandeur = next((p for _, p in demande.personnes if p is not None and p.role is Role.DEMANDEUR), None)
    if demandeur is None or demande.numero is None or demande.deposee_le is None or demande.valable_jusqu_au is None:
        return None
    return Destinataire(
        demande=identifiant,
        statut=demande.statut.value,
        numero=demande.numero,
        civilite=demandeur.civilite,
        nom=demandeur.nom or demandeur.nom_de_naissance or "",
        prenom=demandeur.prenom or "",
        courriel=None if demandeur.avis_electroniques is False else demandeur.courriel,
        adresse=_adresse(demandeur.adresse),
        courrier=_adresse(demandeur.adresse_courrier),
        chez=demandeur.hebergeant or "",
        deposee_le=demande.deposee_le,
        valable_jusqu_au=demande.valable_jusqu_au,
        guichet=demande.guichet,
        territoire=demande.territoire,
        communes=tuple(dict.fromkeys(demande.communes)),
        typologies=demande.recherche.typologies if demande.recherche else (),
        personnes=len(demande.personnes),
        en_ligne=etat.en_ligne,
        motifs=_motifs(demande),
        precisions={
            une.mise_a_disposition: une.motivation.precision
            for une in demande.decisions
            if une.motivation and une.motivation.precision
        },
    )


def _motifs(demande: Demande) -> dict[str, tuple[str, ...]]:
    """All the motives of each decision that was not favourable, by dwelling. Source: L441-2-2 (D28)."""
    return {
        une.mise_a_disposition: (
            *une.motivation.motifs,
            *([une.motivation.sous_motif] if une.motivation.sous_motif else []),
        )
        for une in demande.decisions
        if une.motivation is not None
    }


def _adresse(adresse: Adresse | None) -> AdressePostale | None:
    """The address when a letter can reach it, else None."""
    if adresse is None or adresse.etranger or not (adresse.voie and adresse.code_postal and adresse.commune):
        return None
    return AdressePostale(
        voie=adresse.voie,
        code_postal=adresse.code_postal,
        commune=adresse.commune,
        numero=adresse.numero or "",
        complement=adresse.complement or "",
    )
