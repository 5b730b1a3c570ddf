"""Facts of the household and of its work: who is to house, couple, category, consumption units, contracts."""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from functools import lru_cache

from contracts import territoire
from contracts.calendrier import anniversaire
from contracts.correspondance_sne import traduire
from services.demande.domain.complements import Handicap
from services.demande.domain.demande import Demande
from services.demande.domain.eligibilite import (
    SOMME_AGES_JEUNE_MENAGE,
    FoyerInvalide,
    categorie_menage,
    jeune_menage,
    unites_consommation,
)
from services.demande.domain.situation.foyer import MAJORITE, Foyer, Membre
from services.demande.domain.situation.recueil import Echeances, Recueil, connus

_ASSISTANT_MATERNEL = "16"
"""Motive of the demande that says so (codelist motif_demande)."""


def faits_du_menage(recueil: Recueil, demande: Demande, foyer: Foyer, *, le: date, echeances: Echeances) -> None:
    """Put the facts of the household and of its work. le: the day on which its persons were declared."""
    _demandeur(recueil, foyer, le)
    if foyer.complet:
        _composition(recueil, foyer, le)
        _couple(recueil, foyer, le, echeances)
        _travail(recueil, foyer, le)
    dossier = demande.dossier
    if dossier is None:
        return
    du_dossier = demande.declarations.dossier
    if dossier.naissances:
        recueil.entier("menage.a_naitre", dossier.naissances.nombre, le=du_dossier)
    if est_declare(dossier.handicap):
        recueil.poser("menage.handicap", True, le=du_dossier)
    if _ASSISTANT_MATERNEL in dossier.motifs:
        recueil.poser("situation_professionnelle.assistant_maternel", True, le=du_dossier)


def est_declare(handicap: Handicap | None) -> bool:
    """Whether the disability complement says something: an empty one declares nothing."""
    return handicap is not None and handicap != Handicap(prenom=handicap.prenom)


def categorie(foyer: Foyer, *, handicap: bool) -> int | None:
    """Category for the ceilings (demande.md §7.1); None when persons or ages are not known.

    Dependants are those of the tax notice; children in shared custody count among the persons (L442-12), not among them.
    """
    if not foyer.complet:
        return None
    partenaire, demandeur = foyer.partenaire, foyer.demandeur
    jeunes = False
    if partenaire is not None and len(foyer.membres) == 2:
        if demandeur is None or demandeur.age is None or partenaire.age is None:
            return None
        jeunes = jeune_menage(demandeur.age, partenaire.age)
    return categorie_menage(
        personnes=len(foyer.membres),
        titulaires=len(foyer.titulaires),
        a_charge=len(foyer.a_charge),
        jeune_menage=jeunes,
        handicap=handicap,
    )


def unites(foyer: Foyer) -> Fraction | None:
    """Consumption units (demande.md §7.4); None when an age is not known, or nobody is 14."""
    ages = [membre.age for membre in foyer.membres]
    if not foyer.complet or None in ages:
        return None
    try:
        return unites_consommation(age for age in ages if age is not None)
    except FoyerInvalide:
        return None


def _demandeur(recueil: Recueil, foyer: Foyer, le: date) -> None:
    if foyer.demandeur is None:
        return
    recueil.code("menage.situation_familiale", foyer.demandeur.personne.situation_familiale, le=le)
    recueil.entier("menage.age_demandeur", foyer.demandeur.age, le=le)


def _composition(recueil: Recueil, foyer: Foyer, le: date) -> None:
    enfants, personnes = foyer.enfants, len(foyer.membres)
    recueil.entier("menage.personnes", personnes, le=le)
    recueil.entier("menage.enfants_en_garde", len(foyer.en_garde), le=le)
    recueil.entier("menage.personnes_a_charge", len(foyer.a_charge), le=le)
    if enfants is None:
        return
    recueil.entier("menage.adultes", personnes - len(enfants), le=le)
    recueil.entier("menage.enfants", len(enfants), le=le)
    recueil.poser("menage.parent_isole", bool(enfants) and personnes - len(enfants) == 1, le=le)
    recueil.entier("menage.enfants_mineurs", _mineurs(enfants), le=le)


def _mineurs(enfants: Iterable[Membre]) -> int | None:
    """How many are under 18; None when the age of one is not known."""
    mineurs = 0
    for enfant in enfants:
        if enfant.age is None:
            return None
        mineurs += enfant.age < MAJORITE
    return mineurs


def _couple(recueil: Recueil, foyer: Foyer, le: date, echeances: Echeances) -> None:
    demandeur, partenaire = foyer.demandeur, foyer.partenaire
    recueil.poser("menage.couple", partenaire is not None, le=le)
    if partenaire is None:
        recueil.poser("menage.jeune_menage", False, le=le)
    elif demandeur is not None and demandeur.age is not None and partenaire.age is not None:
        recueil.poser("menage.jeune_menage", jeune_menage(demandeur.age, partenaire.age), le=le)
        naissance = partenaire.personne.naissance
        if naissance is not None and demandeur.age + partenaire.age == SOMME_AGES_JEUNE_MENAGE:
            echeances.noter(anniversaire(naissance, partenaire.age + 1))


def _travail(recueil: Recueil, foyer: Foyer, le: date) -> None:
    emplois = [membre.personne.emploi for membre in foyer.titulaires if membre.personne.emploi is not None]
    contrats = tuple(emploi.contrat for emploi in emplois if emploi.contrat)
    recueil.codes("situation_professionnelle.statuts", _statuts(contrats), le=le)
    recueil.codes("situation_professionnelle.contrats", contrats, le=le)
    recueil.codes("situation_professionnelle.secteurs", (e.secteur for e in emplois if e.secteur), le=le)
    communes = (e.commune for e in emplois if e.commune and territoire.existe(e.commune))
    recueil.codes("situation_professionnelle.communes_travail", communes, le=le)


@lru_cache(maxsize=1024)
def _statuts(contrats: tuple[str, ...]) -> tuple[str, ...]:
    return traduire("type_contrat_travail", connus("type_contrat_travail", contrats))
