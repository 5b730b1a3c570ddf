"""Reading the files of the national register (SNE): `lire` gives demandes, refusals, and where a file breaks."""

from services.demande.adapters.sne.fichier import lire
from services.demande.adapters.sne.resultat import Constat, DemandeLue, FichierRefuse, Lecture, Refusee

__all__ = ["Constat", "DemandeLue", "FichierRefuse", "Lecture", "Refusee", "lire"]
