"""Reading the files of the national register (SNE): `lire` gives demandes, refusals, and where a file breaks; `lots_a_part`
gives them by batches, read by another process."""

from services.demande.adapters.sne.a_part import LectureInterrompue, lots_a_part
from services.demande.adapters.sne.fichier import lire
from services.demande.adapters.sne.lots import Lot
from services.demande.adapters.sne.resultat import Constat, DemandeLue, FichierRefuse, Lecture, Refusee

__all__ = [
    "Constat",
    "DemandeLue",
    "FichierRefuse",
    "Lecture",
    "LectureInterrompue",
    "Lot",
    "Refusee",
    "lire",
    "lots_a_part",
]
