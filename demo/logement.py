"""Motives and current housing (sections I and H): a joint law, so that the one explains the other."""

from datetime import date
from functools import cache
from typing import NamedTuple

from demo import donnees
from demo.menage import Menage
from demo.modele import Expulsion, LogementActuel
from demo.tirages import Table, Uniforme, ajuster, entier

PRECAIRES = frozenset({"RS", "RHVS", "SLHT", "SH", "CDEFCM", "CAMCAR", "HOT", "SD", "SQUAT"})
_HEBERGES = ("CPE", "CP", "RS", "RHVS", "SLHT", "SH", "CDEFCM", "LTG", "RE", "CAMCAR", "HOT", "SD", "SQUAT")
_LOGES = ("LP", "POCC", "FONC", "HLM")
_SANS_LOGEMENT = frozenset({"CAMCAR", "SD", "SQUAT"})
_PROPRES = frozenset({"HLM", "LP", "POCC", "FONC", "LTG", "SLHT"})
_AFFINITES = {
    "01": dict.fromkeys(_HEBERGES, 40.0) | dict.fromkeys(_LOGES, 0.2),
    "04": dict.fromkeys(_LOGES, 10.0),
    "05": dict.fromkeys(_LOGES, 10.0),
    "09": dict.fromkeys(_LOGES, 20.0) | {"RS": 2.0},
    "10": dict.fromkeys(_LOGES, 10.0),
    "12": {"CPE": 30.0, "CP": 5.0},
    "18": {"HOT": 2.0},
    "22": {"POCC": 60.0},
}
"""How much likelier a housing is under a motive (1 otherwise), before both margins are met: an assumption."""

_AUTRES_MOTIFS = Table({0: 0.55, 1: 0.30, 2: 0.15})
"""Motives beside the principal one: an assumption."""

_PRECISIONS = (
    "Je souhaite me rapprocher de l'école de mes enfants.",
    "Mon logement n'a pas de chauffage suffisant en hiver.",
    "Je reprends une formation à la rentrée.",
    "Je souhaite quitter une colocation.",
    "Retour dans la région après plusieurs années d'absence.",
)
_STADES = Table(
    {
        "commandement_payer": 35,
        "assignation": 25,
        "jugement": 20,
        "commandement_quitter": 15,
        "concours_force_publique": 5,
    }
)
"""Stages of the eviction procedure: an assumption."""

_SURFACES = {"C": 14, "T1": 28, "T2": 46, "T3": 64, "T4": 80, "T5": 96, "T6P": 115}
_CENTIMES_AU_M2 = {("HLM", "67"): 640, ("HLM", "68"): 590, ("LP", "67"): 1150, ("LP", "68"): 920}
"""Rents by square metre: orders of size only."""
_LOYERS_FIXES = {"RS": 420, "RE": 390, "SLHT": 350, "FONC": 250, "HOT": 600, "RHVS": 480, "SH": 90}


class Situation(NamedTuple):
    """Why the household asks, and where it lives."""

    motifs: tuple[str, ...]
    precision: str | None
    modele: str


def motiver(uniforme: Uniforme) -> Situation:
    """Principal motive and housing from their joint law, then other motives."""
    modele, principal = _loi().tirer(uniforme)
    motifs = [principal]
    autres = _motifs_seuls(modele == "HLM")
    for _ in range(_AUTRES_MOTIFS.tirer(uniforme)):
        autre = autres.tirer(uniforme)
        if autre not in motifs:
            motifs.append(autre)
    precision = _PRECISIONS[int(uniforme() * len(_PRECISIONS))] if "23" in motifs else None
    return Situation(tuple(motifs), precision, modele)


@cache
def _motifs_seuls(mutation: bool) -> Table[str]:
    return Table(donnees.poids(donnees.defauts()["motif_principal"]["mutation" if mutation else "primo"]))


@cache
def _loi() -> Table[tuple[str, str]]:
    """(housing, principal motive): social tenants by `mutation`, others with both published margins."""
    mutation = donnees.defauts()["mutation"]["poids_national"]
    modeles = donnees.poids(donnees.defauts()["modele_logement"]["primo"])
    motifs = _motifs_seuls(False).parts
    noyau = [[_AFFINITES.get(motif, {}).get(modele, 1.0) for motif in motifs] for modele in modeles]
    loi = ajuster(noyau, list(modeles.values()), list(motifs.values()))
    couples = {
        (modele, motif): (1 - mutation) * part
        for modele, ligne in zip(modeles, loi, strict=True)
        for motif, part in zip(motifs, ligne, strict=True)
    }
    return Table(couples | {("HLM", motif): mutation * part for motif, part in _motifs_seuls(True).parts.items()})


def decrire(
    uniforme: Uniforme,
    situation: Situation,
    menage: Menage,
    *,
    le: int,
    departement: str,
    total: int,
    bailleurs: tuple[str, ...],
) -> LogementActuel:
    """The current housing.

    total: monthly resources, euros; bailleurs: SIREN of the landlords of the département, told by part of their tenants.
    """
    modele = situation.modele
    personnes = menage.composition.taille + len(menage.en_garde)
    depuis = date.fromordinal(le - entier(uniforme, 30, 900 if modele in PRECAIRES else 4500))
    if modele in _SANS_LOGEMENT:
        return LogementActuel(modele, None, None, None, personnes, None, None, None, False, depuis, None)
    occupants = personnes + (entier(uniforme, 1, 3) if modele in {"CPE", "CP"} else 0)
    typologie = _typologie(uniforme, situation, occupants)
    surface = round(_SURFACES[typologie] * (0.86 + 0.28 * uniforme()))
    loyer = _loyer(uniforme, situation, departement, surface)
    enfants = menage.composition.enfants
    return LogementActuel(
        modele=modele,
        loyer=loyer,
        charges=round(surface * (1.1 + uniforme())) if loyer and modele in _PROPRES else None,
        aide=max(0, min(loyer * 6 // 10, 270 + 65 * enfants - total // 8)) if loyer else None,
        occupants=occupants,
        categorie="M" if modele in {"POCC", "CPE"} and uniforme() < 0.4 else "A",
        typologie=typologie,
        surface=None if uniforme() < 0.12 else surface,
        proprietaire=uniforme() < 0.02,
        depuis=depuis,
        siren_bailleur=bailleurs[int(uniforme() * len(bailleurs))]
        if modele == "HLM" and bailleurs and uniforme() < 0.7
        else None,
    )


def expulser(uniforme: Uniforme, situation: Situation, le: int) -> Expulsion | None:
    """The stage of the eviction procedure of those who give it as a motive (05)."""
    if "05" not in situation.motifs:
        return None
    return Expulsion(_STADES.tirer(uniforme), date.fromordinal(le - entier(uniforme, 5, 500)))


def _typologie(uniforme: Uniforme, situation: Situation, occupants: int) -> str:
    """Rooms against occupants; too small or too large when it is the motive."""
    if situation.modele in {"RS", "RE", "RHVS", "SH", "HOT", "CDEFCM"}:
        return "C" if occupants == 1 and uniforme() < 0.5 else ("T1" if occupants < 3 else "T2")
    pieces = max(1, round(0.75 * occupants + 0.2 + 1.1 * uniforme()))
    if situation.motifs[0] == "13":
        pieces = max(1, pieces - 1 - (occupants > 3))
    elif situation.motifs[0] == "10":
        pieces = max(3, pieces + 2)
    return "T6P" if pieces >= 6 else f"T{pieces}"


def _loyer(uniforme: Uniforme, situation: Situation, departement: str, surface: int) -> int | None:
    au_m2 = _CENTIMES_AU_M2.get((situation.modele, departement))
    if au_m2 is not None:
        cherte = 1.2 if situation.motifs[0] == "09" else 1.0
        petitesse = 1.0 + 6 / surface if situation.modele == "LP" else 1.0
        return round(surface * au_m2 * cherte * petitesse * (0.85 + 0.3 * uniforme()) / 100)
    fixe = _LOYERS_FIXES.get(situation.modele)
    return None if fixe is None else round(fixe * (0.8 + 0.4 * uniforme()))
