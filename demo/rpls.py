"""The RPLS transmission file of a landlord: `;`, ISO-8859-1, one header line, one line a dwelling.

Layout: contracts/codelists/rpls_fichier.json (arrêté du 5 janvier 2010, annexe): 12 and 64 fields.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from contracts import listes
from demo.parc import Logement
from demo.region import Bailleur

ENCODAGE = "iso-8859-1"
_SANS_OBJET = {"surface_loyer_m2": "999", "contribution_economies_euros": "999"}
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "Oe", "’": "'"})
"""What ISO-8859-1 cannot write."""


def nom_du_fichier(bailleur: Bailleur, annee: int) -> str:
    """`ANNEE_NUMENV_IDENTPRO_NFIC.CSV`, first sending."""
    return f"{annee}_01_{bailleur.siren}_001.CSV"


def ecrire_rpls(chemin: Path, bailleur: Bailleur, parc: Iterable[Logement], *, nombre: int, annee: int) -> None:
    """Write the park, by stream. nombre: number of dwellings, which the header states."""
    with chemin.open("w", encoding=ENCODAGE, newline="\r\n") as sortie:
        sortie.write(_ligne("entete", _entete(bailleur, nombre, annee)))
        for logement in parc:
            sortie.write(_ligne("logement", _champs(logement)))


def siret(siren: str) -> str:
    """A SIRET of the SIREN whose check digit is right (Luhn), establishment 0001."""
    radical = f"{siren}0001"
    return next(radical + chiffre for chiffre in "0123456789" if _luhn(radical + chiffre) % 10 == 0)


def _luhn(numero: str) -> int:
    doubles = (int(chiffre) * (1 + rang % 2) for rang, chiffre in enumerate(reversed(numero)))
    return sum(valeur - 9 if valeur > 9 else valeur for valeur in doubles)


@cache
def _positions(partie: str) -> tuple[tuple[str, int], ...]:
    """Names and longest lengths of the fields, in the order of the file."""
    champs = sorted(listes.table("rpls_fichier")[partie], key=lambda champ: int(champ["position"]))
    return tuple((champ["nom"], int(champ["longueur_max"])) for champ in champs)


def _ligne(partie: str, valeurs: Mapping[str, str]) -> str:
    """One line, fields in order; one that is too long or holds a separator is a fault of this module."""
    morceaux = []
    for nom, longueur in _positions(partie):
        valeur = valeurs.get(nom, "").translate(_LIGATURES)
        if len(valeur) > longueur or ";" in valeur:
            raise ValueError(f"Le champ « {nom} » ne tient pas dans le fichier : « {valeur} ».")
        morceaux.append(valeur)
    return ";".join(morceaux) + "\n"


def _entete(bailleur: Bailleur, nombre: int, annee: int) -> dict[str, str]:
    return {
        "annee_enquete": str(annee),
        "numero_interne_organisme": bailleur.siren,
        "raison_sociale": bailleur.nom,
        "siret": siret(bailleur.siren),
        "nombre_logements": str(nombre),
    }


def _champs(logement: Logement) -> dict[str, str]:
    return _situation(logement) | _batiment(logement) | _occupation(logement) | _SANS_OBJET


def _situation(logement: Logement) -> dict[str, str]:
    programme = logement.programme
    nature, _, nom = programme.voie.partition(" ")
    return {
        "identifiant_rpls": logement.identifiant_rpls,
        "identifiant_bailleur": logement.identifiant_bailleur,
        "droit": "1",
        "code_commune": programme.commune,
        "code_postal": programme.code_postal,
        "libelle_commune": programme.nom_commune,
        "numero_voie": programme.numero_voie,
        "type_voie": nature,
        "nom_voie": nom,
        "numero_appartement": logement.appartement,
        "etage": str(logement.etage),
        "entree": logement.entree,
        "programme": programme.nom,
        "zus": "1" if programme.en_qpv else "2",
    }


def _batiment(logement: Logement) -> dict[str, str]:
    programme = logement.programme
    conventionne = {
        "conventionne_apl": "1",
        "numero_convention_apl": f"{programme.commune[:2]}/3/{programme.annee}/{programme.numero:04}",
        "date_convention_apl": f"01/07/{max(programme.annee, 1978)}",
    }
    return conventionne | {
        "type_construction": "I" if programme.maison else "C",
        "pieces_principales": str(logement.pieces),
        "surface_habitable_m2": str(logement.surface),
        "annee_achevement": str(programme.annee),
        "annee_premiere_location_sociale": str(programme.annee),
        "annee_entree_patrimoine": str(programme.annee),
        "mode_entree": programme.mode_entree,
        "financement_initial": programme.financement,
        "sortie_patrimoine": "9",
        "plafond_cus": logement.plafond,
        "date_dpe": f"06/{max(programme.annee, 2021)}",
        "classe_energie": programme.classe_energie,
        "classe_ges": programme.classe_energie,
    }


def _occupation(logement: Logement) -> dict[str, str]:
    bail = {}
    if logement.bail is not None:
        annee, mois = logement.bail
        bail = {"date_bail": f"{mois:02}/{annee}", "mode_surface": "3"}
    return bail | {
        "mode_occupation": logement.occupation,
        "loyer_principal_euros": str(logement.loyer),
        "loyers_accessoires_euros": str(logement.accessoires) if logement.accessoires else "999",
        "loyer_maximal_apl_euros": str(logement.loyer_maximal),
        "loyer_maximal_cus_euros": str(logement.loyer_maximal),
        "contingent": logement.contingent,
    }
