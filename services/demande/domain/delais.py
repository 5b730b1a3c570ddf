"""When each thing falls due in the life of a demande: pure dates, from the event that starts the delay.

A delay in months ends on the same day of its last month (CPC 641). Every number is a dated legal parameter.
"""

from datetime import date, timedelta

from contracts.calendrier import ajouter_mois, reporter_au_jour_ouvrable
from contracts.parametres import NATIONAUX, Parametres


def fin_validite(presentee_le: date, parametres: Parametres = NATIONAUX) -> date:
    """Last valid day of a demande, from its first presentation or its last renewal. Source: R441-2-7 (D17)."""
    return ajouter_mois(presentee_le, parametres.valeur("validite_mois", presentee_le))


def echue_le(presentee_le: date, parametres: Parametres = NATIONAUX) -> date:
    """First day on which the demande is no longer valid. Source: R441-2-7."""
    return fin_validite(presentee_le, parametres) + timedelta(days=1)


def preavis_au_plus_tard(presentee_le: date, parametres: Parametres = NATIONAUX) -> date:
    """Last day to send the renewal notice. Source: R441-2-7 (D18)."""
    return ajouter_mois(fin_validite(presentee_le, parametres), -parametres.valeur("preavis_mois", presentee_le))


def preavis_d_une_validite(valable_jusqu_au: date, parametres: Parametres = NATIONAUX) -> date:
    """The same from the end of validity, when it alone is known (an import)."""
    return ajouter_mois(valable_jusqu_au, -parametres.valeur("preavis_mois", valable_jusqu_au))


def attestation_au_plus_tard(deposee_le: date, parametres: Parametres = NATIONAUX) -> date:
    """Last day to deliver the attestation of a deposit or of a renewal. Source: L441-2-1 (D09)."""
    return ajouter_mois(deposee_le, parametres.valeur("attestation_mois", deposee_le))


def pieces_au_plus_tard(remises_le: date, parametres: Parametres = NATIONAUX) -> date:
    """Last day to put in the register the documents handed to a desk. Source: R441-2-4-1 (D14)."""
    return remises_le + timedelta(days=parametres.valeur("pieces_jours", remises_le))


def purge_brouillon_le(saisie_le: date, parametres: Parametres = NATIONAUX) -> date:
    """Day on which an online entry that was never validated is removed. Source: demande.md §3.2."""
    return ajouter_mois(saisie_le, parametres.valeur("brouillon_mois", saisie_le))


def radiation_non_renouvellement_le(presentee_le: date, parametres: Parametres = NATIONAUX) -> date:
    """Day of the radiation of a demande that was not renewed (RADREN, t + 13 months). Source: SPTA §6.1."""
    return ajouter_mois(presentee_le, parametres.valeur("radiation_non_renouvellement_mois", presentee_le))


def radiation_d_une_validite(valable_jusqu_au: date, parametres: Parametres = NATIONAUX) -> date:
    """The same from the end of validity, when it alone is known (an import). Source: SPTA §6.1."""
    mois = parametres.valeur("radiation_non_renouvellement_mois", valable_jusqu_au)
    return ajouter_mois(valable_jusqu_au, mois - parametres.valeur("validite_mois", valable_jusqu_au))


def radiation_apres_preavis_le(preavis_le: date, parametres: Parametres = NATIONAUX) -> date:
    """First day to strike off after a notice that left late: it leaves the same time to answer. Source: R441-2-7 (D18)."""
    return ajouter_mois(preavis_le, parametres.valeur("preavis_mois", preavis_le))


def reactivable_non_renouvelee_jusqu_au(presentee_le: date, parametres: Parametres = NATIONAUX) -> date:
    """Last day to reactivate a demande struck off for lack of renewal (t + 18 months). Source: SPTA §6.1."""
    return ajouter_mois(presentee_le, parametres.valeur("reactivation_non_renouvellement_mois", presentee_le))


def radiation_apres_avertissement_le(averti_le: date, parametres: Parametres = NATIONAUX) -> date:
    """First day to strike off after a warning whose delivery is proved (RADCON, RADIRR). Source: R441-2-8 c, d (D21)."""
    return ajouter_mois(averti_le, parametres.valeur("avertissement_radiation_mois", averti_le))


def reactivable_sans_contact_jusqu_au(radiee_le: date, parametres: Parametres = NATIONAUX) -> date:
    """Last day to reactivate a demande struck off for lack of contact (RADCON). Source: SPTA §6.5."""
    return ajouter_mois(radiee_le, parametres.valeur("reactivation_contact_mois", radiee_le))


def effacement_le(radiee_le: date, parametres: Parametres = NATIONAUX) -> date:
    """Day on which the nominative data are erased. Source: décret 2017-917 art. 4 (D24)."""
    return ajouter_mois(radiee_le, parametres.valeur("effacement_mois", radiee_le))


def delai_anormalement_long_le(recue_le: date, delai_mois: int) -> date:
    """First day on which the wait is abnormally long. delai_mois: from the préfet's order. Source: L441-1-4 (D07)."""
    return ajouter_mois(recue_le, delai_mois)


def notification_recommandee(premiere_presentation_le: date, retiree_le: date | None) -> date:
    """Day of notification of a registered letter: its actual receipt, else the first vain presentation.

    Source: CE 30 November 2021 n° 436148 (C06). Raises ValueError when it was received before being presented.
    """
    if retiree_le is not None and retiree_le < premiere_presentation_le:
        raise ValueError("Une lettre recommandée n'est pas retirée avant sa première présentation.")
    return retiree_le if retiree_le is not None else premiere_presentation_le


def echeance_reponse(notifiee_le: date, departement: str, parametres: Parametres = NATIONAUX) -> date:
    """Last day, until 24:00, to answer an offer of a dwelling; silence the day after is a refusal.

    notifiee_le: day of notification, itself not counted. departement: that of the dwelling, whose holidays count.
    Source: R441-10 (C04), CPC 641 and 642 (C05).
    """
    dernier = notifiee_le + timedelta(days=parametres.valeur("reponse_offre_jours", notifiee_le))
    return reporter_au_jour_ouvrable(dernier, departement)
