"""What time decides of a demande, on the dates that the law works out (demande.md §3.2, §3.3)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from contracts.calendrier import jours_a_passer
from services.demande.domain.commandes import RadierDemande, RenouvelerDemande
from services.demande.domain.delais import fin_validite
from services.demande.domain.demande import Demande, Offre, Statut, evolve, radier
from services.demande.domain.erreurs import TransitionInterdite
from services.demande.domain.evenements import DemandeEchue, DemandeRadiee, PreavisEmis
from services.demande.domain.validite import au_jour, renouveler

DEPOT = date(2025, 3, 14)
FIN = date(2026, 3, 14)
PREAVIS, ECHEANCE, RADIATION = date(2026, 2, 14), date(2026, 3, 15), date(2026, 4, 14)
ACTIVE = Demande(Statut.ACTIVE, deposee_le=DEPOT, valable_jusqu_au=FIN, presentee_le=DEPOT, situation=1)


def _vivre(demande: Demande, du: date, au: date) -> tuple[Demande, dict[date, list[object]]]:
    """The demande after each day's clock, and the days on which something was decided."""
    decides: dict[date, list[object]] = {}
    for rang in range((au - du).days + 1):
        le = du + timedelta(days=rang)
        for evenement in au_jour(demande, le):
            decides.setdefault(le, []).append(evenement)
            demande = evolve(evenement, demande)
        assert au_jour(demande, le) == []
    return demande, decides


@pytest.mark.duty("demande:D17", "demande:D18")
def test_les_dates_de_l_exemple_du_texte() -> None:
    """Deposit 14 March 2025: notice by 14 February 2026, no longer valid on 15 March, struck off on 14 April."""
    demande, decides = _vivre(ACTIVE, DEPOT, date(2026, 12, 31))
    assert decides == {
        PREAVIS: [PreavisEmis(PREAVIS, FIN)],
        ECHEANCE: [DemandeEchue(ECHEANCE)],
        RADIATION: [DemandeRadiee("RADREN", RADIATION)],
    }
    assert demande.statut is Statut.RADIEE


@pytest.mark.duty("demande:D17", "demande:D19")
def test_un_renouvellement_repart_de_son_jour_et_garde_la_premiere_date() -> None:
    prevenue, _ = _vivre(ACTIVE, DEPOT, PREAVIS)
    (renouvelee,) = renouveler(prevenue, RenouvelerDemande(date(2026, 3, 2), "guichet"))
    demande = evolve(renouvelee, prevenue)
    assert (demande.statut, demande.valable_jusqu_au) == (Statut.ACTIVE, date(2027, 3, 2))
    assert (demande.deposee_le, demande.situation) == (DEPOT, 2)
    _, decides = _vivre(demande, date(2026, 3, 2), date(2027, 5, 1))
    assert list(decides) == [date(2027, 2, 2), date(2027, 3, 3), date(2027, 4, 2)]


def test_une_demande_echue_se_renouvelle_jusqu_a_sa_radiation() -> None:
    echue, _ = _vivre(ACTIVE, DEPOT, RADIATION - timedelta(days=1))
    assert echue.statut is Statut.ECHUE
    assert evolve(renouveler(echue, RenouvelerDemande(RADIATION, "en-ligne"))[0], echue).statut is Statut.ACTIVE
    radiee, _ = _vivre(echue, RADIATION, RADIATION)
    with pytest.raises(TransitionInterdite):
        renouveler(radiee, RenouvelerDemande(RADIATION, "guichet"))


def test_un_renouvellement_n_est_pas_date_d_avant_le_dernier() -> None:
    with pytest.raises(TransitionInterdite):
        renouveler(ACTIVE, RenouvelerDemande(DEPOT - timedelta(days=1), "guichet"))


@pytest.mark.duty("demande:D18")
def test_nul_n_est_radie_sans_un_mois_d_avis() -> None:
    """A clock that never ran, an import of long ago: the notice comes first, and a month from it."""
    en_retard = date(2026, 9, 10)
    demande, decides = _vivre(ACTIVE, en_retard, en_retard + timedelta(days=60))
    assert decides == {
        en_retard: [PreavisEmis(en_retard, FIN), DemandeEchue(ECHEANCE)],
        date(2026, 10, 10): [DemandeRadiee("RADREN", date(2026, 10, 10))],
    }
    assert demande.statut is Statut.RADIEE


def test_une_offre_en_cours_retient_la_radiation() -> None:
    echue, _ = _vivre(ACTIVE, DEPOT, ECHEANCE)
    offre = Offre("o-1", "m-1", ECHEANCE)
    assert au_jour(replace(echue, offres=(offre,)), RADIATION) == []
    assert au_jour(replace(echue, offre_acceptee=offre), RADIATION) == []
    assert au_jour(echue, RADIATION) == [DemandeRadiee("RADREN", RADIATION)]


def test_une_fin_de_validite_importee_fait_courir_les_delais() -> None:
    """Its renewal is not told: the delays run from the end of validity."""
    importee = replace(ACTIVE, deposee_le=date(2019, 1, 31), presentee_le=None, valable_jusqu_au=date(2026, 8, 31))
    _, decides = _vivre(importee, date(2026, 1, 1), date(2026, 12, 31))
    assert list(decides) == [date(2026, 7, 31), date(2026, 9, 1), date(2026, 9, 30)]


def test_un_29_fevrier_n_est_radie_ni_trop_tot_ni_trop_tard() -> None:
    depot = date(2024, 2, 29)
    bissextile = replace(ACTIVE, deposee_le=depot, presentee_le=depot, valable_jusqu_au=fin_validite(depot))
    _, decides = _vivre(bissextile, depot, date(2025, 12, 31))
    assert list(decides) == [date(2025, 1, 28), date(2025, 3, 1), date(2025, 3, 29)]


@pytest.mark.parametrize("statut", [Statut.ABSENTE, Statut.BROUILLON, Statut.RADIEE, Statut.EFFACEE])
def test_le_temps_ne_decide_rien_de_ce_qui_n_est_pas_en_cours(statut: Statut) -> None:
    assert au_jour(replace(ACTIVE, statut=statut), date(2030, 1, 1)) == []


def test_une_demande_radiee_autrement_ne_l_est_pas_deux_fois() -> None:
    prevenue, _ = _vivre(ACTIVE, DEPOT, PREAVIS)
    radiee = evolve(radier(prevenue, RadierDemande("RADABA", PREAVIS))[0], prevenue)
    assert _vivre(radiee, PREAVIS, RADIATION)[1] == {}


def test_les_jours_manques_se_passent_dans_l_ordre() -> None:
    le = date(2026, 3, 1)
    assert jours_a_passer(None, le) == [le]
    assert jours_a_passer(le, le) == jours_a_passer(date(2026, 5, 1), le) == [le]
    assert jours_a_passer(date(2026, 2, 26), le) == [date(2026, 2, 27), date(2026, 2, 28), le]
