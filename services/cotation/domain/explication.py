"""A result said in French that an applicant understands, line by line (duties D16, D17, D20, D25)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from services.cotation.domain.catalogue import Catalogue
from services.cotation.domain.decimales import EXACT, ecrire_fr
from services.cotation.domain.evenements import Remise, anciennete_lue, fait, remise_retenue
from services.cotation.domain.grille import EffetEvenement, Grille, Mode
from services.cotation.domain.phrases import (
    PREUVES,
    apport,
    fait_lu,
    le_jour,
    nombre_de_mois,
    nombre_de_points,
    raison_en_clair,
    valeur_lue,
)
from services.cotation.domain.resultat import Ajustement, Ligne, Resultat, Role

AIDE_A_LA_DECISION = (
    "Cette note aide à choisir entre les demandes ; elle ne décide pas. La désignation et l'attribution restent des"
    " décisions de personnes."
)
DROIT_D_ACCES = (
    "Cette note résulte d'un traitement algorithmique : vous pouvez demander au guichet ses règles, vos données et leur"
    " source, et leur effet sur votre note (articles L311-3-1 et R311-3-1-2 du code des relations entre le public et"
    " l'administration)."
)


@dataclass(frozen=True, slots=True)
class LigneExpliquee:
    """One criterion: what it brings, why, and the facts it read."""

    regle: str
    libelle: str
    apport: str
    pourquoi: str
    faits: tuple[str, ...]
    preuve: str


@dataclass(frozen=True, slots=True)
class Explication:
    """A whole result. calcul: the operations, one sentence each (D25); indicateurs: shown beside, never counted (G20)."""

    titre: str
    calcul: tuple[str, ...]
    comptees: tuple[LigneExpliquee, ...]
    ecartees: tuple[LigneExpliquee, ...]
    refus: tuple[str, ...]
    indicateurs: tuple[str, ...]
    mentions: tuple[str, ...]


def expliquer(grille: Grille, resultat: Resultat, faits: Mapping[str, Any]) -> Explication:
    """The explanation of a result of `grille`; faits: the situation that was scored.

    Raises ValueError when the result is of another grid or version.
    """
    if (resultat.grille, resultat.version) != (grille.id, grille.version):
        raise ValueError(f"Ce résultat est de la grille {resultat.grille} {resultat.version}, et non de {grille.id}.")
    catalogue = Catalogue().avec(grille.faits_locaux)
    libelles = {bloc.id: bloc.libelle for bloc in grille.blocs} | {
        ligne.regle: ligne.libelle for ligne in resultat.lignes
    }
    lignes = [(ligne, _ligne(ligne, catalogue, libelles)) for ligne in resultat.lignes]
    remise = remise_retenue(grille, faits, resultat.as_of, anciennete_lue(ligne.faits for ligne in resultat.lignes))
    return Explication(
        titre=_titre(grille, resultat),
        calcul=tuple(_calcul(grille, resultat, remise)),
        comptees=tuple(dite for ligne, dite in lignes if ligne.compte),
        ecartees=tuple(dite for ligne, dite in lignes if not ligne.compte),
        refus=tuple(effets_des_refus(grille)),
        indicateurs=tuple(
            f"{indicateur.libelle} : {valeur_lue(catalogue, indicateur.champ, fait(faits, indicateur.champ))}"
            for indicateur in grille.indicateurs
        ),
        mentions=(grille.textes.get("mention", AIDE_A_LA_DECISION), grille.textes.get("droit_d_acces", DROIT_D_ACCES)),
    )


def effets_des_refus(grille: Grille) -> list[str]:
    """The cases where refusing a suitable dwelling changes the note, and how (D7, D20)."""
    if "effet_des_refus" in grille.textes:
        return [grille.textes["effet_des_refus"]]
    phrases = []
    for remise in grille.remises_a_zero:
        lesquels = "Certains refus" if remise.seulement_si else "Un refus"
        verbe = "font" if remise.seulement_si else "fait"
        phrases.append(f"{lesquels} {verbe} repartir l'ancienneté à zéro, à la date du refus.")
    phrases += [_effet_de_refus(effet) for effet in grille.effets_evenements if "refus" in effet.evenements]
    return phrases


def _effet_de_refus(effet: EffetEvenement) -> str:
    fois = "chacun" if effet.par_evenement else "en tout"
    duree = f", pendant {nombre_de_mois(effet.expire_mois)}" if effet.expire_mois else ""
    condition = " (selon l'offre)" if effet.seulement_si else ""
    return f"{effet.libelle}{condition} : {nombre_de_points(effet.valeur, signe=True)} {fois}{duree}."


def _titre(grille: Grille, resultat: Resultat) -> str:
    ou = f"{grille.territoire.nom}, au {le_jour(resultat.as_of)}"
    if resultat.hors_cotation:
        return f"Votre demande n'est pas cotée ({ou}) : {resultat.hors_cotation.libelle}."
    provisoire = " Cette note est provisoire : des justificatifs restent à vérifier." if resultat.provisoire else ""
    return f"Votre demande obtient {nombre_de_points(resultat.total)} ({ou}).{provisoire}"


def _calcul(grille: Grille, resultat: Resultat, remise: Remise | None) -> list[str]:
    if resultat.hors_cotation:
        return []
    phrases = [_phrase_de_remise(remise)] if remise else []
    comptees = [ligne for ligne in resultat.lignes if ligne.compte]
    points = [ligne for ligne in comptees if ligne.effet is Role.POINTS]
    if grille.mode is Mode.BASE_PAR_COEFFICIENTS:
        phrases += _base_et_coefficients(comptees, resultat)
        if points:
            phrases.append(f"S'y ajoutent {_somme(points)}.")
    elif points:
        phrases.append(f"Les points s'additionnent : {_somme(points)}.")
    else:
        phrases.append("Aucun critère ne s'applique : la note part de zéro.")
    phrases += [_phrase_d_ajustement(grille, ajustement) for ajustement in resultat.ajustements]
    return phrases


def _phrase_de_remise(remise: Remise) -> str:
    quand = f"du {le_jour(remise.date)}" if remise.date else f"fait {remise.mois_apres_depot} mois après le dépôt"
    return (
        f"Votre ancienneté repart du refus {quand} : elle est de {nombre_de_mois(remise.ecoules)} au lieu de courir"
        " depuis le dépôt."
    )


def _base_et_coefficients(comptees: list[Ligne], resultat: Resultat) -> list[str]:
    base = next((ligne for ligne in comptees if ligne.effet is Role.BASE), None)
    if base is None:
        return ["La base de la note est nulle."]
    coefficients = [ligne for ligne in comptees if ligne.effet is Role.COEFFICIENT]
    debut = f"La base est « {base.libelle} » : {nombre_de_points(base.valeur)}."
    if not coefficients:
        return [debut]
    ecarts = " ".join(f"{_terme(ligne.valeur - 1)} ({ligne.libelle})" for ligne in coefficients)
    return [
        debut,
        f"Les majorations s'additionnent : 1 {ecarts} = {ecrire_fr(resultat.facteur)}.",
        f"{ecrire_fr(base.valeur)} × {ecrire_fr(resultat.facteur)} ="
        f" {nombre_de_points(EXACT.multiply(base.valeur, resultat.facteur))}.",
    ]


def _somme(lignes: list[Ligne]) -> str:
    return " ".join(f"{_terme(ligne.valeur)} ({ligne.libelle})" for ligne in lignes).removeprefix("+ ")


def _terme(valeur: Decimal) -> str:
    return f"{'−' if valeur < 0 else '+'} {ecrire_fr(abs(valeur))}"


def _phrase_d_ajustement(grille: Grille, ajustement: Ajustement) -> str:
    quoi = "plancher" if ajustement.valeur > 0 else "plafond"
    portee, _, bloc = ajustement.portee.partition(":")
    libelles = {connu.id: connu.libelle for connu in grille.blocs}
    ou = "du total" if portee == "total" else f"de « {libelles.get(bloc, bloc)} »"
    return f"Le {quoi} {ou} s'applique : {nombre_de_points(ajustement.valeur, signe=True)}."


def _ligne(ligne: Ligne, catalogue: Catalogue, libelles: Mapping[str, str]) -> LigneExpliquee:
    pourquoi = raison_en_clair(ligne, libelles)
    if ligne.expire_le:
        pourquoi += f" L'effet cesse le {le_jour(ligne.expire_le)}."
    return LigneExpliquee(
        regle=ligne.regle,
        libelle=ligne.libelle,
        apport=apport(ligne) if ligne.compte else "non compté",
        pourquoi=pourquoi,
        faits=tuple(fait_lu(catalogue, cle, valeur) for cle, valeur in ligne.faits.items()),
        preuve=PREUVES[ligne.preuve],
    )
