"""Everything that the demonstration is fed with, written in one folder with the list of what it must give.

DOSSIER/sne/DEM….xml               SNE files, the spoiled and broken ones included
DOSSIER/parc/ANNEE_01_SIREN_001.CSV    RPLS transmission file of each landlord
DOSSIER/parc/liberations-SIREN-ANNEE.ndjson    a year of dwellings given up, one a line, by date
DOSSIER/parc/conventions.json      conventions in the order of signature
DOSSIER/manifeste.json             counts, and each line that an importer must report
"""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import msgspec

from demo.conventions import conventions
from demo.envoi import FichierEcrit, LigneAttendue, ecrire_envoi
from demo.liberations import generer_liberations
from demo.parc import generer_parc
from demo.population import Population
from demo.region import Bailleur, Region
from demo.rpls import ecrire_rpls, nom_du_fichier
from demo.territoire import epcis


class Parametres(msgspec.Struct, frozen=True):
    """What is generated. le: day of the register; exercice: civil year of conventions and vacancies.

    par_fichier: demandes an SNE file, 0 for one file; logements: dwellings of each landlord.
    """

    demandes: int
    graine: int
    le: date
    exercice: int
    version: str = "02.01"
    par_fichier: int = 0
    logements: int = 4_000
    avaries: bool = True


class Attendu(msgspec.Struct, frozen=True):
    """What importing must answer, file after file in order, on an empty register."""

    importees: int
    incompletes: int
    refusees: int
    fichiers_interrompus: int


class FichierDemandes(msgspec.Struct, frozen=True):
    """An SNE file and its lines to report, as in `demo.envoi`."""

    chemin: str
    role: str
    version: str
    demandes: int
    attendu: Attendu
    lignes_refusees: tuple[LigneAttendue, ...]
    lignes_incompletes: tuple[LigneAttendue, ...]
    lignes_fichier: tuple[LigneAttendue, ...]


class FichierParc(msgspec.Struct, frozen=True):
    """The park of a landlord and its year of vacancies."""

    bailleur: str
    siren: str
    rpls: str
    logements: int
    liberations: str
    nombre_liberations: int


class Manifeste(msgspec.Struct, frozen=True):
    """What was written, and what it must give."""

    region: str
    parametres: Parametres
    demandes: tuple[FichierDemandes, ...]
    attendu: Attendu
    parcs: tuple[FichierParc, ...]
    conventions: str
    nombre_conventions: int


def generer(
    parametres: Parametres, region: Region, dossier: Path, *, progres: Callable[[int], object] | None = None
) -> Manifeste:
    """Write everything under `dossier`, made when absent. Same parameters and region: same bytes.

    progres: called with the number of demandes written since the last call.
    """
    sne, parc = dossier / "sne", dossier / "parc"
    for sous_dossier in (sne, parc):
        sous_dossier.mkdir(parents=True, exist_ok=True)
    population = Population(
        parametres.demandes,
        graine=parametres.graine,
        le=parametres.le,
        bailleurs={epci.departement: region.bailleurs_de(epci.departement) for epci in epcis().values()},
    )
    ecrits = ecrire_envoi(
        sne,
        population,
        version=parametres.version,
        par_fichier=parametres.par_fichier,
        avaries=parametres.avaries,
        progres=progres,
    )
    signees = conventions(region, exercice=parametres.exercice)
    (parc / "conventions.json").write_bytes(msgspec.json.format(msgspec.json.encode(signees)))
    manifeste = Manifeste(
        region=region.code,
        parametres=parametres,
        demandes=tuple(_fichier(fichier) for fichier in ecrits),
        attendu=_attendu(ecrits),
        parcs=tuple(_parc(bailleur, parc, parametres) for bailleur in region.bailleurs),
        conventions="parc/conventions.json",
        nombre_conventions=len(signees),
    )
    (dossier / "manifeste.json").write_bytes(msgspec.json.format(msgspec.json.encode(manifeste)))
    return manifeste


def _attendu(fichiers: list[FichierEcrit]) -> Attendu:
    return Attendu(
        importees=sum(fichier.importees for fichier in fichiers),
        incompletes=sum(fichier.incompletes for fichier in fichiers),
        refusees=sum(fichier.refusees for fichier in fichiers),
        fichiers_interrompus=sum(bool(fichier.lignes_fichier) for fichier in fichiers),
    )


def _fichier(fichier: FichierEcrit) -> FichierDemandes:
    return FichierDemandes(
        chemin=f"sne/{fichier.nom}",
        role=fichier.role,
        version=fichier.version,
        demandes=fichier.demandes,
        attendu=_attendu([fichier]),
        lignes_refusees=fichier.lignes_refusees,
        lignes_incompletes=fichier.lignes_incompletes,
        lignes_fichier=fichier.lignes_fichier,
    )


def _parc(bailleur: Bailleur, dossier: Path, parametres: Parametres) -> FichierParc:
    logements = list(
        generer_parc(bailleur, logements=parametres.logements, graine=parametres.graine, annee=parametres.exercice)
    )
    rpls = nom_du_fichier(bailleur, parametres.exercice)
    ecrire_rpls(dossier / rpls, bailleur, logements, nombre=len(logements), annee=parametres.exercice)
    liberations = generer_liberations(bailleur, logements, graine=parametres.graine, exercice=parametres.exercice)
    nom = f"liberations-{bailleur.siren}-{parametres.exercice}.ndjson"
    (dossier / nom).write_bytes(b"".join(msgspec.json.encode(liberation) + b"\n" for liberation in liberations))
    return FichierParc(
        bailleur=bailleur.id,
        siren=bailleur.siren,
        rpls=f"parc/{rpls}",
        logements=len(logements),
        liberations=f"parc/{nom}",
        nombre_liberations=len(liberations),
    )
