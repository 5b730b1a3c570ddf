"""Inputs and result of `logis flux simuler`: shares and a year's vacancies, as JSON or CSV."""

import csv
from collections.abc import Iterator
from fractions import Fraction
from io import StringIO
from typing import Annotated, Any

from annotated_types import MaxLen, MinLen
from pydantic import Field

from services.flux.calculateur.affichage import Resultat
from services.flux.calculateur.champs import Coefficient, Jour, Nom, Oui, Parts, Table
from services.flux.calculateur.entrees import Bloc, Controle, Entrees, fautes_de_somme
from services.flux.calculateur.fautes import EntreesIllisibles, Faute, pointeur, proche
from services.flux.calculateur.genres.orientations import PlancherEntree
from services.flux.domain.orientation.etat import LogementAOrienter
from services.flux.domain.orientation.regles import GLOBALE, Methode, Regles, Strate, regler
from services.flux.domain.parts import completer
from services.flux.use_cases.simuler import Avenant, Liberation, PartsParPerimetre, Simulation

AXES = ("commune", "qpv", "typologie", "financement")
PERIMETRE_UNIQUE = ""
SEPARATEUR_ECARTES = "|"


class LiberationEntree(Bloc):
    """A vacancy; the axes that it does not state are not watched for it."""

    date: Jour
    id: Nom
    commune: Nom | None = None
    qpv: Nom | None = None
    typologie: Nom | None = None
    financement: Nom | None = None
    ecartes: list[Nom] = Field(default_factory=list, description="Titulaires qui ne peuvent pas le prendre")
    rendu_le: Jour | None = Field(None, description="Rendu sans candidat ce jour-là, puis orienté à un autre")


class AvenantEntree(Bloc):
    """Shares that replace the others from a day on."""

    le: Jour
    parts_percent: Parts | None = None
    parts_percent_par_commune: Table[Parts] | None = None


class AnneeASimuler(Entrees):
    """Shares (for all, or by commune), method, and the vacancies of a year."""

    parts_percent: Parts | None = Field(None, description="Les mêmes parts partout")
    parts_percent_par_commune: Table[Parts] | None = Field(None, description="Des parts par commune")
    methode: Methode | None = Field(None, description="Sans elle : tijdeman pour parts_percent, multi_axes par commune")
    poids: dict[Nom, Coefficient] = Field(
        default_factory=dict, description="multi_axes : « global » et axes, 1 sans eux"
    )
    planchers: list[PlancherEntree] = Field(default_factory=list)
    avenants: list[AvenantEntree] = Field(default_factory=list)
    rendu_compte: Oui = Field(False, description="Un logement rendu est-il compté au titulaire ?")
    liberations: Annotated[list[LiberationEntree], MinLen(1), MaxLen(20_000)]


def _une_seule(donnees: Any, chemin: tuple[int | str, ...]) -> Iterator[Faute]:
    communes = donnees.parts_percent_par_commune
    if (donnees.parts_percent is None) == (communes is None):
        message = "Il faut des parts pour tous, ou des parts par commune, pas les deux."
        yield Faute(pointeur(chemin), "parts-manquantes", message, "Donnez parts_percent ou parts_percent_par_commune.")
    if donnees.parts_percent is not None:
        yield from fautes_de_somme(donnees.parts_percent, (*chemin, "parts_percent"), complete=True)
    for commune, parts in (communes or {}).items():
        yield from fautes_de_somme(parts, (*chemin, "parts_percent_par_commune", commune), complete=True)


def _parts(entrees: Any) -> Iterator[Faute]:
    yield from _une_seule(entrees, ())
    communes = entrees.parts_percent_par_commune
    if communes is not None and entrees.methode in {Methode.TIJDEMAN, Methode.QUOTA} and len(communes) > 1:
        message = f"La méthode {entrees.methode} tient une suite par périmètre."
        yield Faute("/methode", "methode-impossible", message, "Simulez commune par commune, ou prenez multi_axes.")
    for rang, avenant in enumerate(entrees.avenants):
        yield from _une_seule(avenant, ("avenants", rang))
        if (avenant.parts_percent is None) != (entrees.parts_percent is None):
            message = "L'avenant ne donne pas ses parts comme la convention."
            yield Faute(pointeur(("avenants", rang)), "parts-d-une-autre-forme", message, "Gardez la même forme.")


def _liberations(entrees: Any) -> Iterator[Faute]:
    vus: set[str] = set()
    communes = entrees.parts_percent_par_commune
    for rang, une in enumerate(entrees.liberations):
        ou = ("liberations", rang)
        if une.id in vus:
            message = f"Le logement « {une.id} » est libéré deux fois."
            yield Faute(pointeur((*ou, "id")), "id-en-double", message, "Donnez un numéro à chaque libération.")
        vus.add(une.id)
        if une.rendu_le is not None and une.rendu_le < une.date:
            message = "Le logement est rendu avant d'être libéré."
            yield Faute(pointeur((*ou, "rendu_le")), "dates-inversees", message, "Corrigez l'une des deux dates.")
        if communes is not None and une.commune not in communes:
            message = f"« {une.commune or ''} » n'a pas de parts."
            yield Faute(pointeur((*ou, "commune")), "commune-inconnue", message, proche(une.commune or "", communes))
        else:
            parts = (entrees.parts_percent or {}) if communes is None else communes[une.commune]
            if une.ecartes and not any(fautes_de_somme(parts, (), complete=True)):
                yield from _ecartes(ou, une.ecartes, completer(parts))


def _ecartes(ou: tuple[int | str, ...], ecartes: list[str], parts: dict[str, Fraction]) -> Iterator[Faute]:
    for place, nom in enumerate(ecartes):
        if nom not in parts:
            message = f"« {nom} » n'a pas de part ici."
            yield Faute(pointeur((*ou, "ecartes", place)), "titulaire-inconnu", message, proche(nom, parts))
    if not any(part for nom, part in parts.items() if nom not in ecartes):
        message = "Aucun titulaire ne peut prendre ce logement."
        yield Faute(pointeur((*ou, "ecartes")), "personne-eligible", message, "Gardez-en au moins un.")


def _planchers(entrees: Any) -> Iterator[Faute]:
    toutes = entrees.parts_percent_par_commune or {PERIMETRE_UNIQUE: entrees.parts_percent or {}}
    connus = {nom for parts in toutes.values() for nom in parts}
    for rang, un in enumerate(entrees.planchers):
        if un.reservataire not in connus:
            message = f"« {un.reservataire} » n'a de part nulle part."
            ou = pointeur(("planchers", rang, "reservataire"))
            yield Faute(ou, "titulaire-inconnu", message, proche(un.reservataire, connus))


_LES_PARTS = ("parts_percent", "parts_percent_par_commune")
AnneeASimuler.CONTROLES = (
    Controle((*_LES_PARTS, "methode", "avenants"), _parts),
    Controle((*_LES_PARTS, "planchers"), _planchers),
    Controle((*_LES_PARTS, "liberations"), _liberations),
)


def regles_de(annee: AnneeASimuler) -> Regles:
    """The rules of the simulation."""
    par_commune = annee.parts_percent_par_commune is not None
    poids = {"global": Fraction(1), **({"commune": Fraction(1)} if par_commune else {}), **annee.poids}
    return regler(
        _par_perimetre(annee),
        annee.methode or (Methode.MULTI_AXES if par_commune else Methode.TIJDEMAN),
        poids_global=poids.pop("global"),
        poids=poids,
        planchers=[(Strate(p.axe, p.valeur), p.reservataire, p.part_percent) for p in annee.planchers],
        rendu_compte=annee.rendu_compte,
    )


def liberations_de(annee: AnneeASimuler) -> list[Liberation]:
    """The vacancies as the domain knows them."""
    par_commune = annee.parts_percent_par_commune is not None
    return [_liberation(une, par_commune=par_commune) for une in annee.liberations]


def avenants_de(annee: AnneeASimuler) -> list[Avenant]:
    """The changes of shares."""
    return [Avenant(un.le, _par_perimetre(un)) for un in annee.avenants]


def _par_perimetre(donnees: AnneeASimuler | AvenantEntree) -> PartsParPerimetre:
    communes = donnees.parts_percent_par_commune
    if communes is not None:
        return {commune: completer(parts) for commune, parts in communes.items()}
    return {PERIMETRE_UNIQUE: completer(donnees.parts_percent or {})}


def _liberation(une: LiberationEntree, *, par_commune: bool) -> Liberation:
    valeurs = {axe: getattr(une, axe) for axe in AXES}
    perimetre = une.commune if par_commune and une.commune is not None else PERIMETRE_UNIQUE
    strates = tuple(Strate(axe, valeur) for axe, valeur in valeurs.items() if valeur is not None)
    logement = LogementAOrienter(une.id, perimetre, strates, frozenset(une.ecartes))
    return Liberation(une.date, logement, une.rendu_le)


def lire_csv(octets: bytes) -> list[dict[str, Any]]:
    """Vacancies from a CSV with a header (`,` or `;`): date, id, then commune, qpv, typologie, financement, ecartes,

    `rendu_le`. Empty cells are left out; `ecartes` holds names separated by `|`. Raises EntreesIllisibles.
    """
    try:
        texte = octets.decode("utf-8-sig")
        premiere = texte.partition("\n")[0]
        lignes = list(csv.DictReader(StringIO(texte), delimiter=";" if ";" in premiere else ",", strict=True))
    except (UnicodeDecodeError, csv.Error) as erreur:
        raise EntreesIllisibles(
            "Les libérations ne se lisent pas comme un CSV en UTF-8 : réenregistrez-le."
        ) from erreur
    if any(None in ligne for ligne in lignes):
        raise EntreesIllisibles("Une ligne a plus de cellules que l'en-tête : vérifiez le séparateur.")
    return [_ligne(ligne) for ligne in lignes]


def _ligne(ligne: dict[str, str | None]) -> dict[str, Any]:
    remplies: dict[str, Any] = {champ: valeur.strip() for champ, valeur in ligne.items() if valeur and valeur.strip()}
    if "ecartes" in remplies:
        remplies["ecartes"] = [nom.strip() for nom in remplies["ecartes"].split(SEPARATEUR_ECARTES)]
    return remplies


def resultat(simulation: Simulation) -> Resultat:
    """What `simuler --json` prints."""
    etat = simulation.etat
    return {
        "methode": etat.regles.methode.value,
        "liberations": len(simulation.pas) - sum(etat.rendus),
        "rendus": sum(etat.rendus),
        "ecart_max": simulation.ecart_max,
        "borne": simulation.borne,
        "portees": [portee.value for portee in simulation.portees],
        "titulaires": [
            {
                "titulaire": nom,
                "recus": simulation.recus(nom),
                "objectif_exact": simulation.recus(nom) + etat.credit(nom),
                "ecart": -etat.credit(nom),
            }
            for nom in etat.regles.titulaires
        ],
        "strates": {
            f"{strate.axe}/{strate.valeur}": etat.ecart_max(strate) for strate in etat.credits if strate != GLOBALE
        },
        "orientations": [
            {
                "date": un.le.isoformat(),
                "id": un.decision.logement.id,
                "titulaire": un.decision.retenu,
                "regle": un.decision.regle.value,
                "ecart_max": un.decision.ecart_max,
                "borne": un.decision.borne,
                "portee": un.decision.portee.value,
                "credits": {compteur.titulaire: compteur.credit for compteur in un.decision.compteurs},
            }
            for un in simulation.pas
        ],
    }
