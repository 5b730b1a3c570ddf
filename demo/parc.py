"""The park of a landlord: programmes of dwellings in the EPCI of its départements, seeded and reproducible.

Rents, financings, sizes and ages are orders of size (assumptions); no programme is real.
"""

from collections.abc import Iterator
from random import Random

import msgspec

from contracts import territoire as referentiel
from demo import donnees
from demo.region import Bailleur
from demo.territoire import epcis, habitants, quartiers
from demo.tirages import Table, Uniforme, entier

_PERIODES = {(1950, 1964): 16, (1965, 1976): 34, (1977, 1989): 17, (1990, 2004): 14, (2005, 2014): 10, (2015, 2025): 9}
_ANNEES = Table(_PERIODES)
_FINANCEMENTS = {
    1977: Table({"52": 70, "51": 15, "53": 10, "54": 5}),
    2001: Table({"12": 85, "11": 10, "14": 5}),
    3000: Table({"13": 62, "10": 25, "14": 13}),
}
"""Codes of financement_initial by year of completion, before the year given."""

_PIECES = Table({1: 6, 2: 21, 3: 36, 4: 27, 5: 9, 6: 1})
_SURFACES = {1: 29, 2: 46, 3: 65, 4: 80, 5: 96, 6: 112}
_CENTIMES_AU_M2 = {"10": 560, "11": 540, "14": 900, "13": 630, "12": 600, "52": 520, "51": 480, "53": 610, "54": 650}
_PLAFONDS = {"10": "11", "11": "11", "14": "14"}
_CONTINGENTS = Table({"2": 25, "1": 5, "3": 18, "4": 15, "7": 37})
_OCCUPATIONS = Table({"1": 96.3, "2": 1.6, "3": 1.6, "4": 0.5})
_CLASSES_DPE = {1977: Table({"D": 42, "E": 33, "C": 15, "F": 10}), 2006: Table({"C": 40, "D": 45, "E": 15})}
_CLASSES_DPE_RECENTES = Table({"A": 20, "B": 45, "C": 35})
_TAILLES = Table({12: 20, 24: 35, 36: 25, 60: 14, 90: 6})
_MAISONS = 0.06
_PART_EN_QPV = {"67482": 0.42, "67447": 0.25, "67043": 0.2, "67267": 0.2, "68224": 0.45, "68376": 0.2, "68154": 0.25}
"""Share of programmes in a priority district, in the communes that have some: an assumption."""

_HABITANTS_MINIMUM = 1500
"""Communes below this population hold no programme: an assumption."""

_BAIL_MOIS = 300
"""Oldest lease; the square of the draw makes recent leases likelier (a third of it as the mean): an assumption."""


class Programme(msgspec.Struct, frozen=True, gc=False):
    """A building or a group of houses; `numero` is its place in the landlord's park."""

    numero: int
    nom: str
    commune: str
    nom_commune: str
    code_postal: str
    numero_voie: str
    voie: str
    en_qpv: bool
    maison: bool
    annee: int
    financement: str
    ascenseur: bool
    niveaux: int
    classe_energie: str
    mode_entree: str


class Logement(msgspec.Struct, frozen=True, gc=False):
    """A dwelling of the park on 1 January. Amounts are whole euros a month."""

    identifiant_rpls: str
    identifiant_bailleur: str
    programme: Programme
    entree: str
    etage: int
    appartement: str
    pieces: int
    surface: int
    loyer: int
    loyer_maximal: int
    accessoires: int
    charges: int
    occupation: str
    bail: tuple[int, int] | None
    contingent: str

    @property
    def typologie(self) -> str:
        """T1 to T6."""
        return f"T{self.pieces}"

    @property
    def plafond(self) -> str:
        """Resource ceiling (plafond_cus): 11 PLAI, 13 PLUS, 14 PLS; old stock counts as PLUS (demande.md §7.1)."""
        return _PLAFONDS.get(self.programme.financement, "13")


def generer_parc(bailleur: Bailleur, *, logements: int, graine: int, annee: int) -> Iterator[Logement]:
    """The dwellings of a landlord on 1 January of `annee`, programme after programme, exactly `logements` of them."""
    alea = Random(f"{graine}:parc:{bailleur.siren}")  # noqa: S311  (reproducible on purpose)
    communes = _communes(bailleur)
    faits = 0
    numero = 0
    while faits < logements:
        numero += 1
        programme, taille = _programme(alea.random, numero, communes)
        for rang in range(min(taille, logements - faits)):
            faits += 1
            yield _logement(alea.random, bailleur.siren, programme, rang=rang, numero=faits, annee=annee)


def _communes(bailleur: Bailleur) -> Table[referentiel.Commune]:
    """Communes of the EPCI in its départements; an EPCI weighs by population, larger communes more than their share."""
    poids = {}
    for epci in epcis().values():
        if epci.departement in bailleur.departements:
            for commune in epci.communes.values():
                if habitants(commune) >= _HABITANTS_MINIMUM:
                    poids[commune] = habitants(commune) ** 1.1
    return Table(poids)


def _programme(uniforme: Uniforme, numero: int, communes: Table[referentiel.Commune]) -> tuple[Programme, int]:
    commune = communes.tirer(uniforme)
    bas, haut = _ANNEES.tirer(uniforme)
    annee = entier(uniforme, bas, haut)
    maison = uniforme() < _MAISONS
    taille = entier(uniforme, 4, 10) if maison else _TAILLES.tirer(uniforme)
    noms = quartiers(commune.code) or (commune.nom,)
    voies = donnees.voies()
    niveaux = 1 if maison else entier(uniforme, 3, 5) if taille <= 24 else entier(uniforme, 4, 10)
    return Programme(
        numero=numero,
        nom=f"{noms[int(uniforme() * len(noms))]} {numero}",
        commune=commune.code,
        nom_commune=commune.nom,
        code_postal=commune.codes_postaux[int(uniforme() * len(commune.codes_postaux))],
        numero_voie=str(entier(uniforme, 1, 140)),
        voie=voies[int(uniforme() * len(voies))],
        en_qpv=uniforme() < _PART_EN_QPV.get(commune.code, 0.0),
        maison=maison,
        annee=annee,
        financement=next(table for limite, table in _FINANCEMENTS.items() if annee < limite).tirer(uniforme),
        ascenseur=niveaux >= 5,
        niveaux=niveaux,
        classe_energie=_classe_dpe(uniforme, annee),
        mode_entree="4" if annee >= 2010 and uniforme() < 0.4 else "1",
    ), taille


def _classe_dpe(uniforme: Uniforme, annee: int) -> str:
    table = next((table for limite, table in _CLASSES_DPE.items() if annee < limite), _CLASSES_DPE_RECENTES)
    return table.tirer(uniforme)


def _logement(uniforme: Uniforme, siren: str, programme: Programme, *, rang: int, numero: int, annee: int) -> Logement:
    pieces = max(3, _PIECES.tirer(uniforme)) if programme.maison else _PIECES.tirer(uniforme)
    surface = round(_SURFACES[pieces] * (0.9 + 0.2 * uniforme()))
    loyer = round(surface * _CENTIMES_AU_M2[programme.financement] * (0.94 + 0.12 * uniforme()) / 100)
    occupation = _OCCUPATIONS.tirer(uniforme)
    mois = annee * 12 - 1 - min(int(_BAIL_MOIS * uniforme() ** 2), max(0, (annee - 1 - programme.annee) * 12))
    departement = programme.commune[:2]
    return Logement(
        identifiant_rpls=f"{departement}{siren[-3:]}{numero:05}",
        identifiant_bailleur=f"{programme.numero:04}-{rang // 12 + 1:02}-{rang + 1:03}",
        programme=programme,
        entree=str(rang // 12 + 1),
        etage=rang % programme.niveaux if not programme.maison else 0,
        appartement=str(rang + 1),
        pieces=pieces,
        surface=surface,
        loyer=loyer,
        loyer_maximal=loyer + 20 + loyer // 10,
        accessoires=entier(uniforme, 25, 45) if uniforme() < 0.35 else 0,
        charges=round(surface * (1.4 + 0.8 * uniforme())),
        occupation=occupation,
        bail=(mois // 12, mois % 12 + 1) if occupation == "1" else None,
        contingent=_CONTINGENTS.tirer(uniforme),
    )
