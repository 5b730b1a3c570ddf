"""Faults of law: a criterion that names one commune (D10), sensitive data without an override (D30), an adoption not ready."""

import re
from collections.abc import Iterable, Iterator

from services.cotation.domain.condition import Feuille
from services.cotation.domain.faute import Faute, Gravite
from services.cotation.domain.grille import Portee
from services.cotation.domain.lecture import Lecture
from services.cotation.domain.lecture.mots import FORMAT_0_1
from services.cotation.domain.verification.parcours import Releve, releves

CODE_INSEE = re.compile(r"(?:\d{2}|2[AB])\d{3}")
COMMUNE = re.compile(r"(?:^|[._])(?:communes?|villes?|quartiers?|insee)(?:$|[._])")
TEXTES_D_ADOPTION = {
    "effet_des_refus": "les cas où refuser un logement adapté change la note (D7, D20)",
    "evaluation_periodique": "comment le système est évalué (D8)",
    "information_du_public": "comment le public et le demandeur sont informés (D9)",
}


def fautes_de_droit(lecture: Lecture, *, adoption: bool) -> Iterator[Faute]:
    """Every fault of this kind."""
    yield from _uniformite(lecture)
    yield from _sensibles(lecture, adoption=adoption)
    if adoption:
        yield from _adoption(lecture)


def _uniformite(lecture: Lecture) -> Iterator[Faute]:
    """D10: same principle and same modalities for all applications of the territory."""
    for releve in releves(lecture):
        if releve.regle is not None and releve.feuille is not None and _nomme_une_commune(releve, releve.feuille):
            valeurs = ", ".join(str(valeur)[:40] for valeur in releve.feuille.valeurs[:3])
            yield Faute(
                "uniformite-rompue",
                releve.pointeur,
                f"Ce critère nomme un lieu du territoire ({valeurs}) : la grille ne vaudrait plus également pour tous"
                " (R441-2-10, 11°).",
                "Lire un fait relatif au lieu souhaité (« lien.habite_commune », « mobilite.nature »), sans nommer de"
                " commune.",
            )


def _nomme_une_commune(releve: Releve, feuille: Feuille) -> bool:
    textes = [valeur for valeur in feuille.valeurs if isinstance(valeur, str)]
    if not textes:
        return False
    return bool(COMMUNE.search(releve.mesure.chemin)) or any(CODE_INSEE.fullmatch(texte) for texte in textes)


def _sensibles(lecture: Lecture, *, adoption: bool) -> Iterator[Faute]:
    cle, par_regle = lecture.mots.sensible, _par_regle(lecture)
    for rang, regle in enumerate(lecture.grille.regles):
        pointeur = lecture.pointeur_regle(rang)
        if regle.sensible and regle.derogation is None:
            yield Faute(
                "sensible-sans-derogation",
                f"{pointeur}/{cle}",
                f"« {regle.id} » repose sur une donnée sensible (infraction, santé ou comportement) sans dérogation.",
                f"Écrire « {lecture.mots.derogation} » : qui l'accepte, pourquoi, quand (RGPD, articles 9 et 10).",
            )
        elif not regle.sensible and (faits := sorted(_faits_sensibles(lecture, par_regle.get(rang, ())))):
            yield Faute(
                "sensible-non-dit",
                pointeur,
                f"« {regle.id} » lit une donnée sensible qu'aucun article ne fonde ({', '.join(faits)[:120]}).",
                f"Écrire « {cle} » : true et une dérogation.",
                Gravite.FAUTE if adoption else Gravite.AVERTISSEMENT,
            )


def _par_regle(lecture: Lecture) -> dict[int, list[Releve]]:
    par_regle: dict[int, list[Releve]] = {}
    for releve in releves(lecture):
        if releve.regle is not None:
            par_regle.setdefault(releve.regle, []).append(releve)
    return par_regle


def _faits_sensibles(lecture: Lecture, lectures: Iterable[Releve]) -> set[str]:
    trouves: set[str] = set()
    for releve in lectures:
        fait = lecture.catalogue.faits.get(releve.mesure.chemin)
        if fait is None or fait.fondement:
            continue
        lus = {valeur for valeur in releve.feuille.valeurs if isinstance(valeur, str)} if releve.feuille else set()
        if fait.sensible or lus & fait.codes_sensibles:
            trouves.add(fait.chemin)
    return trouves


def _adoption(lecture: Lecture) -> Iterator[Faute]:
    grille = lecture.grille
    if lecture.mots.format == FORMAT_0_1:
        yield Faute(
            "format-ancien",
            "/format",
            "Une grille s'adopte au format cotation-grid/1.0 : la 0.1 ne dit ni ses dates ni ses exemples.",
            "La convertir : logis grille migrer FICHIER.",
        )
        return
    if not grille.exemples:
        yield Faute(
            "exemples-absents", "/exemples", "La grille ne porte aucun exemple chiffré.", "En ajouter un au moins."
        )
    if grille.dates.applicable_du is None:
        yield Faute(
            "date-absente", "/dates/applicable_du", "Rien ne dit depuis quand la grille s'applique.", "Écrire la date."
        )
    if grille.territoire.code is None:
        yield Faute(
            "territoire-absent", "/territoire/code", "Le territoire n'a pas de code.", "Écrire son SIREN (EPCI, EPT)."
        )
    if not any(_fonde_sur_l441_1(lecture, releve) for releve in releves(lecture)):
        yield Faute(
            "priorites-absentes",
            "/regles",
            "Aucun critère ne met en œuvre les priorités de l'article L441-1 (DALO, labels, priorités reconnues).",
            "Ajouter un critère sur « labels », « priorites » ou un fait fondé sur L441-1.",
        )
    if grille.portee is Portee.PREMIER_CHOIX:
        yield Faute(
            "premier-choix-seul",
            "/perimetre/lieux",
            "Seul le premier choix serait coté, quand chaque territoire souhaité appelle une note.",
            "Écrire « lieu_souhaite », sauf choix assumé.",
            Gravite.AVERTISSEMENT,
        )
    for cle, quoi in TEXTES_D_ADOPTION.items():
        if cle not in grille.textes:
            yield Faute(
                "texte-absent",
                f"/textes/{cle}",
                f"La grille ne dit pas {quoi}.",
                f"Ajouter « {cle} » aux textes.",
                Gravite.AVERTISSEMENT,
            )


def _fonde_sur_l441_1(lecture: Lecture, releve: Releve) -> bool:
    fait = lecture.catalogue.faits.get(releve.mesure.chemin)
    if releve.regle is None or fait is None or "L441" not in fait.fondement:
        return False
    return lecture.grille.regles[releve.regle].desactivee is None
