"""The life of a release, as given, when, then."""

from datetime import date

import pytest

from services.flux.domain.erreurs import LiberationContradictoire, QualificationImpossible, RetourImpossible
from services.flux.domain.evenements import (
    BailSigne,
    CandidatRefuse,
    Caracteristiques,
    CommissionTenue,
    LogementLibere,
    LogementMisADisposition,
    LogementRendu,
    LogementSoustrait,
    MotifRetour,
    Origine,
    Suite,
)
from services.flux.domain.imputation import Politique, Unite
from services.flux.domain.liberation import (
    Liberation,
    Statut,
    designer,
    evolve,
    liberer,
    louer,
    reintegrer,
    rendre,
    soustraire,
    tenir_commission,
)

LE = date(2026, 3, 2)
ECHEANCE = date(2026, 4, 2)
LOGEMENT = Caracteristiques("6711000001", "67482", None, "T3", "PLUS", False, 65, 45_000, 9_000)
LIBERE = LogementLibere(
    "trois-rivieres-habitat", "999000110", 1, "67", Origine.PREAVIS, date(2025, 12, 1), LE, LE, LOGEMENT
)


def offerte(politique: Politique | None = None, *, propre: bool = False) -> LogementMisADisposition:
    return LogementMisADisposition(
        mise_a_disposition="m1", rang=1, bailleur="trois-rivieres-habitat", titulaire="etat-67",
        organisation="prefecture-67", designataire="prefecture-67", convention="c1",
        politique=politique or Politique(unite=Unite.BAIL_SIGNE, refus_compte=False), compte="k1", sequence="s1", le=LE,
        disponible_le=LE, designer_avant=ECHEANCE, designation_mois=1, propre=propre, logement=LOGEMENT,
    )  # fmt: skip


def etant_donne(*evenements: object) -> Liberation:
    liberation = Liberation()
    for evenement in evenements:
        liberation = evolve(evenement, liberation)
    return liberation


def test_la_meme_annonce_ne_dit_rien_une_autre_se_refuse() -> None:
    liberee = etant_donne(LIBERE)

    assert liberer(Liberation(), LIBERE, None) == [LIBERE]
    assert liberer(liberee, LIBERE, None) == []
    with pytest.raises(LiberationContradictoire):
        liberer(
            liberee,
            LogementLibere("trois-rivieres-habitat", "999000110", 1, "67", Origine.DECES, None, LE, LE, LOGEMENT),
            None,
        )


@pytest.mark.duty("flux:L8")
def test_une_soustraction_est_reversible_jusqu_a_la_mise_a_disposition() -> None:
    soustrait = LogementSoustrait("ORCOD", None, LE, "trois-rivieres-habitat")

    assert soustraire(etant_donne(LIBERE), "ORCOD", None, LE) == [soustrait]
    assert etant_donne(LIBERE, soustrait).statut is Statut.SOUSTRAITE
    (reintegre,) = reintegrer(etant_donne(LIBERE, soustrait), LE)
    assert etant_donne(LIBERE, soustrait, reintegre).statut is Statut.A_ORIENTER
    with pytest.raises(QualificationImpossible):
        soustraire(etant_donne(LIBERE, offerte()), "ORCOD", None, LE)


@pytest.mark.parametrize(("politique", "impute", "suite"), [
    (Politique(unite=Unite.BAIL_SIGNE, rendu_compte=False), False, Suite.REORIENTATION),
    (Politique(unite=Unite.BAIL_SIGNE, rendu_compte=True), True, Suite.TOUR_BAILLEUR),
    (Politique(unite=Unite.MISE_A_DISPOSITION, rendu_compte=False), False, Suite.REORIENTATION),
])  # fmt: skip
def test_un_retour_se_charge_comme_la_convention_le_dit(politique: Politique, impute: bool, suite: Suite) -> None:
    (rendu,) = rendre(etant_donne(LIBERE, offerte(politique)), "m1", MotifRetour.SANS_CANDIDAT, LE)

    assert (rendu.impute, rendu.suite) == (impute, suite)
    assert etant_donne(LIBERE, offerte(politique), rendu).rendeurs == {"etat-67"}


@pytest.mark.parametrize(("refus_compte", "impute"), [(True, True), (False, False)])
def test_le_refus_de_l_attributaire_se_charge_si_la_convention_le_dit(refus_compte: bool, impute: bool) -> None:
    politique = Politique(unite=Unite.BAIL_SIGNE, refus_compte=refus_compte)
    refusee = etant_donne(
        LIBERE, offerte(politique), CommissionTenue("m1", LE, ("d1",), None), CandidatRefuse("m1", "d1", LE)
    )

    (rendu,) = rendre(refusee, "m1", MotifRetour.CANDIDATS_REFUSES, LE)

    assert rendu.impute is impute


def test_on_ne_rend_ni_deux_fois_ni_sous_une_attribution_ni_a_soi_meme_ni_avant_l_heure() -> None:
    rendu = LogementRendu(
        "m1", MotifRetour.RENONCIATION, Suite.REORIENTATION, LE, False, "b", "etat-67", "prefecture-67"
    )
    for liberation, motif in (
        (etant_donne(LIBERE, offerte(), rendu), MotifRetour.RENONCIATION),
        (etant_donne(LIBERE, offerte(), CommissionTenue("m1", LE, ("d1",), None)), MotifRetour.RENONCIATION),
        (etant_donne(LIBERE, offerte(propre=True)), MotifRetour.RENONCIATION),
        (etant_donne(LIBERE, offerte()), MotifRetour.DELAI_DEPASSE),
    ):
        with pytest.raises(RetourImpossible):
            rendre(liberation, "m1", motif, ECHEANCE)


def test_une_commission_sans_attribution_rouvre_le_delai() -> None:
    designee = etant_donne(LIBERE, offerte(), *designer(etant_donne(LIBERE, offerte()), "m1", "d1", 1, LE))
    (tenue,) = tenir_commission(designee, "m1", LE, (), date(2026, 5, 2))

    rouverte = evolve(tenue, designee).mises[-1]

    assert not designee.mises[-1].attendue
    assert (rouverte.attendue, rouverte.designer_avant, rouverte.candidats) == (True, date(2026, 5, 2), ())


def test_un_bail_clot_la_liberation_et_la_suite_ne_dit_plus_rien() -> None:
    bail = BailSigne("m1", "d1", LE, True, False, False)
    louee = etant_donne(LIBERE, offerte(), *louer(etant_donne(LIBERE, offerte()), bail))

    assert louee.statut is Statut.LOUEE
    assert louer(louee, bail) == []
    assert designer(louee, "m1", "d2", 2, LE) == []
    assert tenir_commission(louee, "m1", LE, ("d2",), LE) == []
