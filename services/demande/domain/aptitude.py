"""Whether a demande suits a dwelling: its ceiling, its rent against the household's means (demande.md §7)."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from services.demande.domain.attribution.evenements import LogementOffert
from services.demande.domain.demande import Demande
from services.demande.domain.eligibilite import (
    cout_logement_net,
    est_eligible,
    part_du_plafond,
    reste_a_vivre,
    taux_effort,
)
from services.demande.domain.plafonds import Financement, PlafondInconnu, zone
from services.demande.domain.situation import situation

CENTIMES = 100
REVENU_INCONNU, PLAFOND_INCONNU = "revenu-inconnu", "plafond-inconnu"
RESSOURCES_INCONNUES, SANS_RESSOURCES = "ressources-inconnues", "sans-ressources"
_T6_ET_PLUS = "T6P"


@dataclass(frozen=True, slots=True)
class Aptitude:
    """How a household stands before a dwelling. eligible: None when it cannot be said, and `drapeaux` says why.

    part_plafond, taux_effort: fractions of 1; reste_a_vivre: cents by day and consumption unit; None where not known.
    """

    eligible: bool | None
    part_plafond: Fraction | None
    taux_effort: Fraction | None
    reste_a_vivre: Fraction | None
    drapeaux: tuple[str, ...]


def typologie_demandee(typologie: str) -> str:
    """The code of a dwelling's typology in the list of those wished: six rooms and more are one."""
    return _T6_ET_PLUS if typologie >= "T6" else typologie


def apprecier(identifiant: str, demande: Demande, logement: LogementOffert, le: date) -> Aptitude:
    """Compare a household with a dwelling on a day; regular stay is for the commission to check, on documents.

    Source: R441-1 (§7.6), R*441-3-1 and arrêté du 10 mars 2011 (§7.2), demande.md §7.3. No aid is counted: it is not known
    for a dwelling that is not let yet.
    """
    faits = situation(identifiant, demande, le=le).faits
    valeurs = {chemin: lu.valeur for chemin, lu in faits.items()}
    eligible, part, drapeau = _plafond(
        _entier(valeurs.get("ressources.rfr_n2")), _entier(valeurs.get("menage.categorie_plafond")), logement, le
    )
    mensuelles = _decimal(valeurs.get("ressources.mensuelles"))
    unites = _decimal(valeurs.get("menage.unites_consommation"))
    cout = cout_logement_net(loyer=logement.loyer_centimes, charges=logement.charges_centimes)
    drapeaux = [drapeau] if drapeau else []
    if mensuelles is None:
        return Aptitude(eligible, part, None, None, (*drapeaux, RESSOURCES_INCONNUES))
    centimes = int(mensuelles * CENTIMES)
    taux = taux_effort(cout, centimes)
    if taux is None:
        drapeaux.append(SANS_RESSOURCES)
    reste = None
    if unites:
        reste = reste_a_vivre(
            ressources=centimes, cout_net=cout, pensions_versees=_pensions(demande) * CENTIMES, parts=unites
        )
    return Aptitude(eligible, part, taux, reste, tuple(drapeaux))


def _plafond(
    revenu: int | None, categorie: int | None, logement: LogementOffert, le: date
) -> tuple[bool | None, Fraction | None, str | None]:
    """Whether the ceiling allows it, the share of the ceiling, and what is missing to say so."""
    if revenu is None or categorie is None:
        return None, None, REVENU_INCONNU
    if logement.financement not in set(Financement):
        return None, None, PLAFOND_INCONNU
    financement, zone_ = Financement(logement.financement), zone(logement.commune)
    try:
        part = part_du_plafond(revenu, categorie, zone_, financement, le)
        return est_eligible(revenu, categorie, zone_, financement, le, sejour_regulier=True), part, None
    except PlafondInconnu:
        return None, None, PLAFOND_INCONNU


def _pensions(demande: Demande) -> int:
    """Monthly payments known, in euros."""
    versees = [une for _, personne in demande.personnes if personne for une in personne.versees]
    versees += demande.dossier.versees_a_charge if demande.dossier else ()
    return sum(une.montant or 0 for une in versees)


def _entier(valeur: object) -> int | None:
    return valeur if isinstance(valeur, int) and not isinstance(valeur, bool) else None


def _decimal(valeur: object) -> Fraction | None:
    return Fraction(valeur) if isinstance(valeur, str | int) and not isinstance(valeur, bool) else None
