"""Measures and conditions: docs/cotation.md, section 2; events that count, and the seniority that they reset: section 1."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from math import floor

from services.cotation.domain.condition import (
    Champ,
    Condition,
    Feuille,
    Mesure,
    MoisDepuis,
    NombreDe,
    Non,
    Operateur,
    Scalaire,
    Toujours,
    Toutes,
    Une,
)
from services.cotation.domain.grille import RemiseAZero
from services.cotation.domain.oracle.faits import jour, liste, nombre
from services.cotation.domain.oracle.situation import Evenement, Situation, age_de, anciennete_donnee


def situation_du(faits: Mapping[str, object], as_of: date, remises: tuple[RemiseAZero, ...]) -> Situation:
    """The situation on that day, with the age of the application and the seniority that resets leave it."""
    age = age_de(faits, as_of)
    if age is None:
        return Situation(faits, as_of, None, anciennete_donnee(faits))
    situation = Situation(faits, as_of, age)
    anciennete = age
    for remise in remises:
        for evenement in evenements_comptes(situation, remise.evenements, None, remise.seulement_si):
            if evenement.ecoules is not None:
                anciennete = min(anciennete, evenement.ecoules)
    return replace(situation, anciennete=anciennete)


def evenements_comptes(
    situation: Situation, chemin: str, moins_de_mois: int | None, seulement_si: Condition | None
) -> list[Evenement]:
    """The events of a list that satisfy the condition and are younger than so many months (None: whatever their age)."""
    return [
        evenement
        for evenement in situation.evenements(chemin) or []
        if evenement.plus_jeune_que(moins_de_mois)
        and (seulement_si is None or tient(seulement_si, situation.devant(evenement)))
    ]


def mesurer(mesure: Mesure, situation: Situation) -> object | None:
    """What a measure gives: a fact as given, or a number of months or of events; None when absent."""
    match mesure:
        case Champ(chemin=chemin):
            return situation.lire(chemin)
        case MoisDepuis(chemin=chemin):
            return situation.mois_depuis(chemin)
        case NombreDe():
            return _compter(mesure, situation)


def _compter(mesure: NombreDe, situation: Situation) -> int | None:
    fait = situation.lire(mesure.chemin)
    if liste(fait) is not None:
        return len(evenements_comptes(situation, mesure.chemin, mesure.fenetre_mois, mesure.seulement_si))
    deja_compte = nombre(fait)
    if deja_compte is None or mesure.fenetre_mois is not None or mesure.seulement_si is not None:
        return None
    return max(0, floor(deja_compte))


def tient(condition: Condition, situation: Situation) -> bool:
    """Whether a condition holds: two-valued logic."""
    match condition:
        case Toujours():
            return True
        case Toutes(conditions=parts):
            return all(tient(part, situation) for part in parts)
        case Une(conditions=parts):
            return any(tient(part, situation) for part in parts)
        case Non(condition=part):
            return not tient(part, situation)
        case Feuille():
            return _compare(mesurer(condition.mesure, situation), condition.operateur, condition.valeurs)


def _compare(mesure: object | None, operateur: Operateur, constantes: tuple[Scalaire, ...]) -> bool:
    match operateur:
        case Operateur.EXISTE:
            return (mesure is not None) is constantes[0]
        case Operateur.CONTIENT_UN_DE:
            return any(_egale(item, constante) for item in liste(mesure) or () for constante in constantes)
        case Operateur.EGAL | Operateur.PARMI:
            return any(_egale(mesure, constante) for constante in constantes)
        case Operateur.DIFFERENT:
            return _comme(mesure, constantes[0]) is not None and not _egale(mesure, constantes[0])
        case Operateur.ENTRE:
            bas, haut = constantes
            return _ordonne(mesure, Operateur.SUPERIEUR_OU_EGAL, bas) and _ordonne(
                mesure, Operateur.INFERIEUR_OU_EGAL, haut
            )
        case _:
            return _ordonne(mesure, operateur, constantes[0])


def _comme(valeur: object, constante: Scalaire) -> Scalaire | None:
    """The value read as the type of a constant: number, code, boolean or date; None when it is of another type."""
    match constante:
        case bool():
            return valeur if isinstance(valeur, bool) else None
        case Decimal():
            return nombre(valeur)
        case str():
            return valeur if isinstance(valeur, str) else None
        case date():
            return jour(valeur)


def _egale(valeur: object, constante: Scalaire) -> bool:
    return _comme(valeur, constante) == constante


def _ordonne(valeur: object, operateur: Operateur, constante: Scalaire) -> bool:
    lue = _comme(valeur, constante)
    match lue, constante:
        case (Decimal(), Decimal()):
            ordre = lue.compare(constante)
        case (date(), date()):
            ordre = Decimal(lue.toordinal() - constante.toordinal())
        case _:
            return False
    match operateur:
        case Operateur.SUPERIEUR:
            return ordre > 0
        case Operateur.SUPERIEUR_OU_EGAL:
            return ordre >= 0
        case Operateur.INFERIEUR:
            return ordre < 0
        case Operateur.INFERIEUR_OU_EGAL:
            return ordre <= 0
    raise ValueError(f"« {operateur} » n'ordonne pas.")
