"""Kinds on counts: three counting units from one log, and the yearly statement."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Literal

from pydantic import Field

from services.flux.calculateur.affichage import Resultat
from services.flux.calculateur.champs import Annee, Liste, Nom, Oui
from services.flux.calculateur.entrees import Bloc, Controle, Entrees
from services.flux.calculateur.fautes import Faute
from services.flux.calculateur.genre import Genre
from services.flux.domain import bilan as domaine
from services.flux.domain.imputation import Contingent, Parcours, Politique, Unite, compter, titulaire_impute


class ParcoursEntree(Bloc):
    """What happened to one dwelling."""

    id: Nom
    reservataire: Nom
    mis_a_disposition: Oui
    attribution_prononcee: Oui
    bail_signe: Oui
    refus_attributaire: Oui = False
    rendu_sans_candidat: Oui = False
    neuf: Oui = False
    dalo: Oui = False


class PolitiqueEntree(Bloc):
    """imputation_policy of a convention (flux.md §3)."""

    unite: Unite
    rendu_compte: Oui = False
    refus_compte: Oui = True
    neuf_compte: Oui = True
    dalo_autre_contingent: Contingent = Contingent.RESERVATAIRE


class Imputations(Entrees):
    """A year's dwellings, and the policy that says which are charged."""

    logements: Liste[ParcoursEntree]
    politique: PolitiqueEntree | None = Field(None, description="Ajoute « imputes » : ce que la convention compte")


def _uniques(entrees: Any) -> Iterator[Faute]:
    vus: set[str] = set()
    for rang, un in enumerate(entrees.logements):
        if un.id in vus:
            message = f"Le logement « {un.id} » est donné deux fois."
            yield Faute(f"/logements/{rang}/id", "id-en-double", message, "Un logement, une ligne.")
        vus.add(un.id)


Imputations.CONTROLES = (Controle(("logements",), _uniques),)


def imputations(entrees: Imputations) -> Resultat:
    """§3."""
    parcours = [Parcours(**dict(un)) for un in entrees.logements]
    comptes = compter(parcours)
    resultat: Resultat = {
        unite: {nom: getattr(siens, unite) for nom, siens in comptes.items()}
        for unite in ("mises_a_disposition_ou_imputes", "attributions_prononcees", "baux_signes", "refus")
    }
    if entrees.politique is not None:
        resultat["imputes"] = _imputes(parcours, entrees.politique)
    return {**resultat, "incoherents": [un.id for un in parcours if un.est_incoherent]}


def _imputes(parcours: list[Parcours], regle: PolitiqueEntree) -> dict[str, int]:
    politique = Politique(
        regle.unite, regle.rendu_compte, regle.refus_compte, regle.neuf_compte, regle.dalo_autre_contingent
    )
    imputes = dict.fromkeys((un.reservataire for un in parcours), 0)
    for un in parcours:
        titulaire = titulaire_impute(un, politique)
        if titulaire is not None:
            imputes[titulaire] = imputes.get(titulaire, 0) + 1
    return imputes


class LogementEntree(Bloc):
    """One dwelling of the statement."""

    id: Nom
    reservataire: Nom
    typologie: Nom
    financement: Nom
    qpv: Literal["qpv", "hors_qpv"]
    commune: Nom
    periode_construction: Nom = Field(description="L'article n'en fixe pas les bornes")
    propose: Oui
    attribue: Oui
    bail: Oui
    refus: Oui
    motif: domaine.Motif


class Bilan(Entrees):
    """A year's dwellings."""

    logements: Liste[LogementEntree]
    annee: Annee | None = Field(None, description="Ajoute les échéances de transmission")


Bilan.CONTROLES = (Controle(("logements",), _uniques),)


def bilan(entrees: Bilan) -> Resultat:
    """§6.4."""
    dresse = domaine.dresser(
        domaine.LogementDuBilan(
            un.id,
            tuple(getattr(un, axe) for axe in domaine.AXES),
            motif=un.motif,
            propose=un.propose,
            attribue=un.attribue,
            bail=un.bail,
            refus=un.refus,
        )
        for un in entrees.logements
    )
    resultat: Resultat = {
        "proposes": {**dresse.proposes.par_axe, "total": dresse.proposes.total},
        "attribues": {**dresse.attribues.par_axe, "total": dresse.attribues.total},
        "soustraits_attribues": dresse.soustraits_attribues,
        "par_reservataire": {nom: asdict(ligne) for nom, ligne in dresse.par_reservataire.items()},
    }
    if entrees.annee is not None:
        resultat["echeance"] = domaine.echeance(entrees.annee).isoformat()
        resultat["echeance_ministere"] = domaine.echeance_ministere(entrees.annee).isoformat()
    return resultat


GENRES: tuple[Genre[Any], ...] = (
    Genre(
        "imputation_unit",
        "Un journal, plusieurs unités de compte",
        "mis à disposition ou imputés à l'attribution ; attributions ; baux ; refus, par réservataire",
        ("arrêté du 28/11/2011 (DEVL1131829A) art. 1, I-3 et I-5.2", "flux.md §3"),
        Imputations,
        imputations,
        "IMP-01",
    ),
    Genre(
        "bilan",
        "Bilan annuel",
        "logements du flux proposés et attribués par réservataire, typologie, financement, QPV, commune, période",
        ("CCH R441-5-1", "CCH R441-5 I", "flux.md §6.4, L10, L11"),
        Bilan,
        bilan,
        "BIL-01",
    ),
)
