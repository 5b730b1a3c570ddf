"""From the tables of `region.toml` to the values of the directory, kind by kind; shapes only, no cross-check."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import TypeVar

from contracts.listes import liste
from contracts.parametres import PARAMETRES, Parametres, Surcharge
from contracts.situation import DECLARATIVE, LOCAL, PAR_UN_TIERS, Fait, FaitInvalide, TypeFait
from services.chassis.directory.model import (
    DelaiAnormalementLong,
    Departement,
    Emprise,
    EpciDeLaRegion,
    FaitLocal,
    Guichet,
    Nature,
    Organisation,
    Region,
    Registre,
    Reservataire,
)
from services.chassis.directory.reading import Lecture

V = TypeVar("V")

IDENTIFIANT = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
_ATTENDU_ID = "un identifiant en minuscules, chiffres et tirets"
_DEPARTEMENT = r"\d{2}|2[AB]|9[78]\d"
_COMMUNE = r"\d[0-9AB]\d{3}"
_SIREN = r"\d{9}"
_PREUVES = ("declare", "document", "label")
_TYPES_LOCAUX = ("bool", "int", "decimal", "date", "code", "liste_codes")


def region(racine: Lecture) -> Region:
    """The whole document. Duplicated ids are told as faults; the last one stands."""
    tete = racine.table("region")
    resultat = Region(
        code=tete.texte("code", forme=IDENTIFIANT, attendu=_ATTENDU_ID),
        nom=tete.texte("nom"),
        fictive=tete.booleen("fictive", defaut=False),
        millesime=tete.entier("millesime", mini=2020, maxi=2100),
        departements=_par(racine, "departements", "code", _departement),
        epci=_par(racine, "epci", "siren", _epci),
        organisations=_par(racine, "organisations", "id", _organisation),
        guichets=_par(racine, "guichets", "code", _guichet),
        reservataires=_par(racine, "reservataires", "id", _reservataire),
        parametres=Parametres(tuple(_surcharge(t) for t in racine.tables("parametres"))),
        delais=tuple(_delai(t) for t in racine.tables("delais_anormalement_longs")),
        labels=_par(racine, "labels", "code", _label),
        faits_locaux=_par(racine, "faits_locaux", "chemin", _fait_local),
    )
    tete.fin()
    racine.fin()
    return resultat


def _par(racine: Lecture, nom: str, cle: str, lire: Callable[[Lecture], V | None]) -> Mapping[str, V]:
    lus: dict[str, V] = {}
    for table in racine.tables(nom):
        valeur = lire(table)
        table.fin()
        identifiant = table.contenu.get(cle)
        if not isinstance(identifiant, str) or valeur is None:
            continue
        if identifiant in lus:
            table.faute(cle, "doublon", f"« {identifiant} » est déclaré deux fois parmi « {nom} ».")
        lus[identifiant] = valeur
    return MappingProxyType(lus)


def _departement(table: Lecture) -> Departement:
    return Departement(
        code=table.texte("code", forme=_DEPARTEMENT, attendu="un code de département"),
        nom=table.texte("nom"),
        registre=table.enumere("registre", Registre),
        commission_mediation=table.texte("commission_mediation"),
    )


def _epci(table: Lecture) -> EpciDeLaRegion:
    return EpciDeLaRegion(
        siren=table.texte("siren", forme=_SIREN, attendu="un SIREN de neuf chiffres"),
        nom=table.texte("nom"),
        grille=table.texte("grille", forme=IDENTIFIANT, attendu=_ATTENDU_ID),
        grille_mutations=table.texte_ou_rien("grille_mutations", forme=IDENTIFIANT, attendu=_ATTENDU_ID),
        seuil_premier_quartile=table.entier_ou_rien("seuil_premier_quartile", mini=1_000, maxi=50_000),
    )


def _organisation(table: Lecture) -> Organisation:
    return Organisation(
        id=table.texte("id", forme=IDENTIFIANT, attendu=_ATTENDU_ID),
        nom=table.texte("nom"),
        nature=table.enumere("nature", Nature),
        emprise=_emprise(table),
        siren=table.texte_ou_rien("siren", forme=_SIREN, attendu="un SIREN de neuf chiffres"),
        fictive=table.booleen("fictive", defaut=False),
        courriel=table.texte_ou_rien("courriel", forme=r"[^@\s]+@[^@\s]+", attendu="une adresse de courriel"),
    )


def _guichet(table: Lecture) -> Guichet:
    return Guichet(
        code=table.texte("code", forme=r"[A-Z0-9]{5}", attendu="un code de cinq lettres majuscules ou chiffres"),
        nom=table.texte("nom"),
        type=table.choix("type", liste("type_guichet").codes),
        organisation=table.texte("organisation", forme=IDENTIFIANT, attendu=_ATTENDU_ID),
    )


def _reservataire(table: Lecture) -> Reservataire:
    return Reservataire(
        id=table.texte("id", forme=IDENTIFIANT, attendu=_ATTENDU_ID),
        nom=table.texte("nom"),
        type=table.choix("type", liste("reservataire").codes),
        organisation=table.texte("organisation", forme=IDENTIFIANT, attendu=_ATTENDU_ID),
        emprise=_emprise(table),
        parent=table.texte_ou_rien("parent", forme=IDENTIFIANT, attendu=_ATTENDU_ID),
    )


def _emprise(table: Lecture) -> Emprise:
    emprise = Emprise(
        departements=table.textes("departements", forme=_DEPARTEMENT, attendu="Un code de département"),
        epci=table.textes("epci", forme=_SIREN, attendu="Un SIREN d'EPCI"),
        communes=table.textes("communes", forme=_COMMUNE, attendu="Un code INSEE de commune"),
    )
    if emprise == Emprise():
        table.faute("", "emprise-absente", "Dites le territoire : departements, epci ou communes.")
    return emprise


def _surcharge(table: Lecture) -> Surcharge:
    nom = table.choix("nom", PARAMETRES)
    parametre = PARAMETRES.get(nom)
    mini, maxi = (parametre.bornes if parametre else None) or (0, 1_000_000)
    if parametre is not None and parametre.bornes is None:
        table.faute("nom", "parametre-non-surchargeable", f"La loi fixe « {nom} » : une région ne peut le changer.")
    surcharge = Surcharge(
        nom=nom,
        valeur=table.entier("valeur", mini=mini, maxi=maxi),
        depuis=table.jour("depuis"),
        source=table.texte("source"),
    )
    table.fin()
    return surcharge


def _delai(table: Lecture) -> DelaiAnormalementLong:
    connues = "|".join(liste("type_logement").codes)
    delai = DelaiAnormalementLong(
        departement=table.texte("departement", forme=_DEPARTEMENT, attendu="un code de département"),
        typologies=table.textes("typologies", forme=connues, attendu="Un type de logement (C, T1 à T5, T6P)"),
        mois=table.entier("mois", mini=1, maxi=240),
        source=table.texte("source"),
    )
    table.fin()
    return delai


def _label(table: Lecture) -> str:
    code = table.texte("code", forme=r"[A-Z][A-Z0-9_]*", attendu="un code en majuscules")
    if code in liste("label"):
        table.faute("code", "doublon", f"« {code} » est déjà un label national.")
    return table.texte("libelle")


def _fait_local(table: Lecture) -> FaitLocal | None:
    chemin = table.texte("chemin", forme=rf"{LOCAL}[a-z][a-z0-9_]*", attendu=f"un chemin qui commence par « {LOCAL} »")
    libelle = table.texte("libelle")
    type_ = table.choix("type", _TYPES_LOCAUX)
    preuve = table.choix("preuve", _PREUVES)
    natures = "|".join(nature.value for nature in Nature)
    saisi_par = table.textes("saisi_par", forme=natures, attendu="Une nature d'organisation")
    codes = table.textes("codes", forme=r"[a-z][a-z0-9_]*", attendu="Un code en minuscules")
    unite = table.texte_ou_rien("unite")
    nombre = type_ in ("int", "decimal")
    bornes = (_borne(table, "mini"), _borne(table, "maxi")) if nombre else None
    if not (chemin and libelle and type_ and preuve) or (bornes and None in bornes):
        return None
    try:
        fait = Fait(
            chemin=chemin,
            type=TypeFait(type_),
            libelle=libelle,
            source="region.toml",
            unite=unite,
            codes=tuple(sorted(codes)),
            bornes=bornes,  # type: ignore[arg-type]
            decimales=2 if type_ == "decimal" else 0,
            provenance=PAR_UN_TIERS if preuve == "label" else DECLARATIVE,
            sensible=table.booleen("sensible", defaut=False),
        )
    except FaitInvalide as faute:
        table.faute("", "fait-invalide", str(faute))
        return None
    return FaitLocal(fait, frozenset(Nature(n) for n in saisi_par), preuve)


def _borne(table: Lecture, nom: str) -> Decimal | None:
    entier = table.entier_ou_rien(nom, mini=-1_000_000_000, maxi=1_000_000_000)
    if entier is None:
        table.faute(nom, "cle-absente", f"Un nombre porte ses bornes : il manque « {nom} ».")
        return None
    return Decimal(entier)
