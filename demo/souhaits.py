"""What the household wishes and what is said of it: places, typologies, handicap, DALO, labels (sections J, K, L)."""

from datetime import date
from functools import cache

from demo import donnees
from demo.logement import PRECAIRES, Situation
from demo.menage import Menage
from demo.modele import Dalo, Handicap, Label, Lieu
from demo.territoire import Epci, epcis, quartiers
from demo.tirages import Table, Uniforme, entier

_CINQ_ET_PLUS = {5: 0.45, 6: 0.28, 7: 0.17, 8: 0.10}
"""Numbers behind the class 5+, eight places at most: an assumption."""
_PART_AVEC_QUARTIER = 0.3
_TYPES = ("T1", "T2", "T3", "T4", "T5", "T6P")
_CATEGORIES = Table({"A": 55, "I": 33, "M": 12})
_HANDICAP_SACHANT_MOTIF = {"07": 0.8, "08": 0.25}
_HANDICAP_AUTREMENT = 0.02
_LABELS = Table({"ACDI": 60, "PDALHPD": 25, "AGI": 15})
_ORGANISATIONS = Table({"SIAO": 45, "Service social départemental": 35, "CCAS": 20})
_LABEL_SI_PRECAIRE, _LABEL_AUTREMENT = 0.25, 0.03
"""Shares with a label or a handicap complement: assumptions."""
_DALO_PAR_TYPE = {"T1": "01", "T2": "02", "T3": "03", "T4": "04", "T5": "05", "T6P": "06"}


def _nombres(deux_epci: bool) -> Table[int]:
    poids = donnees.poids(donnees.defauts()["choix_communes"]["nb_communes"])
    nombreux = poids.pop("5+")
    nombres = {int(nombre): part for nombre, part in poids.items()}
    nombres |= {nombre: nombreux * part for nombre, part in _CINQ_ET_PLUS.items()}
    if deux_epci:
        nombres.pop(1)
    return Table(nombres)


@cache
def lois_des_lieux() -> tuple[Table[int], Table[int], float]:
    """Number of places in one EPCI, in two, and the share of households that ask in both.

    Those who ask in both name two places at least; the first table is corrected so that the whole keeps `nb_communes`.
    """
    part = donnees.defauts()["plusieurs_departements"]["part"]
    ensemble, doubles = _nombres(deux_epci=False).parts, _nombres(deux_epci=True)
    simples = {nombre: masse - part * doubles.parts.get(nombre, 0.0) for nombre, masse in ensemble.items()}
    return Table(simples), doubles, part


def choisir_lieux(uniforme: Uniforme, epci: Epci, residence: str | None) -> tuple[Lieu, ...]:
    """One to eight places in order; `residence` is the commune of residence when it is in this EPCI.

    The first place is the commune of residence for `premier_choix_commune_de_residence` of all households.
    """
    simples, doubles, part_doubles = lois_des_lieux()
    en_double = uniforme() < part_doubles
    nombre = (doubles if en_double else simples).tirer(uniforme)
    ailleurs = entier(uniforme, 1, max(1, nombre // 2)) if en_double else 0
    premier = residence if residence and uniforme() < _part_residence() else None
    if premier is None:
        premier = epci.residence.tirer(uniforme)
        while premier == residence:
            premier = epci.residence.tirer(uniforme)
    codes = _completer(uniforme, epci, premier, nombre - ailleurs)
    if ailleurs:
        autre = next(candidat for siren, candidat in epcis().items() if siren != epci.siren)
        codes += _completer(uniforme, autre, autre.residence.tirer(uniforme), ailleurs)
    return tuple(_lieu(uniforme, code) for code in codes)


PART_RESIDANT_DANS_L_EPCI = 0.92
"""Applicants who already live in the EPCI where they ask first: an assumption."""


@cache
def _part_residence() -> float:
    part: float = donnees.defauts()["choix_communes"]["premier_choix_commune_de_residence"]
    return part / PART_RESIDANT_DANS_L_EPCI


def _completer(uniforme: Uniforme, epci: Epci, premier: str, nombre: int) -> list[str]:
    codes = [premier]
    voisines = epci.voisines[premier]
    while len(codes) < nombre:
        code = voisines.tirer(uniforme)
        if code not in codes:
            codes.append(code)
    return codes


def _lieu(uniforme: Uniforme, code: str) -> Lieu:
    nommes = quartiers(code)
    if not nommes or uniforme() >= _PART_AVEC_QUARTIER:
        return Lieu(code)
    return Lieu(code, nommes[int(uniforme() * len(nommes))])


@cache
def _typologies(taille: int) -> Table[str]:
    return Table(donnees.poids(donnees.defauts()["typologie_sachant_taille"][str(taille) if taille < 6 else "6+"]))


def choisir_typologies(uniforme: Uniforme, taille: int) -> tuple[str, ...]:
    """The principal wish by size of household, and for four in ten the next type up or down."""
    principale = _typologies(taille).tirer(uniforme)
    if uniforme() >= 0.4:
        return (principale,)
    rang = _TYPES.index(principale)
    autre = _TYPES[rang + 1 if (uniforme() < 0.6 and rang < len(_TYPES) - 1) or rang == 0 else rang - 1]
    return (principale, autre)


def choisir_categorie(uniforme: Uniforme) -> str:
    """Flat, house, or no matter."""
    return _CATEGORIES.tirer(uniforme)


def est_elargie(uniforme: Uniforme) -> bool:
    """Whether other communes of the département are accepted."""
    part: float = donnees.defauts()["choix_communes"]["elargissement_accepte"]
    return uniforme() < part


def a_un_handicap(uniforme: Uniforme, motifs: tuple[str, ...]) -> bool:
    """Whether the handicap complement is filled."""
    return uniforme() < max(_HANDICAP_SACHANT_MOTIF.get(motif, _HANDICAP_AUTREMENT) for motif in motifs)


def decrire_handicap(uniforme: Uniforme, menage: Menage) -> Handicap:
    """The handicap complement (section K)."""
    moteur = uniforme() < 0.75
    marche = entier(uniforme, 1, 4) if moteur else 4
    aides = ("4",) if marche == 1 else (("2",) if marche == 2 else ("1",))
    return Handicap(
        prenom=menage.titulaires[0].prenom if uniforme() < 0.8 else (menage.a_charge or menage.titulaires)[0].prenom,
        etat="EVO" if uniforme() < 0.35 else "STA",
        marche=str(marche),
        moteur=(("MI",) if uniforme() < 0.8 else ("MS", "MI")) if moteur else (),
        sensoriel=() if moteur else ("DA",) if uniforme() < 0.5 else ("DV",),
        aides=aides,
        equipements=("3", "4") if marche < 3 else ("4",) if marche == 3 else (),
        logement_adapte=marche < 4 or uniforme() < 0.3,
    )


def dalo(uniforme: Uniforme, le: int, *, depot: date, typologie: str, departement: str) -> Dalo | None:
    """A recognition by the commission de médiation, dated between deposit and `le`; some have lapsed."""
    part: float = donnees.defauts()["priorites"]["dalo_actif"]["hors_idf"]
    tirage = uniforme()
    if tirage >= part * 1.2:
        return None
    decision = date.fromordinal(entier(uniforme, depot.toordinal(), le))
    return Dalo("ACTIF" if tirage < part else "CADUC", decision, _DALO_PAR_TYPE[typologie], departement)


def labels(uniforme: Uniforme, le: int, depot: date, situation: Situation) -> tuple[Label, ...]:
    """A local priority label, more often where housing is precarious or a motive urgent."""
    urgente = situation.modele in PRECAIRES or not {"05", "06"}.isdisjoint(situation.motifs)
    if uniforme() >= (_LABEL_SI_PRECAIRE if urgente else _LABEL_AUTREMENT):
        return ()
    pose_le = date.fromordinal(entier(uniforme, depot.toordinal(), le))
    return (Label(_LABELS.tirer(uniforme), pose_le, _ORGANISATIONS.tirer(uniforme)),)
