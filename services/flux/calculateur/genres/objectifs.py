"""Kinds on targets: the 25 % checks, feasibility, follow-up within the year."""

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from services.flux.calculateur.affichage import Resultat, dictionnaire
from services.flux.calculateur.champs import Compte, Jour, Liste, Nom, Nombre, Parts, Pourcentage
from services.flux.calculateur.entrees import Controle, Entrees, inconnus, somme
from services.flux.calculateur.fautes import Faute, manquante, pointeur
from services.flux.calculateur.genre import Genre
from services.flux.calculateur.plafonds import AvecPlafonds, controles, violations
from services.flux.domain import indicateurs
from services.flux.domain.objectifs import charge_d_orientation, objectif_minimal
from services.flux.domain.parametres import (
    OBJECTIF_AUTRES_QUARTILES_QPV,
    OBJECTIF_PREMIER_QUARTILE,
    OBJECTIF_PRIORITAIRES,
)
from services.flux.domain.titulaires import BAILLEUR

_QUARTILE = ("baux_signes_hors_qpv", "dont_q1_ou_releves_npnru")
_PRIORITAIRES = ("attributions", "dont_prioritaires")
_QPV = ("attributions_qpv", "dont_autres_quartiles")
_COMPTES = {
    _QUARTILE: OBJECTIF_PREMIER_QUARTILE,
    _PRIORITAIRES: OBJECTIF_PRIORITAIRES,
    _QPV: OBJECTIF_AUTRES_QUARTILES_QPV,
}


class Quota25(Entrees):
    """Signed leases outside QPV (L24), or one réservataire's awards (L26), or awards in QPV (L25): one pair."""

    baux_signes_hors_qpv: Compte | None = Field(None, description="Avec dont_q1_ou_releves_npnru")
    dont_q1_ou_releves_npnru: Compte | None = None
    attributions: Compte | None = Field(None, description="Avec dont_prioritaires")
    dont_prioritaires: Compte | None = None
    attributions_qpv: Compte | None = Field(None, description="Avec dont_autres_quartiles")
    dont_autres_quartiles: Compte | None = None
    objectif_percent: Pourcentage | None = Field(
        None, description="Sans lui, le légal : 25 (L24, L26), 50 en QPV (L25)"
    )


def _paire(entrees: Any) -> Iterator[Faute]:
    donnees = [paire for paire in _COMPTES if any(getattr(entrees, nom) is not None for nom in paire)]
    if len(donnees) != 1:
        message = "Il faut un compte et un seul : baux hors QPV, attributions, ou attributions en QPV."
        remede = f"Donnez {', ou '.join(' et '.join(paire) for paire in _COMPTES)}."
        yield Faute("", "compte-manquant" if not donnees else "comptes-concurrents", message, remede)
        return
    tout, partie = donnees[0]
    for nom in (tout, partie):
        if getattr(entrees, nom) is None:
            yield manquante(pointeur((nom,)), nom)
    total, dont = getattr(entrees, tout), getattr(entrees, partie)
    if total is not None and dont is not None and dont > total:
        message = f"{dont} sur {total} : la partie dépasse le tout."
        yield Faute(pointeur((partie,)), "partie-trop-grande", message, "Corrigez l'un des deux.")


Quota25.CONTROLES = (Controle((*_QUARTILE, *_PRIORITAIRES, *_QPV), _paire),)


def quota25(entrees: Quota25) -> Resultat:
    """F11."""
    (tout, partie), legal = next(un for un in _COMPTES.items() if getattr(entrees, un[0][0]) is not None)
    part = legal.le() if entrees.objectif_percent is None else entrees.objectif_percent
    calcul = objectif_minimal(getattr(entrees, tout), getattr(entrees, partie), part)
    return {
        "taux_percent": None if calcul.taux is None else 100 * calcul.taux,
        "objectif_nombre": calcul.nombre,
        "manque": calcul.manque,
        "atteint": calcul.atteint,
    }


class Faisabilite(AvecPlafonds):
    """Shares owed in signed leases, and how many orientations of each holder end without one."""

    parts_percent: Parts
    taux_orientations_steriles_percent: dict[Nom, Pourcentage] = Field(
        description="Un taux < 100 par titulaire ; le bailleur peut être omis (0)"
    )


def _taux(entrees: Any) -> Iterator[Faute]:
    champ = "taux_orientations_steriles_percent"
    parts, taux = entrees.parts_percent, entrees.taux_orientations_steriles_percent
    for nom in parts:
        if nom not in taux and nom != BAILLEUR:
            message = f"Le taux de « {nom} » manque."
            yield Faute(pointeur((champ, nom)), "champ-manquant", message, "Ajoutez-le, 0 s'il n'en a pas.")
    for nom, part in taux.items():
        if part == 1:
            message = f"Aucune orientation de « {nom} » n'aboutirait : aucun nombre n'y suffit."
            yield Faute(pointeur((champ, nom)), "trop-grand", message, "Donnez un taux au-dessous de 100.")


Faisabilite.CONTROLES = (
    *controles("parts_percent"),
    somme("parts_percent", complete=False),
    Controle((), lambda entrees: inconnus(entrees, "taux_orientations_steriles_percent", "parts_percent")),
    Controle(("parts_percent", "taux_orientations_steriles_percent"), _taux),
)


def faisabilite(entrees: Faisabilite) -> Resultat:
    """F12."""
    taux = entrees.taux_orientations_steriles_percent
    charges = {nom: charge_d_orientation({nom: part}, taux) for nom, part in entrees.parts_percent.items()}
    charge = charge_d_orientation(entrees.parts_percent, taux)
    return {
        "charge_orientation_percent": 100 * charge,
        "faisable": charge <= 1,
        "charges_percent": dictionnaire({nom: 100 * c for nom, c in charges.items()}),
        **violations(entrees, entrees.parts_percent),
    }


class Suivi(Entrees):
    """A target within its period, and the counts that the follow-up tables add."""

    objectif: Nombre
    realise: Compte
    engage_en_cours: Compte = 0
    debut: Jour
    fin: Jour
    date: Jour = Field(description="Avant debut : rien n'est écoulé ; après fin : tout l'est")
    part_percent: Pourcentage | None = Field(None, description="Avec liberations_a_date : écart au flux réel")
    liberations_a_date: Nombre | None = None
    mises_a_disposition: Compte | None = None
    rendus: Compte | None = None
    attributions: Compte | None = None
    refus: Compte | None = None
    mutations: Compte | None = None
    orientations: Compte | None = None
    baux: Compte | None = None
    delais_jours: dict[Nom, Liste[Compte]] = Field(default_factory=dict, description="Délais observés par étape")


_RAPPORTS = (
    ("taux_rendu_percent", "rendus", "mises_a_disposition"),
    ("taux_refus_percent", "refus", "attributions"),
    ("taux_transformation_percent", "baux", "orientations"),
    ("part_mutations_percent", "mutations", "attributions"),
)


def _periode(entrees: Any) -> Iterator[Faute]:
    if entrees.fin < entrees.debut:
        yield Faute(
            "/fin", "dates-inversees", "La période finit avant de commencer.", "Inversez ou corrigez les dates."
        )


def _parties(entrees: Any) -> Iterator[Faute]:
    for _, partie, tout in _RAPPORTS:
        a, b = getattr(entrees, partie), getattr(entrees, tout)
        if a is not None and b is not None and a > b:
            message = f"{a} {partie} sur {b} {tout} : la partie dépasse le tout."
            yield Faute(pointeur((partie,)), "partie-trop-grande", message, "Corrigez l'un des deux.")


Suivi.CONTROLES = (
    Controle(("debut", "fin"), _periode),
    Controle(tuple({nom: None for _, *noms in _RAPPORTS for nom in noms}), _parties),
)


def suivi(entrees: Suivi) -> Resultat:
    """§9."""
    periode = indicateurs.Periode(entrees.debut, entrees.fin)
    etat = indicateurs.suivre(entrees.objectif, entrees.realise, entrees.engage_en_cours, periode, entrees.date)
    resultat: Resultat = {
        "jours_ecoules": etat.jours_ecoules,
        "jours_total": etat.jours_total,
        "prorata_temporis": etat.prorata,
        "taux_realisation_percent": None if etat.taux_realisation is None else 100 * etat.taux_realisation,
        "ecart_prorata": etat.ecart,
        "taux_prorata_percent": None if etat.taux_prorata is None else 100 * etat.taux_prorata,
        "ecart_avec_engages": etat.ecart_avec_engages,
        "reste_a_faire": etat.reste_a_faire,
    }
    if entrees.part_percent is not None and entrees.liberations_a_date is not None:
        resultat["ecart_flux"] = indicateurs.ecart_flux(
            entrees.realise, entrees.part_percent, entrees.liberations_a_date
        )
    for nom, partie, tout in _RAPPORTS:
        a, b = getattr(entrees, partie), getattr(entrees, tout)
        if a is not None and b is not None:
            rapport = indicateurs.taux(a, b)
            resultat[nom] = None if rapport is None else 100 * rapport
    if entrees.delais_jours:
        resultat["delais_medians_jours"] = {
            etape: indicateurs.mediane(jours) for etape, jours in entrees.delais_jours.items()
        }
    return resultat


GENRES: tuple[Genre[Any], ...] = (
    Genre(
        "quota_25",
        "Les 25 % : premier quartile, ou ménages prioritaires",
        "objectif = ⌈25 % × n⌉ ; manque = objectif − comptés",
        ("CCH L441-1", "CCH L441-2-3", "flux.md F11, L24-L26"),
        Quota25,
        quota25,
        "Q25-01",
    ),
    Genre(
        "feasibility",
        "Des objectifs en baux signés sont-ils atteignables ?",
        "charge = Σ part_r / (1 − taux stérile_r) ; faisable jusqu'à 100 %",
        ("flux.md F12 (définition)",),
        Faisabilite,
        faisabilite,
        "FEAS-01",
    ),
    Genre(
        "indicators",
        "Suivi d'un objectif dans l'année",
        "prorata = objectif × jours écoulés / jours, bornes comprises ; écart = réalisé − prorata",
        ("flux.md §9 (définitions)",),
        Suivi,
        suivi,
        "IND-01",
    ),
)
