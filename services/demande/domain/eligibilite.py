"""Eligibility arithmetic (demande.md §7): category, ceilings, taux d'effort, reste à vivre, consumption units, occupation.

Money is in whole cents, ceilings in whole euros a year, ratios in exact fractions; round only to show (`arrondir`).
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction

from services.demande.domain.plafonds import Financement, Zone, plafond

AGE_DES_14_ANS = 14
SOMME_AGES_JEUNE_MENAGE = 55
_SURFACES_M2 = {1: 9, 2: 16}
_SURFACE_MAXIMALE_M2 = 70
_MARGE_REVENU_RECENT = Fraction(9, 10)


class FoyerInvalide(ValueError):
    """The persons counted do not make a household."""


def jeune_menage(age_1: int, age_2: int) -> bool:
    """Whether a couple is a jeune ménage: completed ages that sum to 55 at most. Source: arrêté du 29 juillet 1987."""
    return age_1 + age_2 <= SOMME_AGES_JEUNE_MENAGE


def categorie_menage(
    *, personnes: int, titulaires: int, a_charge: int, jeune_menage: bool = False, handicap: bool = False
) -> int:
    """Category of household for the ceilings, from 1; above 6 it counts supplements.

    personnes: all the persons to house. titulaires: adults who are not dependants. a_charge: dependants.
    Source: arrêté du 29 juillet 1987 (demande.md §7.1). Raises FoyerInvalide.
    """
    if titulaires < 1 or a_charge < 0 or personnes < titulaires + a_charge:
        raise FoyerInvalide(
            "Un foyer compte au moins un titulaire, et autant de personnes que de titulaires et à charge."
        )
    categorie = personnes
    if titulaires == 1 and a_charge > 0:
        categorie = personnes + 1
    elif jeune_menage and a_charge == 0 and personnes == 2:
        categorie = 3
    return max(categorie, personnes + 1) if handicap else categorie


def revenu_retenu(rfr_n2: int | None, recent_prouve: int | None = None) -> int | None:
    """The income to compare with the ceiling, in euros; None when the one of N-2 is not known.

    recent_prouve: income of N-1 or of the last 12 months, on proof; taken when it is at least 10 % lower.
    Source: R441-1 and arrêté du 29 juillet 1987 (demande.md §7.1).
    """
    if rfr_n2 is None or recent_prouve is None or recent_prouve > rfr_n2 * _MARGE_REVENU_RECENT:
        return rfr_n2
    return recent_prouve


def part_du_plafond(revenu: int, categorie: int, zone: Zone, financement: Financement, le: date) -> Fraction:
    """Income over ceiling; 1 is the ceiling itself. Raises PlafondInconnu."""
    return Fraction(revenu, plafond(categorie, zone, financement, le))


def est_eligible(
    revenu: int | None, categorie: int, zone: Zone, financement: Financement, le: date, *, sejour_regulier: bool
) -> bool | None:
    """Whether a household may be given a dwelling of this financing in this zone; None when its income is not known.

    sejour_regulier: regular stay of every adult. Source: R441-1 (demande.md §7.6). Raises PlafondInconnu.
    """
    if not sejour_regulier:
        return False
    if revenu is None:
        return None
    return part_du_plafond(revenu, categorie, zone, financement, le) <= 1


def depasse_tous_les_plafonds(revenu: int, categorie: int, zone: Zone, le: date) -> bool:
    """Whether the income is above every ceiling: the only income that founds an irrecevabilité (RADIRR, IRRRES, D22)."""
    return part_du_plafond(revenu, categorie, zone, Financement.PLS, le) > 1


def cout_logement_net(
    *, loyer: int, annexes: int = 0, charges: int = 0, contribution: int = 0, forfait: int = 0, aide: int = 0
) -> int:
    """Monthly housing cost in cents, aids deducted, never below 0.

    forfait: amount for water and heating that the tenant pays apart. Source: R*441-3-1, arrêté du 10 mars 2011.
    """
    return max(0, loyer + annexes + charges + contribution + forfait - aide)


def taux_effort(cout_net: int, ressources: int) -> Fraction | None:
    """Housing cost over monthly resources, both in cents, as a fraction of 1; None when there are no resources.

    ressources: all persons of the foyer, APL and AL excluded. No legal maximum. Source: arrêté du 10 mars 2011 (C08).
    """
    return Fraction(cout_net, ressources) if ressources > 0 else None


def reste_a_vivre(
    *, ressources: int, cout_net: int, pensions_versees: int = 0, parts: Fraction | int = 1, jours: int = 30
) -> Fraction:
    """What is left in cents, by day and by part, after housing and pensions paid; it may be negative.

    parts: consumption units, persons, or 1 for the household; jours: 30 for a day, 1 for the month (local choices).
    No statute; demande.md §7.3. Raises FoyerInvalide when parts or jours is not positive.
    """
    if parts <= 0 or jours <= 0:
        raise FoyerInvalide("Le reste à vivre se divise par des parts et des jours positifs.")
    reste = ressources - cout_net - pensions_versees
    return Fraction(reste * parts.denominator, jours * parts.numerator)


def unites_consommation(ages: Iterable[int]) -> Fraction:
    """Consumption units of a household, from the completed ages of its persons.

    Modified OECD scale: 1 for the first adult, 0.5 for each other person of 14 or more, 0.3 for each child under 14.
    Source: demande.md §7.4. Raises FoyerInvalide when nobody is 14 or more.
    """
    tous = list(ages)
    grands = sum(age >= AGE_DES_14_ANS for age in tous)
    if not grands or min(tous) < 0:
        raise FoyerInvalide("Un foyer compte au moins une personne de 14 ans ou plus, et des âges positifs.")
    return Fraction(10 + 5 * (grands - 1) + 3 * (len(tous) - grands), 10)


def ressources_annuelles_par_uc(ressources: int, unites: Fraction) -> Fraction:
    """Monthly resources (income and pensions, cents) × 12 / UC, in cents a year. Source: demande.md §7.4."""
    return 12 * ressources / unites


def est_du_premier_quartile(annuelles_par_uc: Fraction, seuil_euros: int) -> bool:
    """Whether resources by UC, in cents a year, are at the first-quartile threshold of the EPCI or under it."""
    return annuelles_par_uc <= 100 * seuil_euros


def est_sous_occupe(pieces_habitables: int, personnes: int) -> bool:
    """Sous-occupation: more habitable rooms, kitchen excluded, than persons plus one. Source: L621-2, L442-3-1."""
    return pieces_habitables > personnes + 1


def surface_minimale_m2(personnes: int) -> int:
    """Least surface in m²: 9 for one, 16 for two, 9 more for each other, 70 for eight and more. Raises FoyerInvalide."""
    if personnes < 1:
        raise FoyerInvalide("Un logement occupé compte au moins une personne.")
    if personnes >= 8:
        return _SURFACE_MAXIMALE_M2
    return _SURFACES_M2.get(personnes) or _SURFACES_M2[2] + 9 * (personnes - 2)


def est_suroccupe(surface_m2: int, personnes: int) -> bool:
    """Suroccupation: a surface below the least one for the persons. Source: demande.md §7.5. Raises FoyerInvalide."""
    return surface_m2 < surface_minimale_m2(personnes)


def arrondir(valeur: Fraction, decimales: int) -> Decimal:
    """A fraction as an exact decimal of that many places, half away from zero: to show it or to make a fact of it."""
    entier = arrondi_a_l_unite(valeur.numerator * 10**decimales, valeur.denominator)
    return Decimal((1 if entier < 0 else 0, tuple(int(chiffre) for chiffre in str(abs(entier))), -decimales))


def arrondi_a_l_unite(numerateur: int, denominateur: int) -> int:
    """The whole number nearest to a quotient, half away from zero. denominateur: > 0."""
    entier = (2 * abs(numerateur) + denominateur) // (2 * denominateur)
    return -entier if numerateur < 0 else entier
