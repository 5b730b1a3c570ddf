"""Faults of facts: outside the situation catalogue, of another type or unit than the grid takes them for."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from contracts.situation import TypeFait
from services.cotation.domain.catalogue import HORS_COTATION, Catalogue, Nature
from services.cotation.domain.condition import (
    AGE,
    ANCIENNETE,
    EVENEMENT,
    Champ,
    Feuille,
    MoisDepuis,
    NombreDe,
    Operateur,
    Scalaire,
)
from services.cotation.domain.faute import Faute, Gravite, plus_proche
from services.cotation.domain.grille import Cumul, ModeGroupe
from services.cotation.domain.lecture import Lecture
from services.cotation.domain.lecture.conditions import ENSEMBLE, ORDRE
from services.cotation.domain.verification.parcours import Releve, releves

NOMS_DES_TYPES = {
    TypeFait.INT: "un nombre entier",
    TypeFait.DECIMAL: "un nombre",
    TypeFait.BOOL: "un booléen",
    TypeFait.CODE: "un code",
    TypeFait.LISTE_CODES: "une liste de codes",
    TypeFait.DATE: "une date",
    TypeFait.LISTE_EVENEMENTS: "une liste d'événements",
}
NOMBRES = frozenset({TypeFait.INT, TypeFait.DECIMAL})
NATURE_HORS_COTATION = Nature(TypeFait.LISTE_CODES)


def fautes_de_faits(lecture: Lecture, *, adoption: bool) -> Iterator[Faute]:
    """Every fault of this kind; what is outside the catalogue is a warning in a draft, a fault for adoption."""
    gravite = Gravite.FAUTE if adoption else Gravite.AVERTISSEMENT
    usages: dict[str, tuple[TypeFait, str]] = {}
    for releve in releves(lecture):
        if lecture.est_cassee(releve.pointeur):
            continue
        nature = nature_de(lecture.catalogue, releve)
        if nature is None:
            yield from _hors_catalogue(lecture.catalogue, releve, gravite, usages)
        else:
            yield from _mal_pris(releve, nature)
            yield from _hors_liste(releve, nature, gravite)
    yield from _circularites(lecture)
    yield from _unites(lecture)
    yield from _cases(lecture, gravite)


def _circularites(lecture: Lecture) -> Iterator[Faute]:
    """Seniority is established by the resets: their conditions cannot read it."""
    for releve in releves(lecture):
        if releve.remise and releve.mesure.chemin == ANCIENNETE:
            yield Faute(
                "anciennete-circulaire",
                releve.pointeur,
                "La condition d'une remise à zéro lit l'ancienneté, que cette remise établit.",
                f"Lire « {AGE} », ou un fait de l'événement.",
            )


def nature_de(catalogue: Catalogue, releve: Releve) -> Nature | None:
    """What is known of the fact read; None outside the catalogue."""
    chemin = releve.mesure.chemin
    if chemin == HORS_COTATION:
        return NATURE_HORS_COTATION
    racine, _, nom = chemin.partition(".")
    if racine == EVENEMENT and releve.evenements is not None:
        return catalogue.champ_evenement(releve.evenements, nom)
    return catalogue.nature(chemin)


def usage(releve: Releve) -> TypeFait | None:
    """The type that a reading takes its fact for; None when it fits any."""
    if isinstance(releve.mesure, MoisDepuis):
        return TypeFait.DATE
    if isinstance(releve.mesure, NombreDe):
        return TypeFait.LISTE_EVENEMENTS
    feuille = releve.feuille
    if feuille is None:
        return TypeFait.DECIMAL
    if feuille.operateur is Operateur.EXISTE:
        return None
    if feuille.operateur is Operateur.CONTIENT_UN_DE:
        return TypeFait.LISTE_CODES
    return _type_constante(feuille.valeurs[0]) if feuille.valeurs else None


def _type_constante(valeur: Scalaire) -> TypeFait:
    if isinstance(valeur, bool):
        return TypeFait.BOOL
    if isinstance(valeur, Decimal):
        return TypeFait.DECIMAL
    return TypeFait.DATE if isinstance(valeur, date) else TypeFait.CODE


def _hors_catalogue(
    catalogue: Catalogue, releve: Releve, gravite: Gravite, usages: dict[str, tuple[TypeFait, str]]
) -> Iterator[Faute]:
    chemin, pris = releve.mesure.chemin, usage(releve)
    if chemin in usages:
        if pris is not None and pris is not usages[chemin][0]:
            yield Faute(
                "usages-contradictoires",
                releve.pointeur,
                f"« {chemin} » est pris ici pour {NOMS_DES_TYPES[pris]}, ailleurs ({usages[chemin][1]}) pour"
                f" {NOMS_DES_TYPES[usages[chemin][0]]}.",
                "Un fait n'a qu'un type : corriger l'un des deux usages.",
            )
        return
    if pris is not None:
        usages[chemin] = (pris, releve.pointeur)
    proche = None if chemin.startswith(EVENEMENT + ".") else catalogue.proche(chemin)
    voisin = f"Le plus proche est « {proche} ». " if proche else ""
    quoi = f", d'après son usage {NOMS_DES_TYPES[pris]}" if pris is not None else ""
    yield Faute(
        "fait-inconnu",
        releve.pointeur,
        f"« {chemin} » n'est pas au catalogue de la situation{quoi}.",
        f"{voisin}Corriger le chemin, ou déclarer un fait local (« faits_locaux », chemin « local.… »).",
        gravite,
    )


def _mal_pris(releve: Releve, nature: Nature) -> Iterator[Faute]:
    pris = usage(releve)
    if pris is None or pris is nature.type or (pris in NOMBRES and nature.type in NOMBRES):
        return
    if pris is TypeFait.CODE and nature.type is TypeFait.DATE and releve.feuille is not None:
        attendu = "se compare avec « superieur », « inferieur » ou « entre »"
    elif nature.type is TypeFait.LISTE_CODES:
        attendu = "se lit avec l'opérateur « contient un de » et une liste de codes"
    else:
        attendu = f"est {NOMS_DES_TYPES[nature.type]}"
    yield Faute(
        "type-incompatible",
        releve.pointeur,
        f"« {releve.mesure.chemin} » {attendu} ; ici on le prend pour {NOMS_DES_TYPES[pris]} : la comparaison serait"
        " toujours fausse.",
        "Changer d'opérateur, de valeur ou de fait.",
    )


def _hors_liste(releve: Releve, nature: Nature, gravite: Gravite) -> Iterator[Faute]:
    feuille = releve.feuille
    if feuille is None or nature.codes is None or feuille.operateur is Operateur.EXISTE:
        return
    for valeur in feuille.valeurs:
        if isinstance(valeur, str) and valeur not in nature.codes:
            proche = plus_proche(valeur, nature.codes)
            yield Faute(
                "code-inconnu",
                releve.pointeur,
                f"« {valeur[:60]} » n'est pas un code de « {releve.mesure.chemin} ».",
                f"Écrire « {proche} » ?" if proche else f"Codes connus : {', '.join(sorted(nature.codes)[:30])}.",
                gravite,
            )
    if feuille.operateur in ORDRE | ENSEMBLE and len(set(feuille.valeurs)) != len(feuille.valeurs):
        yield _code_repete(releve, feuille)


def _code_repete(releve: Releve, feuille: Feuille) -> Faute:
    double = next(v for i, v in enumerate(feuille.valeurs) if v in feuille.valeurs[:i])
    return Faute(
        "code-repete",
        releve.pointeur,
        f"« {double} » est écrit deux fois.",
        "L'écrire une fois.",
        Gravite.AVERTISSEMENT,
    )


def _unites(lecture: Lecture) -> Iterator[Faute]:
    for rang, regle in enumerate(lecture.grille.regles):
        effet = regle.effet
        if not isinstance(effet, Cumul) or not isinstance(effet.mesure, Champ):
            continue
        chemin = effet.mesure.chemin
        nature, unite = lecture.catalogue.nature(chemin), lecture.catalogue.unite(chemin)
        if nature is None or nature.type not in NOMBRES or effet.par != "mois" or unite == "mois":
            continue
        yield Faute(
            "unite-incompatible",
            f"{lecture.pointeur_regle(rang)}/{lecture.mots.cumul}",
            f"Le cumul compte des mois, et « {chemin} » est en {unite or 'nombre sans unité'}.",
            "Cumuler un fait en mois, ou changer l'unité du cumul.",
        )
    for rang, indicateur in enumerate(lecture.grille.indicateurs):
        unite = lecture.catalogue.unite(indicateur.champ)
        if indicateur.unite and unite and indicateur.unite != unite:
            yield Faute(
                "unite-incompatible",
                f"/indicateurs/{rang}/unite",
                f"« {indicateur.champ} » est en {unite}, l'indicateur le dit en {indicateur.unite}.",
                f"Écrire « {unite} ».",
            )


def _cases(lecture: Lecture, gravite: Gravite) -> Iterator[Faute]:
    """A declared group reads its ticked box in a fact: known, and a code."""
    for rang, groupe in enumerate(lecture.grille.groupes):
        if groupe.mode is ModeGroupe.DECLAREE and groupe.champ:
            pointeur = f"/{lecture.mots.groupes}/{rang}/{lecture.mots.champ}"
            releve = Releve(Champ(groupe.champ), pointeur, Feuille(Champ(groupe.champ), Operateur.EGAL, ("",)))
            nature = lecture.catalogue.nature(groupe.champ)
            if nature is None:
                yield from _hors_catalogue(lecture.catalogue, releve, gravite, {})
            else:
                yield from _mal_pris(releve, nature)
