"""What a template may show of a demande, in the words of people: built when the message leaves, kept nowhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from contracts import territoire
from contracts.calendrier import ajouter_mois
from contracts.destinataires import AdressePostale, Destinataire
from contracts.evenements.flux import LogementMisADisposition
from contracts.listes import liste
from services.notifications.domain.avis import DEFAVORABLES
from services.notifications.domain.message import Valeur

_CIVILITES = {"1": "Monsieur", "2": "Madame"}
_DATES = frozenset({"le", "renouvelee_le", "valable_jusqu_au", "repondre_avant", "seance_le", "designer_avant"})


class FaitsAbsents(Exception):
    """What the law asks the message to say is not known yet: it waits."""


@dataclass(frozen=True, slots=True)
class Recours:
    """When and where the commission de médiation can be seized for an abnormally long wait; a_partir_du: None, not known."""

    adresse: str
    a_partir_du: date | None


@dataclass(frozen=True, slots=True)
class Territoire:
    """What the region says around a demande, for its attestation (R441-2-4).

    guichet: name of the registering service; bailleurs: landlords owning stock in the communes asked, sorted.
    delai_mois: abnormally long delay set by the préfet for the first typology wished.
    """

    guichet: str
    bailleurs: tuple[str, ...]
    commission: str
    delai_mois: int | None


def nom_complet(lu: Destinataire) -> str:
    """`Madame Jeanne Exemple`, as far as it is known."""
    return " ".join(mot for mot in (_CIVILITES.get(lu.civilite or ""), lu.prenom, lu.nom) if mot)


def du_demandeur(
    lu: Destinataire, donnees: Mapping[str, Valeur], autour: Territoire, logement: LogementMisADisposition | None
) -> dict[str, Any]:
    """What a template shows of a demande. Raises FaitsAbsents."""
    depart = lu.deposee_le
    recours = Recours(autour.commission, ajouter_mois(depart, autour.delai_mois) if autour.delai_mois else None)
    return {
        **_donnees(donnees),
        "destinataire": nom_complet(lu),
        "civilite": _CIVILITES.get(lu.civilite or "", "Madame, Monsieur"),
        "adresse": _lignes(lu.adresse),
        "numero": lu.numero,
        "deposee_le": lu.deposee_le,
        "renouvelee_le": lu.renouvelee_le or _donnees(donnees).get("renouvelee_le"),
        "valable_jusqu_au": lu.valable_jusqu_au,
        "guichet": autour.guichet,
        "bailleurs": autour.bailleurs,
        "recours": recours,
        "communes": [territoire.commune(code).nom for code in lu.communes],
        "typologies": [_mots("type_logement", code) for code in lu.typologies],
        "personnes": lu.personnes,
        "logement": logement and du_logement(logement),
        "motifs": _motifs(lu, donnees),
        "precision": lu.precisions.get(str(donnees.get("mise_a_disposition")), ""),
        "motif_de_radiation": _motif_de_radiation(donnees),
    }


def du_partenaire(nom: str, donnees: Mapping[str, Valeur], logement: LogementMisADisposition) -> dict[str, Any]:
    """What a template shows to an organisation."""
    return {**_donnees(donnees), "destinataire": nom, "logement": du_logement(logement)}


def du_logement(logement: LogementMisADisposition) -> dict[str, Any]:
    """A dwelling in words: what the applicant is owed of it (R441-2-17), without an address."""
    return {
        "reference": logement.rpls,
        "commune": territoire.commune(logement.commune).nom,
        "quartier": logement.quartier,
        "typologie": logement.typologie,
        "surface_m2": logement.surface_m2,
        "financement": logement.financement,
        "qpv": logement.qpv,
        "loyer_centimes": logement.loyer_centimes,
        "charges_centimes": logement.charges_centimes,
        "disponible_le": logement.disponible_le,
    }


def enveloppe(lu: Destinataire) -> list[str]:
    """The lines of an envelope, the name first."""
    chez = [f"Chez {lu.chez}"] if lu.chez and lu.courrier is None else []
    return [nom_complet(lu), *chez, *_lignes(lu.boite_aux_lettres)]


def _lignes(adresse: AdressePostale | None) -> list[str]:
    if adresse is None:
        return []
    ville = f"{adresse.code_postal} {territoire.commune(adresse.commune).nom}"
    return [mot for mot in (adresse.complement, f"{adresse.numero} {adresse.voie}".strip(), ville) if mot]


def _donnees(donnees: Mapping[str, Valeur]) -> dict[str, Any]:
    return {
        nom: date.fromisoformat(valeur) if nom in _DATES and isinstance(valeur, str) else valeur
        for nom, valeur in donnees.items()
    }


def _motifs(lu: Destinataire, donnees: Mapping[str, Valeur]) -> list[str]:
    """Every motive of a decision that is not favourable: without them the letter does not leave (L441-2-2)."""
    if donnees.get("decision") not in DEFAVORABLES:
        return []
    codes = lu.motifs.get(str(donnees["mise_a_disposition"]), ())
    if not codes:
        raise FaitsAbsents("the register does not say the motives of the decision yet")
    return [_libelle(code) for code in codes]


def _libelle(code: str) -> str:
    """The words of a motive: of a non-attribution, or of an irrecevabilité. Raises CodeInconnu."""
    irrecevable = code in liste("sous_motif_irrecevabilite")
    return _mots("sous_motif_irrecevabilite" if irrecevable else "motif_non_attribution", code)


def _mots(nom: str, code: str) -> str:
    """The words of a code, with the apostrophe of letters."""
    return liste(nom).valeur(code).libelle.replace("'", "’")


def _motif_de_radiation(donnees: Mapping[str, Valeur]) -> str | None:
    motif = donnees.get("motif")
    return _mots("motif_radiation", str(motif)) if motif in liste("motif_radiation") else None
