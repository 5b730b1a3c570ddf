"""Work, monthly resources and reference tax income (sections E, F, G)."""

from functools import cache
from typing import NamedTuple

from demo import donnees
from demo.composition import AGES
from demo.menage import Menage, Titulaire
from demo.modele import Emploi, Ressource, RevenuFiscal
from demo.tirages import Table, Uniforme, ajuster, entier, quantiles_lognormale

_PLAUSIBILITE_EMPLOI = {
    "CDI": (12, 38, 48, 50, 45, 15, 0.01),
    "CDD": (20, 22, 15, 10, 8, 3, 0.01),
    "ART": (1, 3, 4, 4, 3, 1, 0.01),
    "CHO": (15, 18, 15, 15, 16, 5, 0.01),
    "APP": (15, 4, 0.2, 0.05, 0.01, 0, 0),
    "ETU": (25, 5, 0.5, 0.1, 0.01, 0, 0),
    "RET": (0, 0, 0, 0, 1, 60, 95),
    "AUT": (15, 12, 17, 20, 26, 18, 5),
}
"""How plausible each age class is for each status, before both margins are met: an assumption."""

_NATURE = {"CDI": "SAL", "CDD": "SAL", "ART": "SAL", "APP": "SAL", "CHO": "CHO", "RET": "RET", "ETU": "BE"}
_IMPOSABLES = frozenset({"SAL", "CHO", "RET", "PINV"})
_ALLOCATIONS_FAMILIALES = (0, 0, 148, 338, 528, 718, 908, 1098)
"""Euros a month by number of children under twenty, rounded: an order of size, not a scale in force."""
_PAJE, _RSA_MAXIMUM, _AAH_MAXIMUM, _BOURSE_MAXIMUM = 193, 900, 1016, 600


class Ressources(NamedTuple):
    """What one titulaire declares."""

    emploi: Emploi
    revenu: RevenuFiscal
    recues: tuple[Ressource, ...]
    versees: tuple[Ressource, ...]


def declarer(
    uniforme: Uniforme, menage: Menage, annee: int, communes: tuple[tuple[str, str], ...], *, handicap: bool
) -> tuple[tuple[Ressources, ...], int]:
    """Resources of each titulaire and the household's monthly total, euros.

    annee: the year of the demande; communes: (code, postal code) where people of this EPCI may work.
    The total follows the law of `ressources_annuelles_par_uc`: sum of monthly incomes × 12 / UC.
    """
    emplois = [_emplois()[titulaire.classe_age].tirer(uniforme) for titulaire in menage.titulaires]
    total = _total_mensuel(uniforme, menage)
    communs = _prestations(uniforme, menage, total)
    reste = total - sum(ressource.montant for ressource in communs)
    parts = _partager(uniforme, reste, emplois)
    listes = [_recues(uniforme, emploi, part, handicap=handicap) for emploi, part in zip(emplois, parts, strict=True)]
    listes[0] = listes[0] + communs
    declarations = tuple(
        Ressources(
            emploi=_emploi(uniforme, contrat, communes),
            revenu=_revenu(uniforme, annee, recues),
            recues=recues,
            versees=_versees(uniforme, titulaire, menage, recues),
        )
        for titulaire, contrat, recues in zip(menage.titulaires, emplois, listes, strict=True)
    )
    return declarations, total


def unites_de_consommation_dixiemes(menage: Menage) -> int:
    """UC of the household in tenths: 10 for the first adult, 5 from fourteen years, 3 below (demande.md §7.4)."""
    autres = 5 * (len(menage.titulaires) - 1)
    return 10 + autres + sum(5 if age >= 14 else 3 for age in menage.ages_a_charge)


@cache
def _emplois() -> dict[str, Table[str]]:
    """Status by age class; over all demandeurs, exactly the weights of `situation_professionnelle`."""
    statuts = donnees.poids(donnees.defauts()["situation_professionnelle"])
    ages = donnees.poids(donnees.defauts()["age_demandeur"])
    noyau = [[_PLAUSIBILITE_EMPLOI[statut][rang] for statut in statuts] for rang in range(len(AGES))]
    loi = ajuster(noyau, [ages[classe] for classe in AGES], list(statuts.values()))
    return {classe: Table(dict(zip(statuts, ligne, strict=True))) for classe, ligne in zip(AGES, loi, strict=True)}


@cache
def _loi_des_ressources() -> tuple[float, tuple[float, ...]]:
    bloc = donnees.defauts()["ressources_annuelles_par_uc"]
    return bloc["masse_a_zero"], quantiles_lognormale(bloc["mu"], bloc["sigma"])


@cache
def _bruits() -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Noise of the tax income around the resources: two years before (sigma 0.15, `rfr_n2`), one year before."""
    return quantiles_lognormale(0, 0.15, 1024), quantiles_lognormale(0, 0.08, 1024)


@cache
def _metiers() -> tuple[tuple[str, str, str], ...]:
    return tuple((m["profession"], m["secteur"], m["employeur"]) for m in donnees.lignes("metiers.csv"))


def _total_mensuel(uniforme: Uniforme, menage: Menage) -> int:
    masse_a_zero, quantiles = _loi_des_ressources()
    if uniforme() < masse_a_zero:
        return 0
    return round(quantiles[int(uniforme() * len(quantiles))] * unites_de_consommation_dixiemes(menage) / 120)


def _prestations(uniforme: Uniforme, menage: Menage, total: int) -> tuple[Ressource, ...]:
    """Family benefits and alimony, never above the household's total."""
    if not menage.ages_a_charge or not menage.composition.enfants:
        return ()
    jeunes = sum(age < 20 for age in menage.ages_a_charge)
    dus = [("AF", _ALLOCATIONS_FAMILIALES[min(jeunes, 7)])]
    if menage.ages_a_charge[-1] < 3 and uniforme() < 0.6:
        dus.append(("PAJE", _PAJE))
    if not menage.composition.couple and uniforme() < 0.3:
        dus.append(("PAR", entier(uniforme, 90, 180) * len(menage.ages_a_charge)))
    retenues = []
    for code, montant in dus:
        if 0 < montant <= total:
            retenues.append(Ressource(code, montant))
            total -= montant
    return tuple(retenues)


def _partager(uniforme: Uniforme, reste: int, emplois: list[str]) -> list[int]:
    if len(emplois) == 1:
        return [reste]
    part = 0.35 + 0.3 * uniforme()
    if emplois[1] in {"AUT", "ETU"}:
        part = 0.85 + 0.15 * uniforme()
    premier = int(reste * part)
    return [premier, reste - premier]


def _recues(uniforme: Uniforme, contrat: str, montant: int, *, handicap: bool) -> tuple[Ressource, ...]:
    """The incomes of one titulaire, summing to `montant`; nothing when it is zero."""
    if montant == 0:
        return ()
    nature = _NATURE.get(contrat)
    if nature == "BE" and montant > _BOURSE_MAXIMUM:
        return (Ressource("BE", _BOURSE_MAXIMUM), Ressource("AUT", montant - _BOURSE_MAXIMUM))
    if nature:
        return (Ressource(nature, montant),)
    if handicap:
        aah = min(montant, _AAH_MAXIMUM)
        return (Ressource("AAH", aah), *((Ressource("AUT", montant - aah),) if montant > aah else ()))
    if montant <= _RSA_MAXIMUM:
        return (Ressource("RSA", montant),)
    return (Ressource("PINV" if uniforme() < 0.5 else "AUT", montant),)


def _versees(
    uniforme: Uniforme, titulaire: Titulaire, menage: Menage, recues: tuple[Ressource, ...]
) -> tuple[Ressource, ...]:
    if titulaire.civilite != "1" or menage.situation not in "DS" or not recues or uniforme() >= 0.2:
        return ()
    return (Ressource("PAV", entier(uniforme, 80, 300)),)


def _emploi(uniforme: Uniforme, contrat: str, communes: tuple[tuple[str, str], ...]) -> Emploi:
    if contrat not in {"CDI", "CDD", "APP"}:
        return Emploi(contrat)
    metiers = _metiers()
    profession, secteur, employeur = metiers[int(uniforme() * len(metiers))]
    commune, code_postal = communes[int(uniforme() * len(communes))]
    return Emploi(contrat, profession, employeur, secteur, code_postal, commune)


def _revenu(uniforme: Uniforme, annee: int, recues: tuple[Ressource, ...]) -> RevenuFiscal:
    """Tax income of the two years before (`rfr_n2`): 0.9 × taxable income × noise, blank in 6 % of cases.

    The year before is not assessed yet for four in ten: an assumption.
    """
    imposable = 12 * sum(ressource.montant for ressource in recues if ressource.code in _IMPOSABLES)
    bruit_n2, bruit_n1 = _bruits()
    n2 = None if uniforme() < 0.06 else round(0.9 * imposable * bruit_n2[int(uniforme() * 1024)])
    n1 = None if uniforme() < 0.4 else round(0.9 * imposable * bruit_n1[int(uniforme() * 1024)])
    return RevenuFiscal(annee - 1, n1, annee - 2, n2)
