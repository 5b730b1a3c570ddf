"""What the register finds persons and numbers by, without writing them: blind indexes."""

from collections.abc import Mapping

from services.chassis.vault.blind_index import BlindIndex
from services.demande.domain.dossier import Personne, Role


def empreinte_du_numero(index: BlindIndex, numero: str) -> str:
    """Blind index of a numéro unique: the identifier of its stream."""
    return index.of("numero-unique", numero)


def identite(index: BlindIndex, personnes: Mapping[str, Personne]) -> str:
    """Blind index of the applicant's name, first name and birth date (demande.md §2.2, duplicate search); empty when the
    household has no applicant."""
    for personne in personnes.values():
        if personne.role is Role.DEMANDEUR:
            return index.of("identite", personne.nom or "", personne.prenom or "", str(personne.naissance or ""))
    return ""
