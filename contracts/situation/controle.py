"""Whether values agree with the catalogue: type, bounds, decimals, codes, scope and provenance."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from contracts.listes import liste
from contracts.situation import TERRITOIRE, Champ, Fait, Portee, TypeFait, catalogue, chemins_proches
from contracts.situation.lecture import FaitLu, Situation, Valeur

_TERRITOIRE = {
    "commune": re.compile(r"\d[0-9AB]\d{3}"),
    "departement": re.compile(r"\d{2}|2[AB]|9[78]\d"),
    "epci": re.compile(r"\d{9}"),
}


@dataclass(frozen=True, slots=True)
class Anomalie:
    """One disagreement: where (JSON pointer), a stable code, and a French sentence that says what is expected."""

    pointeur: str
    code: str
    message: str


def anomalies(situation: Situation, faits: Mapping[str, Fait] | None = None) -> list[Anomalie]:
    """Everything in a situation that the catalogue does not allow, in document order; empty when it is conform.

    faits: the catalogue of the region (`avec_faits_locaux`); the national one when not given.
    """
    connus = faits if faits is not None else catalogue()
    trouvees = list(_de_la_portee("/faits", situation.faits, Portee.DEMANDE, connus))
    for identifiant, lieu in situation.lieux.items():
        trouvees += _de_la_portee(f"/lieux/{_echapper(identifiant)}/faits", lieu.faits, Portee.LIEU, connus)
    return trouvees


def anomalie_de_valeur(fait: Fait, valeur: Valeur) -> tuple[str, str] | None:
    """(code, sentence) of what is wrong with the value of a fact, or None."""
    match fait.type:
        case TypeFait.LISTE_CODES:
            return _liste_de_codes(fait, valeur)
        case TypeFait.LISTE_EVENEMENTS:
            return _evenements(fait, valeur)
        case _:
            return _simple(fait, valeur) or _hors_bornes(fait, valeur)


def _de_la_portee(
    base: str, lus: Mapping[str, FaitLu], portee: Portee, connus: Mapping[str, Fait]
) -> Iterator[Anomalie]:
    for chemin, lu in lus.items():
        pointeur = f"{base}/{_echapper(chemin)}"
        fait = connus.get(chemin)
        if fait is None:
            proches = " ou ".join(f"« {p} »" for p in chemins_proches(chemin, connus))
            suite = f" ; le plus proche : {proches}" if proches else ""
            yield Anomalie(pointeur, "fait-inconnu", f"Le fait « {chemin} » n'est pas au catalogue{suite}.")
            continue
        if fait.portee is not portee:
            yield Anomalie(pointeur, "portee-erronee", f"Le fait « {chemin} » se lit par {fait.portee.value}.")
        if lu.provenance not in fait.provenance:
            admises = ", ".join(p.value for p in fait.provenance)
            yield Anomalie(
                pointeur, "provenance-impossible", f"La provenance de « {chemin} » est l'une de : {admises}."
            )
        defaut = anomalie_de_valeur(fait, lu.valeur)
        if defaut:
            yield Anomalie(f"{pointeur}/valeur", *defaut)


def _simple(fait: Fait | Champ, valeur: object) -> tuple[str, str] | None:
    if not _est_du_type(fait.type, valeur):
        return "type-errone", f"Une valeur de type {fait.type.value} est attendue ; reçu : {valeur!r}."
    if fait.type is TypeFait.CODE and not _code_connu(fait, valeur):
        return "code-inconnu", f"« {valeur} » n'est pas un code de la liste « {_nom_de_liste(fait)} »."
    return None


def _est_du_type(type_: TypeFait, valeur: object) -> bool:
    match type_:
        case TypeFait.BOOL:
            return isinstance(valeur, bool)
        case TypeFait.INT:
            return isinstance(valeur, int) and not isinstance(valeur, bool)
        case TypeFait.DECIMAL:
            return isinstance(valeur, str) and _decimal(valeur) is not None
        case TypeFait.DATE:
            return isinstance(valeur, str) and _date(valeur)
        case _:
            return isinstance(valeur, str)


def _hors_bornes(fait: Fait, valeur: Valeur) -> tuple[str, str] | None:
    if fait.bornes is None or isinstance(valeur, list):
        return None
    nombre = Decimal(valeur)
    mini, maxi = fait.bornes
    if not mini <= nombre <= maxi:
        return "hors-bornes", f"La valeur doit être comprise entre {mini} et {maxi} ; reçu : {valeur}."
    if -int(nombre.as_tuple().exponent) > fait.decimales:
        return "trop-de-decimales", f"La valeur garde {fait.decimales} décimales au plus ; reçu : {valeur}."
    return None


def _liste_de_codes(fait: Fait, valeur: Valeur) -> tuple[str, str] | None:
    if not isinstance(valeur, list) or not all(isinstance(code, str) for code in valeur):
        return "type-errone", "Une liste de codes est attendue."
    if fait.liste_ouverte:
        return None
    inconnus = [str(code) for code in valeur if not _code_connu(fait, code)]
    if inconnus:
        return "code-inconnu", f"Hors de la liste « {_nom_de_liste(fait)} » : {', '.join(inconnus)}."
    return None


def _evenements(fait: Fait, valeur: Valeur) -> tuple[str, str] | None:
    if not isinstance(valeur, list) or not all(isinstance(e, dict) for e in valeur):
        return "type-errone", "Une liste d'événements est attendue."
    champs = {champ.nom: champ for champ in fait.champs}
    for rang, evenement in enumerate(valeur):
        assert isinstance(evenement, dict)
        manque = [nom for nom, champ in champs.items() if champ.obligatoire and evenement.get(nom) is None]
        if manque:
            return "champ-manquant", f"L'événement {rang} doit dire : {', '.join(manque)}."
        for nom, contenu in evenement.items():
            if nom not in champs:
                return "champ-inconnu", f"L'événement {rang} porte un champ inconnu : « {nom} »."
            defaut = None if contenu is None else _simple(champs[nom], contenu)
            if defaut:
                return defaut[0], f"Événement {rang}, champ « {nom} » : {defaut[1]}"
    return None


def _code_connu(fait: Fait | Champ, code: object) -> bool:
    if isinstance(fait, Fait) and fait.codes:
        return code in fait.codes
    if fait.liste in TERRITOIRE:
        return _TERRITOIRE[fait.liste].fullmatch(str(code)) is not None
    return fait.liste is not None and code in liste(fait.liste)


def _nom_de_liste(fait: Fait | Champ) -> str:
    return fait.liste or (fait.chemin if isinstance(fait, Fait) else fait.nom)


def _decimal(texte: str) -> Decimal | None:
    try:
        nombre = Decimal(texte)
    except InvalidOperation:
        return None
    return nombre if nombre.is_finite() else None


def _date(texte: str) -> bool:
    try:
        return date.fromisoformat(texte).isoformat() == texte
    except ValueError:
        return False


def _echapper(segment: str) -> str:
    return segment.replace("~", "~0").replace("/", "~1")
