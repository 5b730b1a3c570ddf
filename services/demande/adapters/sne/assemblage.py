"""From what one `demandeLogement` says to a demande of the register: what is missing, its persons, its territory."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from contracts import territoire
from contracts.sne.anomalies import ANOMALIES
from services.demande.adapters.sne.element import Brute, constat, liste_de
from services.demande.adapters.sne.resultat import Constat, DemandeLue, Refusee
from services.demande.adapters.sne.structure import Valeurs
from services.demande.domain.dossier import AutreNumero, Dossier, Lieu, Personne, Recherche, Role

SANS_DOSSIER = frozenset({"RAD", "SUP", "RET", "COP"})
"""Types of exchange that name a demande without telling it whole: nothing of its dossier is mandatory there."""

_DEMANDEUR = "personnePhysique/demandeur"
_IDENTITE = {"nom": "nom", "prenom": "prenom", "naissance": "dateNaissance"}
_SITUATION = ("civilite", "nationalite", "situation_familiale", "adresse")
_DU_DOSSIER = ("recues_a_charge", "versees_a_charge")


@dataclass(frozen=True, slots=True)
class Entete:
    """What the header of the file says. date: None when it lacks or is not an instant."""

    version: str = ""
    type_fichier: str | None = None
    date: datetime | None = None


def assembler(brute: Brute, entete: Entete, *, ordre: int, position: int) -> DemandeLue | Refusee:
    """The demande, or its refusal with every fault. ordre, position: see DemandeLue."""
    lues = brute.valeurs
    menage: Valeurs = lues.get("menage") or {}
    manques: list[Constat] = []
    if entete.type_fichier not in SANS_DOSSIER:
        brute.fautes.extend(_sans_identite(brute, menage))
        manques.extend(_manques(brute, entete, menage))
    if brute.fautes:
        tous = sorted([*brute.fautes, *manques, *brute.signalements], key=lambda c: c.ligne)
        return Refusee(ordre, brute.ligne, position, tuple(tous))
    nir: dict[str, str] = {}
    personnes = _personnes(menage, nir)
    recherche: Valeurs = lues.get("recherche") or {}
    autres = _autres_numeros(liste_de(lues, "autres_numeros"))
    lieux = tuple(dict.fromkeys(liste_de(recherche, "lieux")))
    return DemandeLue(
        ordre=ordre,
        ligne=brute.ligne,
        position=position,
        version=entete.version,
        type_fichier=entete.type_fichier,
        deposee_le=lues.get("deposee_le"),
        recue_le=lues.get("recue_le"),
        renouvelee_le=lues.get("renouvelee_le"),
        valable_jusqu_au=lues.get("valable_jusqu_au"),
        guichet=lues.get("guichet"),
        territoire=_territoire(lieux, autres, personnes.get("demandeur")),
        formulaire=lues.get("formulaire"),
        recherche=_recherche(recherche, lieux) if "recherche" in lues else None,
        ligne_numero=brute.ligne_numero,
        numero=lues.get("numero"),
        autres_numeros=autres,
        dossier=_dossier(lues, menage, recherche, brute),
        personnes=personnes,
        nir=nir,
        manques=tuple(manques),
        signalements=tuple(brute.signalements),
        inconnus=dict(brute.comptes),
    )


def _absent(brute: Brute, code: str, champ: str = "") -> Constat:
    """An anomaly of absence: on the line of the empty element if there is one, else of the demande."""
    champ = champ or ANOMALIES[code].champ
    return constat(brute.vides.get(champ, brute.ligne), champ, code)


def _sans_identite(brute: Brute, menage: Valeurs) -> Iterator[Constat]:
    """Each part of the identity that lacks (R441-2-2): nobody can be asked to complete such a demande."""
    morale = brute.valeurs.get("personne_morale")
    if morale is not None:
        if morale.raison_sociale is None and not brute.fautes:
            yield _absent(brute, "identite-absente", "personneMorale/raisonSociale")
        return
    demandeur: Valeurs = menage.get("demandeur") or {}
    for cle, element in _IDENTITE.items():
        if cle not in demandeur:
            yield _absent(brute, "identite-absente", f"{_DEMANDEUR}/{element}")


def _manques(brute: Brute, entete: Entete, menage: Valeurs) -> Iterator[Constat]:
    """Each mandatory part that lacks (demande.md §5.1), in the order of the file."""
    lues = brute.valeurs
    if entete.type_fichier is None:
        yield _absent(brute, "type-fichier-absent")
    if entete.date is None:
        yield _absent(brute, "date-fichier-absente")
    if "guichet" not in lues:
        yield _absent(brute, "guichet-absent")
    if "deposee_le" not in lues:
        yield _absent(brute, "depot-absent")
    morale = lues.get("personne_morale")
    demandeur: Valeurs = menage.get("demandeur") or {}
    if morale is not None and morale.adresse is None:
        yield _absent(brute, "situation-absente", "personneMorale")
    elif morale is None and not all(cle in demandeur for cle in _SITUATION):
        yield _absent(brute, "situation-absente")
    if "recherche" not in lues:
        yield _absent(brute, "recherche-absente")
        return
    recherche: Valeurs = lues["recherche"]
    if "typologies" not in recherche:
        yield _absent(brute, "typologie-absente")
    if "lieux" not in recherche:
        yield _absent(brute, "lieu-absent")
    if "elargie" not in recherche:
        yield _absent(brute, "elargissement-absent")


def _recherche(lues: Valeurs, lieux: tuple[Lieu, ...]) -> Recherche:
    return Recherche(
        typologies=tuple(dict.fromkeys(liste_de(lues, "typologies"))),
        lieux=lieux,
        elargie=lues.get("elargie", False),
        categorie=lues.get("categorie"),
        accepte_qpv=lues.get("accepte_qpv"),
        rez_de_chaussee_refuse=lues.get("rez_de_chaussee_refuse"),
        ascenseur=lues.get("ascenseur"),
        stationnement=lues.get("stationnement"),
    )


def _personnes(menage: Valeurs, nir: dict[str, str]) -> dict[str, Personne]:
    """The persons by local identifier: `demandeur`, then `cotitulaire-1`, `a-charge-1`, `en-garde-1`… in file order."""
    personnes = {}
    if "demandeur" in menage:
        personnes["demandeur"] = _personne(Role.DEMANDEUR, menage["demandeur"], nir, "demandeur")
    for role, cle, nom in (
        (Role.COTITULAIRE, "cotitulaires", "cotitulaire"),
        (Role.A_CHARGE, "a_charge", "a-charge"),
        (Role.EN_GARDE, "en_garde", "en-garde"),
    ):
        for rang, lues in enumerate(menage.get(cle) or (), start=1):
            identifiant = f"{nom}-{rang}"
            personnes[identifiant] = _personne(role, lues, nir, identifiant)
    return personnes


def _personne(role: Role, lues: Valeurs, nir: dict[str, str], identifiant: str) -> Personne:
    valeurs: Valeurs = {
        cle: tuple(lu) if type(lu) is list else lu for cle, lu in lues.items() if cle not in _DU_DOSSIER
    }
    numero = valeurs.pop("nir", None)
    if numero is not None:
        nir[identifiant] = numero
    return Personne(role, **valeurs)


def _dossier(lues: Valeurs, menage: Valeurs, recherche: Valeurs, brute: Brute) -> Dossier:
    titulaires = [menage.get("demandeur") or {}, *(menage.get("cotitulaires") or ())]
    return Dossier(
        motifs=liste_de(lues, "motifs"),
        precision_motif=lues.get("precision_motif"),
        naissances=menage.get("naissances"),
        recues_a_charge=tuple(r for un in titulaires for r in un.get("recues_a_charge") or ()),
        versees_a_charge=tuple(r for un in titulaires for r in un.get("versees_a_charge") or ()),
        logement=menage.get("logement"),
        expulsion=lues.get("expulsion"),
        handicap=lues.get("handicap"),
        dalo=lues.get("dalo"),
        labels=liste_de(lues, "labels"),
        loyer_maximum=recherche.get("loyer_maximum"),
        personne_morale=lues.get("personne_morale"),
        accord_collectif=lues.get("accord_collectif"),
        delai_anormalement_long=lues.get("delai_anormalement_long"),
        delai_anormalement_long_le=lues.get("delai_anormalement_long_le"),
        contingents=liste_de(lues, "contingents"),
        contact=lues.get("contact"),
        avis=lues.get("avis"),
        commentaire=lues.get("commentaire"),
        inconnus=tuple(brute.inconnus),
    )


def _autres_numeros(lus: tuple[Valeurs, ...]) -> tuple[AutreNumero, ...]:
    return tuple(AutreNumero(_du_departement(lu["departement"]), lu["numero"], _jour(lu)) for lu in lus)


def _jour(lu: Valeurs) -> date:
    jour: date = lu["deposee_le"]
    return jour


@cache
def _du_departement(departement: str) -> str:
    """Code of the territory of a département (contracts.territoire.code_territoire)."""
    return territoire.code_territoire(territoire.communes_du_departement(departement)[0])


def _territoire(lieux: tuple[Lieu, ...], autres: tuple[AutreNumero, ...], demandeur: Personne | None) -> str | None:
    """The territory of the demande's own number: that of its first wish where no other number is held.

    Failing any wish, that of the residence. The number itself is opaque: nothing is read from it (demande.md §2.1).
    """
    pris = {autre.territoire for autre in autres}
    codes = [territoire.code_territoire(lieu.commune) for lieu in lieux]
    libre = next((code for code in codes if code not in pris), None)
    if libre or codes:
        return libre or codes[0]
    commune = demandeur.adresse.commune if demandeur and demandeur.adresse else None
    return territoire.code_territoire(commune) if commune else None
