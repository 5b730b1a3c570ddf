"""From the text of an element to its value, or to the anomaly that refuses it."""

import re
from collections.abc import Callable
from datetime import date, datetime

from contracts import territoire
from contracts.listes import liste
from services.demande.domain.numero import est_bien_forme

LONGUEUR_TEXTE, LONGUEUR_TEXTE_LIBRE = 255, 2000
"""Longest texts, in characters (types Texte and TexteLong of contracts/sne)."""

_PERDU = re.compile("[\ufffd\x80-\x9f]")
"""The replacement character, and the C1 controls: what CP1252 punctuation becomes when read as ISO-8859-1."""

_DATE = re.compile(r"(\d{4}-\d\d-\d\d)(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?)?(Z|[+-]\d\d:\d\d)?", re.ASCII)
_NEGATIF = re.compile(r"-\d+([.,]\d+)?", re.ASCII)
_GUICHET = re.compile(r"[A-Z0-9]{5}", re.ASCII)
_MONTRABLE = re.compile(r"[\w.:/ -]{1,20}", re.ASCII)
_CHIFFRES_MONTANT, _CHIFFRES_NOMBRE = 8, 3
_BOOLEENS = {"true": True, "false": False, "1": True, "0": False}

Lire = Callable[[str], object]


class Faute(Exception):
    """A value that cannot be taken: a code of contracts.sne.anomalies, and the text to show, if it may be shown."""

    def __init__(self, code: str, valeur: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.valeur = valeur


def montrable(brut: str) -> str:
    """A code as a message may quote it: short plain text, else an ellipsis (a wrong code may hold anything)."""
    return brut if _MONTRABLE.fullmatch(brut) else "…"


def texte(brut: str) -> str:
    """A short text."""
    return _texte(brut, LONGUEUR_TEXTE)


def texte_libre(brut: str) -> str:
    """A free text."""
    return _texte(brut, LONGUEUR_TEXTE_LIBRE)


def _texte(brut: str, longueur: int) -> str:
    if len(brut) > longueur:
        raise Faute("texte-trop-long")
    if not brut.isascii() and _PERDU.search(brut):
        raise Faute("texte-illisible")
    return brut


def jour(brut: str) -> date:
    """A day, `AAAA-MM-JJ`; with an hour or an offset, the day as it is written."""
    if len(brut) != 10:
        instant = _DATE.fullmatch(brut)
        if instant is None:
            raise Faute("date-impossible")
        brut = instant[1]
    try:
        if brut[4] == brut[7] == "-":
            return date.fromisoformat(brut)
    except ValueError:
        pass
    raise Faute("date-impossible")


def jour_passe(le: date, anomalie: str) -> Callable[[str], date]:
    """A reader of days that are not after `le`; `anomalie` is the code for those that are."""

    def lire(brut: str) -> date:
        lu = jour(brut)
        if lu > le:
            raise Faute(anomalie, lu.isoformat())
        return lu

    return lire


def instant(brut: str) -> datetime | None:
    """An instant with its offset, None when it is not one."""
    try:
        return datetime.fromisoformat(brut)
    except ValueError:
        return None


def montant(brut: str) -> int:
    """Whole euros."""
    if brut.isascii() and brut.isdigit() and len(brut) <= _CHIFFRES_MONTANT:
        return int(brut)
    raise Faute("montant-negatif" if _NEGATIF.fullmatch(brut) else "montant-illisible")


def nombre(brut: str) -> int:
    """A small whole number."""
    if brut.isascii() and brut.isdigit() and len(brut) <= _CHIFFRES_NOMBRE:
        return int(brut)
    raise Faute("nombre-illisible")


def annee(brut: str) -> int:
    """A year on four digits."""
    if brut.isascii() and brut.isdigit() and len(brut) == 4:
        return int(brut)
    raise Faute("nombre-illisible")


def booleen(brut: str) -> bool:
    """`true` or `false` (XML Schema also has 1 and 0)."""
    lu = _BOOLEENS.get(brut)
    if lu is None:
        raise Faute("booleen-illisible", montrable(brut))
    return lu


def numero(brut: str) -> str:
    """A numéro unique, opaque."""
    if not est_bien_forme(brut):
        raise Faute("numero-unique-mal-forme")
    return brut


def guichet(brut: str) -> str:
    """The code of a registering service."""
    if not _GUICHET.fullmatch(brut):
        raise Faute("guichet-mal-forme", montrable(brut))
    return brut


def commune(brut: str) -> str:
    """INSEE code of a commune of the vintage in force, Corsican ones included."""
    if not territoire.existe(brut):
        raise Faute("commune-inconnue", montrable(brut))
    return brut


def departement(brut: str) -> str:
    """Code of a département."""
    try:
        territoire.communes_du_departement(brut)
    except territoire.TerritoireInconnu:
        raise Faute("code-inconnu", montrable(brut)) from None
    return brut


def code_de(nom: str) -> Callable[[str], str]:
    """A reader of the codes of a list (`contracts.listes`)."""
    connus = {valeur.code: valeur.code for valeur in liste(nom)}

    def lire(brut: str) -> str:
        lu = connus.get(brut)
        if lu is None:
            raise Faute("code-inconnu", montrable(brut))
        return lu

    return lire
