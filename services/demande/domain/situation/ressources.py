"""Facts of the resources: monthly total, net cost of the present dwelling, effort, what is left, tax income (ressources.*)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from services.demande.domain.demande import Demande
from services.demande.domain.dossier import LogementActuel, Ressource
from services.demande.domain.eligibilite import (
    cout_logement_net,
    ressources_annuelles_par_uc,
    reste_a_vivre,
    taux_effort,
)
from services.demande.domain.situation.foyer import Foyer
from services.demande.domain.situation.recueil import Echeances, Recueil

CENTIMES = 100
REDEVANCES = frozenset({"RS", "RE", "RHVS", "SH", "HOT", "SLHT"})
"""Dwellings paid by an all-inclusive fee (codelist modele_logement): their charges, when not told apart, are in it."""


@dataclass(frozen=True, slots=True)
class Moyens:
    """The means of a household, None where not known. mensuelles: cents; par_uc: cents a year; rfr_n2: euros."""

    mensuelles: int | None
    par_uc: Fraction | None
    rfr_n2: int | None


def faits_des_ressources(
    recueil: Recueil, demande: Demande, foyer: Foyer, unites: Fraction | None, *, le: date, echeances: Echeances
) -> Moyens:
    """Put the facts of the resources; `le`: the day of the situation, which says what year N is.

    unites: consumption units. The day of each fact is that of the later declaration among those that it comes from.
    """
    declarees = demande.declarations.personnes
    recues = _recues(demande, foyer)
    mensuelles = _total(recues)
    recueil.decimal("ressources.mensuelles", mensuelles, le=declarees)
    recueil.codes("ressources.natures", sorted({r.nature for r in recues or ()}), le=declarees)
    en_centimes = None if mensuelles is None else mensuelles * CENTIMES
    par_uc = ressources_annuelles_par_uc(en_centimes, unites) if en_centimes is not None and unites else None
    recueil.decimal("ressources.annuelles_par_uc", par_uc, le=declarees, sur=CENTIMES)
    _effort(recueil, demande, foyer, en_centimes, unites)
    rfr_n2 = _rfr(foyer, le.year - 2)
    recueil.entier("ressources.rfr_n2", rfr_n2, le=declarees)
    recueil.entier("ressources.rfr_n1", _rfr(foyer, le.year - 1), le=declarees)
    if any(membre.personne.revenus for membre in foyer.titulaires):
        echeances.noter(date(le.year + 1, 1, 1))
    return Moyens(en_centimes, par_uc, rfr_n2)


def cout_net(logement: LogementActuel | None) -> int | None:
    """Monthly cost of the present dwelling in cents, aids deducted; None when the rent, the charges or the aid is not known."""
    if logement is None or logement.loyer is None or logement.aide is None:
        return None
    charges = logement.charges
    if charges is None:
        if not logement.modeles or not REDEVANCES.issuperset(logement.modeles):
            return None
        charges = 0
    return cout_logement_net(loyer=logement.loyer * CENTIMES, charges=charges * CENTIMES, aide=logement.aide * CENTIMES)


def _effort(recueil: Recueil, demande: Demande, foyer: Foyer, mensuelles: int | None, unites: Fraction | None) -> None:
    dossier, declarations = demande.dossier, demande.declarations
    cout = cout_net(dossier.logement) if dossier else None
    if cout is None or dossier is None:
        return
    recueil.decimal("ressources.cout_logement_net", cout, le=declarations.dossier, sur=CENTIMES)
    if mensuelles is None:
        return
    le = max((jour for jour in (declarations.dossier, declarations.personnes) if jour), default=None)
    recueil.decimal("ressources.taux_effort_pct", taux_effort(cout, mensuelles), le=le, fois=100)
    versees = _total([*(v for m in foyer.titulaires for v in m.personne.versees), *dossier.versees_a_charge])
    if unites is None or versees is None:
        return
    reste = reste_a_vivre(
        ressources=mensuelles, cout_net=cout, pensions_versees=versees * CENTIMES, parts=unites, jours=30
    )
    recueil.decimal("ressources.reste_a_vivre", reste, le=le, sur=CENTIMES)


def _recues(demande: Demande, foyer: Foyer) -> list[Ressource] | None:
    """Every income of the household; None when somebody said nothing of theirs, or was erased."""
    if not foyer.complet or demande.dossier is None:
        return None
    toutes = list(demande.dossier.recues_a_charge)
    for membre in foyer.titulaires:
        if membre.personne.recues is None:
            return None
        toutes += membre.personne.recues
    for membre in (*foyer.a_charge, *foyer.en_garde):
        toutes += membre.personne.recues or ()
    return toutes


def _total(ressources: Iterable[Ressource] | None) -> int | None:
    """Their sum in euros; None when one amount is not known."""
    if ressources is None:
        return None
    total = 0
    for ressource in ressources:
        if ressource.montant is None:
            return None
        total += ressource.montant
    return total


def _rfr(foyer: Foyer, annee: int) -> int | None:
    """Sum of the reference tax incomes of the lease holders for a year; None when one is not known."""
    if not foyer.complet:
        return None
    total = 0
    for membre in foyer.titulaires:
        montant = next((r.montant for r in membre.personne.revenus if r.annee == annee), None)
        if montant is None:
            return None
        total += montant
    return total
