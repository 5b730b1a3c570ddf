"""Facts of the present dwelling (logement_actuel.*)."""

from datetime import date
from fractions import Fraction
from functools import lru_cache

from contracts import territoire
from contracts.calendrier import ajouter_mois, mois_entre
from contracts.correspondance_sne import est_mutation, statut_logement
from services.demande.domain.demande import Demande
from services.demande.domain.dossier import LogementActuel
from services.demande.domain.eligibilite import est_sous_occupe, est_suroccupe
from services.demande.domain.situation.foyer import Foyer
from services.demande.domain.situation.recueil import Echeances, Recueil, connus

PIECES = {"C": 1, "T1": 1, "T2": 2, "T3": 3, "T4": 4, "T5": 5, "T6P": 6}
"""Main rooms by type (codelist type_logement); "six and more" counts for six, the only number that it surely has."""


def faits_du_logement(recueil: Recueil, demande: Demande, foyer: Foyer, *, le: date, echeances: Echeances) -> None:
    """Put the facts of the present dwelling. le: the day of the situation."""
    _lieu(recueil, foyer, demande.declarations.personnes)
    logement = demande.dossier.logement if demande.dossier else None
    if logement is None:
        return
    declare = demande.declarations.dossier
    if logement.modeles:
        recueil.code("logement_actuel.statut", _statut(logement.modeles), le=declare)
        recueil.codes("logement_actuel.modeles", logement.modeles, le=declare)
        recueil.poser("demande.est_mutation", est_mutation(logement.modeles), le=declare)
    recueil.code("logement_actuel.typologie", logement.typologie, le=declare)
    recueil.code("logement_actuel.categorie", logement.categorie, le=declare)
    recueil.decimal("logement_actuel.loyer", logement.loyer, le=declare)
    recueil.decimal("logement_actuel.charges", logement.charges, le=declare)
    recueil.poser("logement_actuel.proprietaire", logement.proprietaire, le=declare)
    _occupation(recueil, logement, declare)
    if logement.depuis is not None and logement.depuis <= le:
        mois = mois_entre(logement.depuis, le)
        recueil.entier("logement_actuel.depuis_mois", mois, le=declare)
        echeances.noter(ajouter_mois(logement.depuis, mois + 1))


def _lieu(recueil: Recueil, foyer: Foyer, declare: date | None) -> None:
    commune = commune_actuelle(foyer)
    if commune is None:
        return
    recueil.poser("logement_actuel.commune", commune, le=declare)
    epci = territoire.epci_de(commune)
    recueil.poser("logement_actuel.epci", epci.siren if epci else None, le=declare)


def commune_actuelle(foyer: Foyer) -> str | None:
    """INSEE code of the commune where the demandeur lives; None abroad, or when it is not of the vintage in force."""
    adresse = foyer.demandeur.personne.adresse if foyer.demandeur else None
    if adresse is None or adresse.etranger or adresse.commune is None or not territoire.existe(adresse.commune):
        return None
    return adresse.commune


def _occupation(recueil: Recueil, logement: LogementActuel, declare: date | None) -> None:
    pieces = PIECES.get(logement.typologie or "")
    occupants, surface = logement.habitants, logement.surface
    recueil.entier("logement_actuel.pieces", pieces, le=declare)
    recueil.entier("logement_actuel.occupants", occupants, le=declare)
    recueil.entier("logement_actuel.surface", surface, le=declare)
    if occupants is None or occupants < 1:
        return
    if pieces is not None:
        recueil.entier("logement_actuel.ecart_occupation", occupants - pieces, le=declare)
        recueil.decimal("logement_actuel.personnes_par_piece", Fraction(occupants, pieces), le=declare)
        recueil.poser("logement_actuel.sous_occupation", est_sous_occupe(pieces, occupants), le=declare)
    if surface is not None and surface > 0:
        recueil.decimal("logement_actuel.surface_par_personne", Fraction(surface, occupants), le=declare)
        recueil.poser("logement_actuel.suroccupation", est_suroccupe(surface, occupants), le=declare)


@lru_cache(maxsize=1024)
def _statut(modeles: tuple[str, ...]) -> str | None:
    return statut_logement(connus("modele_logement", modeles))
