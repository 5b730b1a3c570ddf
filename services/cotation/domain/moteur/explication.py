"""From what the generated function gives to the result with all its lines.

Source: docs/cotation.md, section 3, "Lines", `faits` and `expire_le`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from math import floor
from typing import Any

from services.cotation.domain.calendrier import ajouter_mois
from services.cotation.domain.condition import DEPOT, PREUVES
from services.cotation.domain.grille import EffetEvenement, NiveauPreuve, Regle
from services.cotation.domain.moteur import faits as lecture
from services.cotation.domain.moteur.echelle import decimal
from services.cotation.domain.moteur.forme import Forme, Ligne, cle, mesures_de
from services.cotation.domain.moteur.total_genere import RAISONS
from services.cotation.domain.resultat import Ajustement, MotifHorsCotation, Raison, Resultat, Role
from services.cotation.domain.resultat import Ligne as LigneDeResultat

_decimal = lru_cache(maxsize=8192)(decimal)
"""Points come from few values: most of them have already been written."""


@dataclass(frozen=True, slots=True)
class _Modele:
    """What is known of a line before any fact. neutre: its value out of scope; presumee: its evidence when nothing is said;
    mesures: key -> place in the measures given by the generated function; seule: the first of them when there is no other.
    """

    ligne: Ligne
    decimales: int
    neutre: Decimal
    presumee: NiveauPreuve
    mesures: tuple[tuple[str, int], ...]
    seule: tuple[str, int] | None

    def preuve(self, preuves: Mapping[str, Any]) -> NiveauPreuve:
        """Level of evidence obtained. (The id of a rule holds no dot: it is one key.)"""
        source = self.ligne.source
        fait = preuves.get(self.ligne.id)
        return self.presumee if fait is None or not isinstance(source, Regle) else source.preuve.obtenue(fait)


class Explication:
    """Builds the results of one grid."""

    def __init__(self, forme: Forme, places: Sequence[str]) -> None:
        """places: `repr` of each measure that the generated function gives, in order."""
        self._forme = forme
        rangs = {mesure: rang for rang, mesure in enumerate(places)}
        self._modeles = tuple(_modele(forme, ligne, rangs) for ligne in forme.lignes)

    def resultat(self, faits: Mapping[str, Any], as_of: date, jugement: tuple[Any, ...]) -> Resultat:
        """The whole result of one evaluation."""
        grille, forme = self._forme.grille, self._forme
        if len(jugement) == 1:
            return self._hors_cotation(faits, as_of, jugement[0])
        _, total, provisoire, _, facteur, ajustements, *par_ligne, mesures = jugement
        preuves = lecture.objet(faits.get(PREUVES))
        lignes = self._lignes(preuves, faits, mesures, par_ligne)
        return Resultat(
            grille=grille.id,
            version=grille.version,
            as_of=as_of,
            total=decimal(total, forme.total),
            provisoire=provisoire,
            hors_cotation=None,
            lignes=lignes,
            ajustements=tuple(
                Ajustement(portee, decimal(ecart, forme.total if portee == "total" else forme.points))
                for portee, ecart in ajustements
            ),
            facteur=decimal(facteur, forme.coefficients) if forme.multiplie else Decimal(1),
        )

    def _lignes(
        self, preuves: Mapping[str, Any], faits: Mapping[str, Any], mesures: tuple[Any, ...], par_ligne: Sequence[Any]
    ) -> tuple[LigneDeResultat, ...]:
        """One loop, without a call per line that it can do without: it is most of the time of an explanation."""
        lignes = []
        lus: Mapping[str, Any]
        for modele, numero, valeur, avant, retenue, attend, evenements in zip(self._modeles, *par_ligne, strict=True):
            ligne, compte, raison, seule = modele.ligne, numero == 0, RAISONS[numero], modele.seule
            if seule is not None:
                lus = {seule[0]: mesures[seule[1]]}
            elif evenements is None:
                lus = {cle_: mesures[rang] for cle_, rang in modele.mesures}
            else:
                lus = {f"nombre({ligne.source.evenements})": len(evenements)}
            if raison is None:
                raison = Raison.COMPTEE_PROVISOIRE if attend else Raison.COMPTEE
                if avant is not None and avant != valeur:
                    raison = Raison.COMPTEE_BORNEE
            lignes.append(
                LigneDeResultat(
                    ligne.id,
                    ligne.bloc,
                    ligne.libelle,
                    ligne.role,
                    _decimal(valeur, modele.decimales),
                    compte,
                    raison,
                    lus,
                    modele.preuve(preuves) if preuves else modele.presumee,
                    compte and attend is True,
                    retenue,
                    _expire_le(ligne.source, evenements, faits) if compte and evenements else None,
                )
            )
        return tuple(lignes)

    def _hors_cotation(self, faits: Mapping[str, Any], as_of: date, rang: int) -> Resultat:
        grille = self._forme.grille
        motif = grille.hors_cotation[rang]
        preuves = lecture.objet(faits.get(PREUVES))
        lignes = tuple(
            LigneDeResultat(
                *(modele.ligne.id, modele.ligne.bloc, modele.ligne.libelle, modele.ligne.role, modele.neutre),
                compte=False,
                raison=Raison.HORS_COTATION,
                preuve=modele.preuve(preuves),
            )
            for modele in self._modeles
        )
        raison = MotifHorsCotation(motif.code, motif.libelle)
        return Resultat(grille.id, grille.version, as_of, Decimal(0), False, raison, lignes)


def _modele(forme: Forme, ligne: Ligne, rangs: Mapping[str, int]) -> _Modele:
    mesures: dict[str, int] = {}
    if isinstance(ligne.source, Regle) and ligne.source.desactivee is None:
        for mesure in mesures_de(ligne.source):
            mesures.setdefault(cle(mesure), rangs[repr(mesure)])
    neutre = Decimal(1) if ligne.role is Role.COEFFICIENT else Decimal(0)
    presumee = ligne.source.preuve.presumee if isinstance(ligne.source, Regle) else NiveauPreuve.DECLARE
    seule = next(iter(mesures.items())) if len(mesures) == 1 else None
    return _Modele(ligne, forme.decimales(ligne), neutre, presumee, tuple(mesures.items()), seule)


def _expire_le(effet: object, evenements: Iterable[Mapping[str, Any]], faits: Mapping[str, Any]) -> date | None:
    """First day on which time alone takes points back; None when it never does or when the day is unknown."""
    if not isinstance(effet, EffetEvenement) or effet.expire_mois is None:
        return None
    depot = lecture.jour(lecture.au_bout_de(faits, DEPOT))
    jours = [_expiration(evenement, depot, effet.expire_mois) for evenement in evenements]
    connus = [jour for jour in jours if jour is not None]
    if effet.par_evenement:
        return min(connus, default=None)
    return max(connus) if len(connus) == len(jours) else None


def _expiration(evenement: Mapping[str, Any], depot: date | None, mois: int) -> date | None:
    try:
        le = lecture.jour(evenement.get("date"))
        if le is not None:
            return ajouter_mois(le, mois)
        apres = lecture.nombre(evenement.get("mois_apres_depot"))
        return None if depot is None or apres is None else ajouter_mois(depot, floor(apres) + mois)
    except ValueError:
        return None
