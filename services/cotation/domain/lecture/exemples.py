"""Reading of the worked examples that a grid carries, or that are published beside it."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any

from services.cotation.domain.faute import Faute
from services.cotation.domain.grille import Exemple
from services.cotation.domain.lecture.mots import FORMAT_0_1, MOTS_0_1, Mots
from services.cotation.domain.lecture.noeud import Journal, Noeud
from services.cotation.domain.texte_json import fautes_de_texte

FORMAT_EXEMPLES = "cotation-examples/0.1"
EXEMPLES_MAX = 10_000
CLES_0_1 = ("id", "facts", "expected", "as_of", "grid", "derived")
CLES_1_0 = ("id", "faits", "attendu", "le", "source", "grille")


def lire_exemple(noeud: Noeud, mots: Mots) -> Exemple:
    """One worked example, in the shape of `cotation-examples/0.1` or of a 1.0 grid."""
    ancien = mots.format == FORMAT_0_1
    noeud.objet({*(CLES_0_1 if ancien else CLES_1_0), *mots.annotations})
    faits = noeud.fils("facts" if ancien else "faits")
    attendu = noeud.fils("expected" if ancien else "attendu")
    faits.objet((), tolere=None)
    if attendu.objet(
        {"total", "breakdown"} if ancien else {"total", "lignes", "facteur", "provisoire", "hors_cotation"}
    ):
        hors = None if ancien else attendu.fils("hors_cotation").texte_ou_rien()
        total = None if hors is not None else lire_decimal(attendu.fils("total"))
    else:
        hors, total = None, Decimal(0)
    lignes, facteur = _lignes(attendu.fils("breakdown" if ancien else "lignes"))
    if not ancien and attendu.a("facteur"):
        facteur = lire_decimal(attendu.fils("facteur"))
    return Exemple(
        id=noeud.fils("id").texte(),
        faits=faits.valeur if isinstance(faits.valeur, dict) else {},
        total=total,
        le=noeud.fils("as_of" if ancien else "le").jour_ou_rien(),
        lignes=lignes,
        facteur=facteur,
        provisoire=attendu.fils("provisoire").booleen() if attendu.a("provisoire") and not ancien else None,
        hors_cotation=hors,
    )


def lire_recueil(document: Any, grille: str) -> tuple[tuple[Exemple, ...], tuple[Faute, ...]]:
    """The examples that a `cotation-examples/0.1` document publishes for that grid id, and the faults of the document."""
    journal = Journal(list(fautes_de_texte(document)))
    racine = Noeud(document, "", journal)
    if not racine.objet({"format", "examples", *MOTS_0_1.annotations}):
        return (), tuple(journal.fautes)
    racine.fils("format").mot({FORMAT_EXEMPLES: True}, None, "format")
    siens = [
        fils
        for fils in racine.fils("examples").elements(EXEMPLES_MAX)
        if isinstance(fils.valeur, dict) and fils.valeur.get("grid") == grille
    ]
    return tuple(lire_exemple(fils, MOTS_0_1) for fils in siens), tuple(journal.fautes)


def lire_decimal(noeud: Noeud) -> Decimal:
    """A number, or a decimal written as a text ("6.4", "coef 1.3"); 0 when refused."""
    if not isinstance(noeud.valeur, str):
        return noeud.nombre()
    try:
        valeur = Decimal(noeud.valeur[:60].removeprefix("coef ").strip())
    except InvalidOperation:
        valeur = Decimal("NaN")
    if not valeur.is_finite():
        noeud.faute("nombre-attendu", "Un nombre décimal est attendu ici.", 'Écrire par exemple "6.4".')
        return Decimal(0)
    return valeur


def _lignes(noeud: Noeud) -> tuple[Mapping[str, Decimal | None], Decimal | None]:
    if noeud.absent or not noeud.objet((), tolere=None):
        return MappingProxyType({}), None
    lues = {
        cle: None if noeud.fils(cle).absent else lire_decimal(noeud.fils(cle))
        for cle in noeud.valeur
        if cle != "factor"
    }
    facteur = lire_decimal(noeud.fils("factor")) if noeud.a("factor") else None
    return MappingProxyType(lues), facteur
