"""The RPLS transmission file of a landlord, read by stream: `;`, ISO-8859-1, one header line, one line a dwelling.

Layout: contracts/codelists/rpls_fichier.json (arrêté du 5 janvier 2010 DEVU0929020A, article 3 and annexe; flux.md §5).
"""

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from contracts import listes, territoire
from services.flux.domain.erreurs import ParcRefuse
from services.flux.domain.logement import FicheLogement, MotifHorsFlux

ENCODAGE = "iso-8859-1"
_LIGNE_MAX = 8_192
_CONTROLE = re.compile(r"[\x00-\x1f\x7f]")
_SANS_OBJET = "9999"
_SORTIES = {
    "1": MotifHorsFlux.VENTE,
    "2": MotifHorsFlux.VENTE,
    "3": MotifHorsFlux.VENTE,
    "4": MotifHorsFlux.DEMOLITION,
}
_PAR_PLAFOND = {"11": "PLAI", "13": "PLUS", "14": "PLS", "16": "PLI"}
_PAR_FINANCEMENT = {"10": "PLAI", "11": "PLAI", "14": "PLS", "16": "PLI", "17": "PLS"}
"""Financing by code of field 32; the others (PLA, PLUS, and all from before 1977) count as PLUS (demande.md §7.1)."""


@dataclass(frozen=True, slots=True)
class Entete:
    """The first line. siren: of the landlord; logements: how many it announces."""

    millesime: int
    siren: str
    logements: int


@dataclass(frozen=True, slots=True)
class LigneRefusee:
    """A line that is not taken: where, which field, what to do. champ: name of the RPLS field, empty for the line."""

    ligne: int
    champ: str
    code: str
    message: str


class _Faute(Exception):
    def __init__(self, champ: str, code: str, message: str) -> None:
        super().__init__(message)
        self.champ, self.code, self.message = champ, code, message


async def lignes(morceaux: AsyncIterator[bytes]) -> AsyncIterator[tuple[int, str]]:
    """The lines of a body that comes by pieces, numbered from 1, without their end. Raises ParcRefuse on an endless one."""
    reste, numero = b"", 0
    async for morceau in morceaux:
        *pleines, reste = (reste + morceau).split(b"\n")
        for pleine in pleines:
            numero += 1
            yield numero, pleine.rstrip(b"\r").decode(ENCODAGE)
        if len(reste) > _LIGNE_MAX:
            raise ParcRefuse(
                f"La ligne {numero + 1} dépasse {_LIGNE_MAX} octets : ce n'est pas un fichier RPLS (une ligne par logement)."
            )
    if reste.strip():
        yield numero + 1, reste.rstrip(b"\r").decode(ENCODAGE)


def lire_entete(ligne: str) -> Entete:
    """The header. Raises ParcRefuse: nothing of the file can then be taken."""
    valeurs = ligne.split(";")
    noms = _noms("entete")
    if len(valeurs) != len(noms):
        raise ParcRefuse(
            f"La première ligne a {len(valeurs)} champs au lieu de {len(noms)} : transmettez le fichier RPLS tel quel, "
            "en-tête comprise, séparé par des points-virgules."
        )
    champs = dict(zip(noms, valeurs, strict=True))
    millesime, siret, nombre = champs["annee_enquete"], champs["siret"], champs["nombre_logements"]
    if not (millesime.isdecimal() and len(millesime) == 4 and siret.isdecimal() and len(siret) == 14):
        raise ParcRefuse("L'en-tête doit donner l'année de l'enquête (aaaa) et le SIRET du bailleur (14 chiffres).")
    return Entete(int(millesime), siret[:9], int(nombre) if nombre.isdecimal() else 0)


def lire_ligne(numero: int, ligne: str, bailleur: str) -> FicheLogement | LigneRefusee:
    """One dwelling, or why its line is refused. bailleur: organisation of the landlord."""
    valeurs = ligne.split(";")
    noms = _noms("logement")
    if _CONTROLE.search(ligne):
        message = "La ligne contient un caractère de contrôle : réécrivez-la en texte (ISO-8859-1)."
        return LigneRefusee(numero, "", "caractere-interdit", message)
    if len(valeurs) != len(noms):
        message = f"{len(valeurs)} champs au lieu de {len(noms)} : vérifiez les points-virgules de la ligne."
        return LigneRefusee(numero, "", "nombre-de-champs", message)
    try:
        return _fiche(dict(zip(noms, (v.strip() for v in valeurs), strict=True)), bailleur)
    except _Faute as faute:
        return LigneRefusee(numero, faute.champ, faute.code, faute.message)


def _fiche(champs: Mapping[str, str], bailleur: str) -> FicheLogement:
    rpls = champs["identifiant_rpls"]
    if len(rpls) != 10 or not rpls.isalnum():
        raise _Faute(
            "identifiant_rpls",
            "rpls-invalide",
            "L'identifiant RPLS a 10 caractères : corrigez-le, ou attendez le sien.",
        )
    loyer = champs["loyer_principal_euros"]
    return FicheLogement(
        rpls=rpls,
        bailleur=bailleur,
        identifiant_bailleur=_present(champs, "identifiant_bailleur"),
        commune=_commune(champs),
        qpv=_code(champs, "zus") == "1",
        individuel=_code(champs, "type_construction") == "I",
        typologie=f"T{min(_entier(champs, 'pieces_principales', 1, 9), 6)}",
        financement=_financement(champs),
        surface_m2=_entier(champs, "surface_habitable_m2", 1, 999),
        annee_achevement=_entier(champs, "annee_achevement", 1500, 2100),
        loyer_centimes=None if loyer in ("", _SANS_OBJET) else 100 * _entier(champs, "loyer_principal_euros", 0, 9998),
        etage=champs["etage"],
        programme=champs["programme"],
        contingent=champs["contingent"],
        hors_flux=_SORTIES.get(_code(champs, "sortie_patrimoine")),
    )


def _commune(champs: Mapping[str, str]) -> str:
    code = champs["code_commune"]
    if not territoire.existe(code):
        raise _Faute("code_commune", "commune-inconnue", f"Aucune commune ne porte le code INSEE « {code} ».")
    return code


def _financement(champs: Mapping[str, str]) -> str:
    code = _code(champs, "financement_initial")
    return _PAR_PLAFOND.get(champs["plafond_cus"]) or _PAR_FINANCEMENT.get(code, "PLUS")


def _present(champs: Mapping[str, str], nom: str) -> str:
    if not champs[nom]:
        raise _Faute(nom, "manquant", "Ce champ est obligatoire : renseignez-le.")
    return champs[nom]


def _code(champs: Mapping[str, str], nom: str) -> str:
    valeur, connus = _present(champs, nom), _codes(nom)
    if valeur not in connus:
        raise _Faute(nom, "code-inconnu", f"« {valeur} » n'est pas un des codes {', '.join(connus)}.")
    return valeur


def _entier(champs: Mapping[str, str], nom: str, bas: int, haut: int) -> int:
    valeur = _present(champs, nom)
    if not (valeur.isascii() and valeur.isdecimal() and bas <= int(valeur) <= haut):
        raise _Faute(nom, "nombre-invalide", f"« {valeur} » n'est pas un nombre entier de {bas} à {haut}.")
    return int(valeur)


@cache
def _noms(partie: str) -> tuple[str, ...]:
    return tuple(champ["nom"] for champ in _champs(partie))


@cache
def _codes(nom: str) -> tuple[str, ...]:
    return tuple(next(champ["codes"] for champ in _champs("logement") if champ["nom"] == nom))


def _champs(partie: str) -> Iterator[Mapping[str, Any]]:
    yield from sorted(listes.table("rpls_fichier")[partie], key=lambda champ: int(champ["position"]))
