"""The situation of a demande: what the register knows, as the facts that scoring reads (contracts.situation).

One file a section, one place a fact. A fact that is not known is absent: never null, never zero. What the SNE form does not
ask (stages of the applicant's path, verified documents, visits of the commission) is not known yet.
"""

from datetime import date

from contracts.situation.lecture import Situation
from contracts.territoire import MILLESIME
from services.demande.domain.demande import Demande
from services.demande.domain.dossier import Lieu, Recherche
from services.demande.domain.situation.foyer import foyer
from services.demande.domain.situation.lieux import Lieux, attaches, distance_domicile_travail
from services.demande.domain.situation.logement import faits_du_logement
from services.demande.domain.situation.menage import categorie, est_declare, faits_du_menage, unites
from services.demande.domain.situation.priorites import faits_des_priorites
from services.demande.domain.situation.recueil import Echeances, Recueil
from services.demande.domain.situation.reperes import Reperes
from services.demande.domain.situation.ressources import faits_des_ressources
from services.demande.domain.situation.souhaits import faits_de_la_demande

__all__ = ["NATIONAUX", "DemandeSansDepot", "Reperes", "situation"]

NATIONAUX = Reperes()
"""No local threshold: the facts that need one are absent."""


class DemandeSansDepot(ValueError):
    """A demande that was never registered has no situation to score."""


def situation(
    demande_id: str, demande: Demande, *, le: date, reperes: Reperes = NATIONAUX, commune_elargie: str | None = None
) -> Situation:
    """The facts of a registered demande on a day, as far as its parts are still readable.

    le: the day of the ages, of year N and of the ceilings; the seniority is given by its dates, for each grid resets it its
    own way (docs/cotation.md §1). commune_elargie: see LectureDemandee. valable_jusqu_au: the last day before time alone
    changes a fact. Pure. Raises DemandeSansDepot. Source: design.md §2 and §8, demande.md §5.2 and §7.
    """
    if demande.deposee_le is None:
        raise DemandeSansDepot("Une demande jamais déposée n'a pas de situation : enregistrez-la d'abord.")
    echeances = Echeances(le)
    recueil = Recueil(demande.deposee_le)
    menage = foyer(demande, le, echeances)
    declarees = demande.declarations.personnes or demande.deposee_le
    parts = unites(menage)
    handicap = demande.dossier.handicap if demande.dossier else None
    faits_de_la_demande(recueil, demande)
    faits_du_menage(recueil, demande, menage, le=declarees, echeances=echeances)
    faits_du_logement(recueil, demande, menage, le=le, echeances=echeances)
    moyens = faits_des_ressources(recueil, demande, menage, parts, le=le, echeances=echeances)
    faits_des_priorites(recueil, demande)
    liens = attaches(menage)
    distance_domicile_travail(recueil, liens, declarees)
    plafond = categorie(menage, handicap=est_declare(handicap))
    recueil.entier("menage.categorie_plafond", plafond, le=declarees)
    recueil.decimal("menage.unites_consommation", parts, le=declarees)
    lieux = Lieux(demande, liens, moyens, categorie=plafond, le=le, reperes=reperes)
    souhaites = demande.recherche.lieux if demande.recherche else ()
    lus = {lieu.identifiant: lieux.lire(lieu, rang, echeances) for rang, lieu in enumerate(souhaites, start=1)}
    if commune_elargie and _accepte(demande.recherche, commune_elargie):
        lus[commune_elargie] = lieux.lire(Lieu(commune_elargie), len(souhaites) + 1, echeances, elargie=True)
    return Situation(
        demande_id=demande_id,
        version=demande.situation,
        millesime=MILLESIME,
        faits=recueil.faits,
        lieux=lus,
        valable_jusqu_au=echeances.valable_jusqu_au,
    )


def _accepte(recherche: Recherche | None, commune: str) -> bool:
    """Whether a commune that is not wished is accepted all the same (« demande élargie »)."""
    return recherche is not None and recherche.elargie and all(lieu.commune != commune for lieu in recherche.lieux)
