"""The file of `logis grille poids`: criteria from the most to the least important, in JSON or one rank per line."""

from typing import Any

from services.cotation.domain.faute import TexteIllisible
from services.cotation.domain.poids import MAXIMUM, OrdreInvalide, Rang
from services.cotation.domain.texte_json import lire_json

TAILLE_ORDRE = 200_000


def lire_ordre(octets: bytes) -> tuple[list[Rang], int]:
    """Ranks and maximum of a file.

    Text: one rank a line; `A = B` puts two criteria at one rank; a line `+2` widens the gap with what follows by two steps;
    `#` opens a comment. JSON: a list, or `{"ordre": list, "maximum": n}`; an item is a criterion, a list of criteria of the
    same rank, or `{"ecart": n}`. Raises TexteIllisible or OrdreInvalide.
    """
    if octets.lstrip()[:1] in (b"[", b"{"):
        return _json(lire_json(octets, TAILLE_ORDRE))
    try:
        texte = octets.decode("utf-8-sig")
    except UnicodeDecodeError as erreur:
        raise TexteIllisible(
            "encodage-invalide", "Le fichier n'est pas en UTF-8.", "L'enregistrer en UTF-8."
        ) from erreur
    lignes = (ligne.partition("#")[0].strip() for ligne in texte.splitlines())
    return _rangs([_item(ligne) for ligne in lignes if ligne]), MAXIMUM


def _item(ligne: str) -> Any:
    if ligne.startswith("+"):
        pas = ligne[1:].strip()
        return {"ecart": int(pas) if pas.isdecimal() and len(pas) < 6 else None}
    return [nom.strip() for nom in ligne.split("=")]


def _json(document: Any) -> tuple[list[Rang], int]:
    maximum: Any = MAXIMUM
    if isinstance(document, dict):
        inconnues = sorted(document.keys() - {"ordre", "maximum", "annotations"})
        if inconnues:
            raise OrdreInvalide([f"Clé inconnue : « {inconnues[0][:60]} ». Écrire « ordre » et « maximum »."])
        maximum, document = document.get("maximum", MAXIMUM), document.get("ordre")
    if not isinstance(document, list):
        raise OrdreInvalide(["L'ordre est une liste de critères, du plus au moins important."])
    if not isinstance(maximum, int) or isinstance(maximum, bool):
        raise OrdreInvalide(["Le maximum est un nombre entier."])
    return _rangs(document), maximum


def _rangs(items: list[Any]) -> list[Rang]:
    rangs: list[Rang] = []
    for item in items:
        if isinstance(item, dict):
            ecart = item.get("ecart")
            if not isinstance(ecart, int) or isinstance(ecart, bool) or set(item) != {"ecart"} or not rangs:
                raise OrdreInvalide(['Un écart s\'écrit {"ecart": nombre entier} (ou « +2 »), après un critère.'])
            rangs[-1] = Rang(rangs[-1].criteres, rangs[-1].ecart + ecart)
            continue
        noms = item if isinstance(item, list) else [item]
        if not noms or not all(isinstance(nom, str) and nom.strip() for nom in noms):
            raise OrdreInvalide(["Un rang est un critère, ou une liste de critères, écrits en toutes lettres."])
        rangs.append(Rang(tuple(nom.strip() for nom in noms)))
    return rangs
