"""A sending of SNE files for a population: the main files with their spoiled demandes, and the files broken on purpose.

What an importer must answer is returned with the files, line by line.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time
from itertools import islice
from pathlib import Path

from contracts.sne.anomalies import ANOMALIES, Suite
from demo.avaries import MANQUES_DE_L_ETAT, Avarie, Contexte, avarie_de, comme_l_etat
from demo.demande_sne import lignes_de_la_demande
from demo.fichier_sne import Entete, FichierSne, nom_de_fichier
from demo.modele import Demande
from demo.population import Population

EMETTEUR = "G6702"
"""Registering service whose code names the files."""

_ANNEXES = 3
"""Demandes of each file broken on purpose."""


@dataclass(frozen=True, slots=True)
class LigneAttendue:
    """One line that the importer must report.

    ligne: of the faulty element, or of `demandeLogement` when it is missing; ligne_demande: of `demandeLogement`
    (0 for a fault of the file itself); rang: place in the population.
    """

    ligne: int
    ligne_demande: int
    champ: str
    code: str
    rang: int


@dataclass(frozen=True, slots=True)
class FichierEcrit:
    """A file and what importing it must give, on an empty register."""

    nom: str
    role: str
    version: str
    demandes: int
    importees: int
    lignes_refusees: tuple[LigneAttendue, ...] = ()
    lignes_incompletes: tuple[LigneAttendue, ...] = ()
    lignes_fichier: tuple[LigneAttendue, ...] = ()

    @property
    def refusees(self) -> int:
        """Demandes refused."""
        return len(self.lignes_refusees)

    @property
    def incompletes(self) -> int:
        """Demandes kept as drafts."""
        return len({ligne.rang for ligne in self.lignes_incompletes})


def ecrire_envoi(
    dossier: Path,
    population: Population,
    *,
    version: str = "02.01",
    par_fichier: int = 0,
    avaries: bool = True,
    progres: Callable[[int], object] | None = None,
) -> list[FichierEcrit]:
    """Write the files of a population in `dossier`, by stream; returns them in the order written.

    par_fichier: demandes a file, 0 for a single file; avaries: spoil one demande in a hundred, leave one in two hundred
    incomplete, and add three broken files (roles `brouillons-etat`, `tronque`, `encodage`); progres: called with the
    number of demandes written since the last call.
    """
    instant = datetime.combine(population.le, time(6), UTC)
    suites = _demandes_suivantes(population) if avaries else []
    demandes = iter(population)
    ecrits: list[FichierEcrit] = []
    restantes = len(population)
    while restantes or not ecrits:
        taille = min(par_fichier or restantes, restantes)
        chemin = dossier / nom_de_fichier(EMETTEUR, instant, len(ecrits) + 1)
        lot = _Lot(population, avaries=avaries)
        ecrits.append(lot.ecrire(chemin, Entete(version, instant), islice(demandes, taille), progres))
        restantes -= taille
    if avaries:
        ecrits += _annexes(dossier, suites, Entete(version, instant), len(ecrits))
    return ecrits


class _Lot:
    """Writes one main file and keeps what must be answered."""

    def __init__(self, population: Population, *, avaries: bool) -> None:
        self._population = population
        self._avaries = avaries
        self._attendues: dict[Suite, list[LigneAttendue]] = {Suite.REFUS: [], Suite.BROUILLON: []}

    def ecrire(
        self, chemin: Path, entete: Entete, demandes: Iterator[Demande], progres: Callable[[int], object] | None
    ) -> FichierEcrit:
        with FichierSne(chemin, entete) as fichier:
            for demande in demandes:
                self._ajouter(fichier, demande)
                if progres and fichier.demandes % 500 == 0:
                    progres(500)
        if progres:
            progres(fichier.demandes % 500)
        refusees, brouillons = self._attendues[Suite.REFUS], self._attendues[Suite.BROUILLON]
        return FichierEcrit(
            nom=chemin.name,
            role="principal",
            version=entete.version,
            demandes=fichier.demandes,
            importees=fichier.demandes - len(refusees) - len(brouillons),
            lignes_refusees=tuple(refusees),
            lignes_incompletes=tuple(brouillons),
        )

    def _ajouter(self, fichier: FichierSne, demande: Demande) -> None:
        lignes = lignes_de_la_demande(demande)
        avarie = avarie_de(demande.rang, self._population.graine) if self._avaries else None
        if avarie is None:
            fichier.ajouter(lignes)
            return
        gatees, position = avarie.gater(lignes, self._contexte(avarie, demande.rang))
        debut = fichier.ajouter(gatees)
        self._attendues[avarie.suite].append(
            LigneAttendue(debut + position, debut, avarie.champ, avarie.code, demande.rang)
        )

    def _contexte(self, avarie: Avarie, rang: int) -> Contexte:
        if avarie.code != "numero-unique-deja-attribue":
            return Contexte(self._population.le, "")
        return Contexte(self._population.le, self._numero_precedent(rang))

    def _numero_precedent(self, rang: int) -> str:
        """The number of the nearest demande before this one that is whole and has one."""
        for precedent in range(rang - 1, -1, -1):
            if avarie_de(precedent, self._population.graine) is None:
                numero = self._population.demande(precedent).numero
                if numero is not None:
                    return numero
        raise ValueError("Aucune demande n'a de numéro avant celle-ci.")


def _demandes_suivantes(population: Population) -> list[list[Demande]]:
    """The demandes of the three broken files: those that come after the population."""
    debut = len(population)
    return [[population.demande(debut + lot * _ANNEXES + rang) for rang in range(_ANNEXES)] for lot in range(3)]


def _annexes(dossier: Path, suites: list[list[Demande]], entete: Entete, numero: int) -> list[FichierEcrit]:
    """The three files broken on purpose."""
    chemins = [dossier / nom_de_fichier(EMETTEUR, entete.instant, numero + 1 + lot) for lot in range(3)]
    return [
        _brouillons_de_l_etat(chemins[0], entete.instant, suites[0]),
        _tronque(chemins[1], entete, suites[1]),
        _mal_encode(chemins[2], entete, suites[2]),
    ]


def _brouillons_de_l_etat(chemin: Path, instant: datetime, demandes: list[Demande]) -> FichierEcrit:
    attendues: list[LigneAttendue] = []
    with FichierSne(chemin, Entete("02.00", instant, type_fichier=None)) as fichier:
        for demande in demandes:
            debut = fichier.ajouter(comme_l_etat(lignes_de_la_demande(demande)))
            attendues += (_manque(code, debut, demande.rang) for code in MANQUES_DE_L_ETAT)
    return FichierEcrit(
        chemin.name, "brouillons-etat", "02.00", len(demandes), importees=0, lignes_incompletes=tuple(attendues)
    )


def _manque(code: str, debut: int, rang: int) -> LigneAttendue:
    return LigneAttendue(debut, debut, ANOMALIES[code].champ, code, rang)


def _tronque(chemin: Path, entete: Entete, demandes: list[Demande]) -> FichierEcrit:
    """The file stops in the middle of its last demande."""
    with FichierSne(chemin, entete) as fichier:
        debuts = [fichier.ajouter(lignes_de_la_demande(demande)) for demande in demandes]
    lignes = chemin.read_text(encoding="utf-8").splitlines()[: debuts[-1] + 12]
    chemin.write_text("\n".join(lignes)[:-4], encoding="utf-8", newline="\n")
    return _interrompu(chemin, "tronque", entete, demandes, len(lignes))


def _mal_encode(chemin: Path, entete: Entete, demandes: list[Demande]) -> FichierEcrit:
    """A byte of ISO-8859-1 stands in the first name of the last demande, though the file says UTF-8."""
    with FichierSne(chemin, entete) as fichier:
        debuts = [fichier.ajouter(lignes_de_la_demande(demande)) for demande in demandes]
    octets = chemin.read_bytes().split(b"\n")
    ligne = next(rang for rang in range(debuts[-1], len(octets)) if octets[rang].startswith(b"<prenom>"))
    octets[ligne] = "<prenom>Thérèse</prenom>".encode("iso-8859-1")
    chemin.write_bytes(b"\n".join(octets))
    return _interrompu(chemin, "encodage", entete, demandes, ligne + 1)


def _interrompu(chemin: Path, role: str, entete: Entete, demandes: list[Demande], ligne: int) -> FichierEcrit:
    return FichierEcrit(
        chemin.name,
        role,
        entete.version,
        len(demandes),
        importees=len(demandes) - 1,
        lignes_fichier=(LigneAttendue(ligne, 0, "", "fichier-illisible", demandes[-1].rang),),
    )
