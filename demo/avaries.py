"""Ten ways to spoil a demande, and three ways to leave it incomplete: which ones, where, and what must be answered.

The file stays well formed: a spoiled demande must be refused alone. The codes are those of contracts/sne/anomalies.py.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from contracts.sne.anomalies import ANOMALIES, Suite

PERIODE = 100
"""One demande spoiled in each hundred; one left incomplete in every second hundred."""

_PAS, _ECART_BROUILLON = 61, 37
_COMMUNE_FICTIVE = "67999"
_NUMERO_MAL_FORME = "67-2024-000123"
_ANS_APRES = 30

Lignes = list[str]


@dataclass(frozen=True, slots=True)
class Contexte:
    """What a way to spoil may need: the day of the population, and a number already given to somebody else."""

    le: date
    numero_d_autrui: str


Gater = Callable[[Sequence[str], Contexte], tuple[Lignes, int]]
"""Lines of a demande in; spoiled lines out, with the position of the faulty line (0, the opening tag, when it lacks)."""


@dataclass(frozen=True, slots=True)
class Avarie:
    """One way to spoil: its name, the code of anomaly awaited, the field named in the report, and how it is done."""

    nom: str
    code: str
    champ: str
    gater: Gater

    @property
    def suite(self) -> Suite:
        """What becomes of the demande."""
        return ANOMALIES[self.code].suite


def avarie_de(rang: int, graine: int) -> Avarie | None:
    """How the demande of this place is spoiled or left incomplete, if it is. Depends on (seed, rang) alone."""
    centaine, place = divmod(rang, PERIODE)
    choisie = (graine * _PAS + centaine * (_PAS + 2) + 11) % PERIODE
    if place == choisie:
        return AVARIES[centaine % len(AVARIES)]
    if centaine % 2 == 0 and place == (choisie + _ECART_BROUILLON) % PERIODE:
        return BROUILLONS[centaine // 2 % len(BROUILLONS)]
    return None


def _position(lignes: Sequence[str], debut: str, apres: str | None = None) -> int:
    """Position of the first line that starts with `debut`, after the first that starts with `apres`."""
    depart = 0 if apres is None else _position(lignes, apres)
    return next(rang for rang in range(depart, len(lignes)) if lignes[rang].startswith(debut))


def _remplacer(debut: str, ligne: str, apres: str | None = None) -> Gater:
    def gater(lignes: Sequence[str], _: Contexte) -> tuple[Lignes, int]:
        rang = _position(lignes, debut, apres)
        return [*lignes[:rang], ligne, *lignes[rang + 1 :]], rang

    return gater


def _oter(debut: str) -> Gater:
    def gater(lignes: Sequence[str], _: Contexte) -> tuple[Lignes, int]:
        rang = _position(lignes, debut)
        return [*lignes[:rang], *lignes[rang + 1 :]], 0

    return gater


def _oter_bloc(balise: str) -> Gater:
    def gater(lignes: Sequence[str], _: Contexte) -> tuple[Lignes, int]:
        debut, fin = _position(lignes, f"<{balise}>"), _position(lignes, f"</{balise}>")
        return [*lignes[:debut], *lignes[fin + 1 :]], 0

    return gater


def _vider_bloc(balise: str) -> Gater:
    def gater(lignes: Sequence[str], _: Contexte) -> tuple[Lignes, int]:
        debut, fin = _position(lignes, f"<{balise}>"), _position(lignes, f"</{balise}>")
        return [*lignes[: debut + 1], *lignes[fin:]], 0

    return gater


def _numeroter(lignes: Sequence[str], numero: str) -> tuple[Lignes, int]:
    """Give this number to the demande, which stands on the line after the opening tag."""
    suite = lignes[2:] if lignes[1].startswith("<numUnique>") else lignes[1:]
    return [lignes[0], f"<numUnique>{numero}</numUnique>", *suite], 1


def _dater_plus_tard(balise: str) -> Gater:
    def gater(lignes: Sequence[str], contexte: Contexte) -> tuple[Lignes, int]:
        futur = f"<{balise}>{contexte.le.year + _ANS_APRES}-03-14</{balise}>"
        return _remplacer(f"<{balise}>", futur)(lignes, contexte)

    return gater


def _montant_negatif(lignes: Sequence[str], _: Contexte) -> tuple[Lignes, int]:
    annee = _position(lignes, "<anneeMoins2>")
    suite = annee + 1 + lignes[annee + 1].startswith("<montantMoins2>")
    return [*lignes[: annee + 1], "<montantMoins2>-1200</montantMoins2>", *lignes[suite:]], annee + 1


_DEMANDEUR = "personnePhysique/demandeur"
_LIEU = "logementRecherche/listeLocalisationSouhaite/localisationSouhaite"

AVARIES: tuple[Avarie, ...] = (
    Avarie(
        "motif hors liste",
        "code-inconnu",
        "listeMotifDemande/motifDemande/@code",
        _remplacer("<motifDemande ", '<motifDemande code="99"/>'),
    ),
    Avarie(
        "commune qui n'existe pas",
        "commune-inconnue",
        f"{_LIEU}/commune/@code",
        _remplacer("<commune ", f'<commune code="{_COMMUNE_FICTIVE}"/>', apres="<localisationSouhaite>"),
    ),
    Avarie(
        "naissance un 30 février",
        "date-impossible",
        f"{_DEMANDEUR}/dateNaissance",
        _remplacer("<dateNaissance>", "<dateNaissance>1985-02-30</dateNaissance>"),
    ),
    Avarie("naissance à venir", "naissance-future", f"{_DEMANDEUR}/dateNaissance", _dater_plus_tard("dateNaissance")),
    Avarie("demandeur sans nom", "identite-absente", f"{_DEMANDEUR}/nom", _oter("<nom>")),
    Avarie(
        "numéro unique mal formé",
        "numero-unique-mal-forme",
        "numUnique",
        lambda lignes, _: _numeroter(lignes, _NUMERO_MAL_FORME),
    ),
    Avarie(
        "numéro unique d'une autre personne",
        "numero-unique-deja-attribue",
        "numUnique",
        lambda lignes, contexte: _numeroter(lignes, contexte.numero_d_autrui),
    ),
    Avarie("revenu négatif", "montant-negatif", f"{_DEMANDEUR}/revenuFiscal/montantMoins2", _montant_negatif),
    Avarie("dépôt à venir", "depot-futur", "dateCreationDemande", _dater_plus_tard("dateCreationDemande")),
    Avarie(
        "prénom perdu dans une conversion",
        "texte-illisible",
        f"{_DEMANDEUR}/prenom",
        _remplacer("<prenom>", "<prenom>Fran\ufffdois</prenom>"),
    ),
)
"""The ten ways: one code each, all refused."""

BROUILLONS: tuple[Avarie, ...] = (
    Avarie("guichet manquant", "guichet-absent", "numGuichet", _oter("<numGuichet>")),
    Avarie(
        "typologie manquante",
        "typologie-absente",
        "logementRecherche/listeTypeLogement/typeLogement",
        _vider_bloc("listeTypeLogement"),
    ),
    Avarie("recherche manquante", "recherche-absente", "logementRecherche", _oter_bloc("logementRecherche")),
)
"""Incomplete demandes: kept as drafts with what is missing."""

MANQUES_DE_L_ETAT = ("type-fichier-absent", "guichet-absent", "recherche-absente")
"""What the State's sample of version 02.00 lacks, in the order of the file."""


def comme_l_etat(lignes: Sequence[str]) -> Lignes:
    """The demande without registering service nor dwelling wished, as in the State's sample."""
    contexte = Contexte(date.min, "")
    return _oter_bloc("logementRecherche")(_oter("<numGuichet>")(lignes, contexte)[0], contexte)[0]


PAR_CODE = MappingProxyType({avarie.code: avarie for avarie in (*AVARIES, *BROUILLONS)})
