"""French for people: how a fact, a month count, a reason or a number of points is said."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from contracts.situation import NUMERIQUES
from services.cotation.domain.catalogue import Catalogue
from services.cotation.domain.decimales import ecrire_fr
from services.cotation.domain.evenements import NOMBRE
from services.cotation.domain.grille import NiveauPreuve
from services.cotation.domain.resultat import Ligne, Raison, Role

MOIS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
PREUVES: Mapping[NiveauPreuve, str] = {
    NiveauPreuve.DECLARE: "déclaré",
    NiveauPreuve.DOCUMENT: "pièce vérifiée",
    NiveauPreuve.LABEL: "attesté par un tiers",
}
ABSENT = "non renseigné"


def le_jour(jour: date) -> str:
    """`1er janvier 2026`."""
    return f"{'1er' if jour.day == 1 else jour.day} {MOIS[jour.month - 1]} {jour.year}"


def nombre_de_points(valeur: Decimal, *, signe: bool = False) -> str:
    """`6,4 points`, `−1 point`: below two, French keeps the singular."""
    return f"{ecrire_fr(valeur, signe=signe)} point{'s' if abs(valeur) >= 2 else ''}"


def nombre_de_mois(mois: int) -> str:
    """`4 mois`, with the years when there is one at least."""
    ans, reste = divmod(mois, 12)
    if ans == 0:
        return f"{mois} mois"
    annees = f"{ans} an{'s' if ans > 1 else ''}"
    return f"{annees} et {reste} mois" if reste else annees


def valeur_lue(catalogue: Catalogue, chemin: str, valeur: Any) -> str:
    """A fact's value as a person says it: label of a code, oui / non, decimal comma, unit."""
    if valeur is None:
        return ABSENT
    if isinstance(valeur, bool):
        return "oui" if valeur else "non"
    if isinstance(valeur, list | tuple):
        lus = [valeur_lue(catalogue, chemin, item) for item in valeur if not isinstance(item, Mapping)]
        return ", ".join(lus) or ("aucun" if not valeur else f"{len(valeur)} événement{'s' if len(valeur) > 1 else ''}")
    nombre = _nombre(catalogue, chemin, valeur)
    if nombre is not None:
        return _avec_unite(catalogue.unite(chemin), nombre)
    if isinstance(valeur, date):
        return le_jour(valeur)
    return catalogue.libelle_code(chemin, str(valeur)) or str(valeur)


def fait_lu(catalogue: Catalogue, cle: str, valeur: Any) -> str:
    """One fact of a line, `libellé : valeur`; cle: as in `Ligne.faits`."""
    fonction, _, reste = cle.partition("(")
    if reste:
        chemin = reste.removesuffix(")")
        nom = catalogue.libelle(chemin) or chemin
        if fonction == "mois_depuis":
            return f"{nom} : {ABSENT if valeur is None else 'il y a ' + nombre_de_mois(int(valeur))}"
        return f"{nom} : {ABSENT if valeur is None else valeur}"
    return f"{catalogue.libelle(cle) or cle} : {valeur_lue(catalogue, cle, valeur)}"


def _nombre(catalogue: Catalogue, chemin: str, valeur: Any) -> Decimal | None:
    """The number of a fact: written as one, or as the text of one when the catalogue says that it is a number."""
    if isinstance(valeur, int | Decimal):
        return Decimal(valeur) if Decimal(valeur).is_finite() else None
    nature = catalogue.nature(chemin)
    if not isinstance(valeur, str) or nature is None or nature.type not in NUMERIQUES or not NOMBRE.fullmatch(valeur):
        return None
    return Decimal(valeur)


def _avec_unite(unite: str | None, valeur: Decimal) -> str:
    if unite == "mois" and valeur == valeur.to_integral_value():
        return nombre_de_mois(int(valeur))
    texte = ecrire_fr(valeur)
    if not unite or len(unite) > 20:
        return texte
    mot, _, suite = unite.partition(" ")
    singulier = mot.removesuffix("s") if abs(valeur) < 2 else mot
    return f"{texte} {singulier}{' ' if suite else ''}{suite}"


def apport(ligne: Ligne) -> str:
    """What a line brings: points, or a coefficient."""
    if ligne.effet is Role.COEFFICIENT:
        return f"coefficient {ecrire_fr(ligne.valeur)}"
    return nombre_de_points(ligne.valeur, signe=ligne.effet is Role.POINTS)


def raison_en_clair(ligne: Ligne, libelles: Mapping[str, str]) -> str:
    """Why a line counts or not, in one sentence; libelles: French label of each rule and bloc by id."""
    if ligne.raison is Raison.CONDITION_NON_REMPLIE and ligne.faits and all(v is None for v in ligne.faits.values()):
        return "Ce critère ne peut être établi : l'information n'est pas renseignée."
    phrase = RAISONS[ligne.raison]
    if "{" in phrase:
        phrase = phrase.format(apport=apport(ligne), retenue=libelles.get(ligne.retenue or "", ligne.retenue or ""))
    attend_une_piece = ligne.provisoire and ligne.raison is Raison.COMPTEE_BORNEE
    return f"{phrase} Un justificatif doit encore être vérifié." if attend_une_piece else phrase


RAISONS: Mapping[Raison, str] = {
    Raison.COMPTEE: "Ce critère compte.",
    Raison.COMPTEE_PROVISOIRE: "Ce critère compte, à titre provisoire : un justificatif doit encore être vérifié.",
    Raison.COMPTEE_BORNEE: "Ce critère compte, dans la limite fixée par la grille.",
    Raison.HORS_COTATION: "La demande n'est pas cotée.",
    Raison.REGLE_DESACTIVEE: "Ce critère est suspendu.",
    Raison.CONDITION_NON_REMPLIE: "Votre situation ne correspond pas à ce critère.",
    Raison.HORS_BAREME: "Le barème de ce critère ne prévoit rien pour cette situation, ou une information manque.",
    Raison.PREUVE_MANQUANTE: "Ce critère ({apport}) comptera quand il sera attesté ou vérifié.",
    Raison.GROUPE_AUTRE_REGLE: "Un seul critère compte parmi plusieurs proches : c'est « {retenue} » qui est retenu.",
    Raison.GROUPE_CASE_NON_COCHEE: "Un seul critère compte parmi plusieurs proches : celui dont la case est cochée.",
    Raison.GROUPE_CASE_AMBIGUE: "Plusieurs critères proches s'appliquent et rien ne dit lequel vous avez choisi.",
    Raison.BLOC_ECARTE: "Cette famille de critères ne s'ajoute pas à celle-ci : « {retenue} ».",
    Raison.AUCUN_EVENEMENT: "Aucun événement de ce genre n'est à compter.",
}
