"""Which messages each published event makes due."""

from datetime import date
from typing import Any

import pytest

from contracts.evenements import demande, flux
from services.notifications.domain.avis import Annuaire, avis_de, forme_de, logement_rendu
from services.notifications.domain.message import Avis, Nature, identite, identite_de_la_lettre
from services.notifications.domain.modeles import MODELES
from tests.notifications.unit.donnees import LOGEMENT

LE = date(2026, 11, 22)
ANNUAIRE = Annuaire({"contingent-prefet-67": "prefecture-67"}, frozenset({"prefecture-67", "trois-rivieres-habitat"}))
DEPOT = demande.DemandeEnregistree("d1", 1, LE, ("067",), "G6701", date(2026, 12, 22), date(2027, 11, 22))
DECIDES = demande.CaleolDecidee(
    "mad-1",
    LE,
    (
        demande.CandidatDecide("d1", "ATTR_RANG", 1),
        demande.CandidatDecide("d2", "NON_ATTR"),
        demande.CandidatDecide("d3", "REJET_IRR"),
        demande.CandidatDecide("d4", "AJOURNE"),
    ),
)


def dus(type_: str, data: Any) -> list[tuple[str, str, str]]:
    return [(avis.modele, avis.nature.value, avis.destinataire) for avis in avis_de(type_, data, ANNUAIRE)]


@pytest.mark.parametrize(
    ("type_", "data", "attendus"),
    [
        ("demande.enregistree.v1", DEPOT, [("attestation", "demande", "d1")]),
        ("demande.renouvelee.v1", demande.DemandeRenouvelee("d1", 2, LE, LE), [("attestation", "demande", "d1")]),
        ("demande.preavis-emis.v1", demande.PreavisEmis("d1", LE, LE), [("preavis", "demande", "d1")]),
        ("demande.radiee.v1", demande.DemandeRadiee("d1", "RADNON", LE), [("radiation", "demande", "d1")]),
        ("demande.radiee.v1", demande.DemandeRadiee("d1", "RADATT", LE), []),
        (
            "proposition.faite.v1",
            demande.PropositionFaite("d1", "p1", "mad-1", 1, LE, LE),
            [("proposition", "demande", "d1")],
        ),
        (
            "proposition.acceptee.v1",
            demande.PropositionAcceptee("d1", "p1", "mad-1", LE),
            [("proposition-acceptee", "demande", "d1")],
        ),
        (
            "proposition.refusee.v1",
            demande.PropositionRefusee("d1", "p1", "mad-1", 3, LE),
            [("proposition-refusee", "demande", "d1")],
        ),
        (
            "caleol.decidee.v1",
            DECIDES,
            [
                ("decision-favorable", "demande", "d1"),
                ("decision-defavorable", "demande", "d2"),
                ("decision-defavorable", "demande", "d3"),
            ],
        ),
        (
            "bail.signe.v1",
            demande.BailSigne("mad-1", "d1", LE, True, False, False),
            [("bail-signe", "demande", "d1")],
        ),
        ("logement.mis-a-disposition.v1", LOGEMENT, [("mise-a-disposition", "organisation", "prefecture-67")]),
        ("demande.modifiee.v1", demande.DemandeModifiee("d1", 2), []),
        ("cotation.etablie.v1", None, []),
    ],
)
def test_ce_que_chaque_evenement_fait_dire(type_: str, data: Any, attendus: list[tuple[str, str, str]]) -> None:
    assert dus(type_, data) == attendus
    assert {modele for modele, _, _ in attendus} <= set(MODELES)
    if data is not None and forme_de(type_) is not None:
        assert forme_de(type_) is type(data)


@pytest.mark.duty("demande:D09")
def test_l_attestation_garde_sa_date_limite() -> None:
    (avis,) = avis_de("demande.enregistree.v1", DEPOT, ANNUAIRE)
    assert avis.avant == date(2026, 12, 22)


@pytest.mark.duty("demande:D28")
def test_chaque_rejet_est_notifie() -> None:
    defavorables = [avis.destinataire for avis in avis_de("caleol.decidee.v1", DECIDES, ANNUAIRE)][1:]
    assert defavorables == ["d2", "d3"]


def test_une_organisation_sans_boite_lit_le_fil_ou_prend_un_webhook() -> None:
    assert not avis_de("logement.mis-a-disposition.v1", LOGEMENT, Annuaire({}, frozenset()))
    rendu = flux.LogementRendu("mad-1", "lib-1", "SANS_CANDIDAT", LE)
    assert not logement_rendu(rendu, "trois-rivieres-habitat", Annuaire({}, frozenset()))
    (avis,) = logement_rendu(rendu, "trois-rivieres-habitat", ANNUAIRE)
    assert (avis.modele, avis.destinataire) == ("logement-rendu", "trois-rivieres-habitat")


def test_un_message_garde_son_identite() -> None:
    (avis,) = avis_de("demande.enregistree.v1", DEPOT, ANNUAIRE)
    assert identite("demande", "1.2.3", avis) == identite("demande", "1.2.3", avis)
    autres = {
        identite("demande", "1.2.4", avis),
        identite("flux", "1.2.3", avis),
        identite("demande", "1.2.3", Avis("preavis", Nature.DEMANDE, "d1", "d1")),
        identite_de_la_lettre(identite("demande", "1.2.3", avis)),
    }
    assert len(autres | {identite("demande", "1.2.3", avis)}) == 5


def test_aucun_avis_ne_porte_de_fait_personnel() -> None:
    """What a message keeps comes from thin events: identifiers, dates, codes; nothing else is let in."""
    permis = {"mise_a_disposition", "le", "renouvelee_le", "valable_jusqu_au", "repondre_avant", "seance_le", "decision",
              "rang", "designer_avant", "motif"}  # fmt: skip
    for type_, data in (("caleol.decidee.v1", DECIDES), ("logement.mis-a-disposition.v1", LOGEMENT)):
        for avis in avis_de(type_, data, ANNUAIRE):
            assert set(avis.donnees) <= permis
