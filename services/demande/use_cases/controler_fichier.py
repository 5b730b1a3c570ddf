"""Check a file without importing it: what the file alone can tell, no service running."""

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

from contracts.sne.anomalies import ANOMALIES
from services.demande.adapters.sne import DemandeLue, FichierRefuse, Lecture, Refusee, lire
from services.demande.domain.dossier import Personne, Role
from services.demande.domain.importation import Bilan, LigneRefusee

_PAS = 200


def controler_fichier(chemin: Path, le: date, avance: Callable[[int], None] = lambda _octets: None) -> Bilan:
    """The report that an import of the file into an empty register would give. Two demandes with one number and two
    applicants are told, two with the same applicant counted as already known. Raises OSError."""
    bilan, vus = Bilan(), dict[str, tuple[str, ...]]()
    with chemin.open("rb") as flux:
        for rang, item in enumerate(lire(flux, le=le)):
            bilan = bilan.plus(_bilan_de(item, vus))
            if rang % _PAS == 0:
                avance(item.position)
    return bilan


def _bilan_de(item: Lecture, vus: dict[str, tuple[str, ...]]) -> Bilan:
    match item:
        case FichierRefuse(constat=constat):
            return Bilan(interrompu=LigneRefusee(constat.ligne, constat.champ, constat.code, constat.message))
        case Refusee():
            lignes = tuple(LigneRefusee(c.ligne, c.champ, c.code, c.message) for c in item.constats)
            return Bilan(refusees=1, lignes_refusees=lignes, ordre=item.ordre)
        case DemandeLue() if item.est_brouillon:
            return Bilan(incompletes=1, ordre=item.ordre)
    return _bilan_du_numero(item, vus)


def _bilan_du_numero(item: DemandeLue, vus: dict[str, tuple[str, ...]]) -> Bilan:
    qui = _qui(item.personnes.values())
    deja = qui if item.numero is None else vus.setdefault(item.numero, qui)
    if deja is qui:
        return Bilan(importees=1, ordre=item.ordre)
    if deja == qui:
        return Bilan(deja_connues=1, ordre=item.ordre)
    anomalie = ANOMALIES["numero-unique-deja-attribue"]
    ligne = LigneRefusee(item.ligne_numero, anomalie.champ, anomalie.code, anomalie.message())
    return Bilan(refusees=1, lignes_refusees=(ligne,), ordre=item.ordre)


def _qui(personnes: Iterable[Personne]) -> tuple[str, ...]:
    """Who the applicant is: name, first name, birth date."""
    for personne in personnes:
        if personne.role is Role.DEMANDEUR:
            return (personne.nom or "", personne.prenom or "", str(personne.naissance or ""))
    return ()
