"""The ranking of candidates for a dwelling: exact scores of one day, the grid's tie-break, then the identifier."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from contracts.situation.lecture import Situation
from services.cotation.domain.condition import ANCIENNETE, DEPOT
from services.cotation.domain.decimales import ecrire
from services.cotation.domain.evenements import NOMBRE, fait
from services.cotation.domain.faits import faits_du_lieu
from services.cotation.domain.grille import Departage
from services.cotation.domain.journal import Ecartee, LigneClassee
from services.cotation.domain.notation import GrilleEnVigueur


class Raison(StrEnum):
    """Why a demande is not ranked: stable codes."""

    INCONNUE = "demande-inconnue"
    EFFACEE = "demande-effacee"
    LIEU_NON_SOUHAITE = "lieu-non-souhaite"


@dataclass(frozen=True, slots=True)
class Logement:
    """Where the dwelling is. commune: INSEE code."""

    commune: str
    quartier: str | None
    typologie: str


@dataclass(frozen=True, slots=True)
class _Candidat:
    demande: str
    lieu: str
    elargie: bool
    total: Decimal
    provisoire: bool
    situation: int
    cles: tuple[Any, ...]


def lieu_du_logement(situation: Situation, logement: Logement) -> str | None:
    """The place of a demande that matches a dwelling best: its quartier, then its commune (design.md §8); None: neither."""
    places = (f"{logement.commune}:{logement.quartier}" if logement.quartier else None, logement.commune)
    return next((place for place in places if place in situation.lieux), None)


def classer(
    situations: Sequence[Situation], logement: Logement, grille: GrilleEnVigueur, au: date
) -> tuple[tuple[LigneClassee, ...], list[Ecartee]]:
    """The lines, the best first, and those who cannot be ranked. It orders; who is named is decided by a person (D29)."""
    candidats: list[_Candidat] = []
    ecartees: list[Ecartee] = []
    for situation in situations:
        lieu = lieu_du_logement(situation, logement)
        if lieu is None:
            ecartees.append(Ecartee(situation.demande_id, Raison.LIEU_NON_SOUHAITE))
            continue
        faits = faits_du_lieu(situation, lieu)
        constat = grille.constater(faits, au)
        if constat.hors is not None:
            ecartees.append(Ecartee(situation.demande_id, constat.hors))
            continue
        cles = (-constat.total, *_departage(grille.grille.departage, faits), situation.demande_id)
        elargie = situation.lieux[lieu].elargie
        candidats.append(
            _Candidat(situation.demande_id, lieu, elargie, constat.total, constat.provisoire, situation.version, cles)
        )
    candidats.sort(key=lambda candidat: candidat.cles)
    lignes = tuple(
        LigneClassee(rang, c.demande, c.lieu, c.elargie, ecrire(c.total), c.provisoire, c.situation)
        for rang, c in enumerate(candidats, start=1)
    )
    return lignes, ecartees


def empreinte(lignes: Sequence[LigneClassee]) -> str:
    """SHA-256, in hexadecimal, of the lines as one JSON array of arrays without spaces: rang, demande, lieu, elargie, total,
    provisoire, situation, in this order."""
    valeurs = [[u.rang, u.demande, u.lieu, u.elargie, u.total, u.provisoire, u.situation] for u in lignes]
    return hashlib.sha256(json.dumps(valeurs, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()


def _departage(departage: Sequence[Departage], faits: Mapping[str, Any]) -> list[tuple[bool, Any]]:
    """The keys between equal scores, each (not known, value): what is not known comes last. Seniority is told by its day."""
    cles: list[tuple[bool, Any]] = []
    for cle in (*departage, Departage(ANCIENNETE, decroissant=True)):
        if cle.champ == ANCIENNETE:
            depot = fait(faits, DEPOT)
            jour = date.fromisoformat(depot).toordinal() if isinstance(depot, str) else None
            cles.append(_cle(jour, decroissant=not cle.decroissant))
        else:
            cles.append(_cle(_nombre(fait(faits, cle.champ)), decroissant=cle.decroissant))
    return cles


def _cle(valeur: Decimal | int | None, *, decroissant: bool) -> tuple[bool, Any]:
    if valeur is None:
        return True, 0
    return False, -valeur if decroissant else valeur


def _nombre(valeur: Any) -> Decimal | None:
    """A fact as a number; None when it is none: it then sets nobody apart."""
    if isinstance(valeur, int):
        return Decimal(valeur)
    return Decimal(valeur) if isinstance(valeur, str) and NOMBRE.fullmatch(valeur) else None
