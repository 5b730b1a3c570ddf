"""The attribution of a dwelling, as the rules of demande.md §6 say it."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from contracts.problems import Problem
from services.demande.domain.attribution import commission
from services.demande.domain.attribution.commandes import (
    DecisionRequise,
    DesignerCandidats,
    SignerBail,
    TenirCommission,
)
from services.demande.domain.attribution.decisions import (
    REFUS,
    SILENCE,
    MoinsDeTrois,
    accepter,
    decliner,
    designer,
    louer,
    offrir,
    ouvrir,
    proposition_de,
    suivant,
)
from services.demande.domain.attribution.etat import Attribution, Issue, Phase, evolve
from services.demande.domain.attribution.evenements import LogementOffert
from services.demande.domain.demande import Demande, Offre, Statut
from services.demande.domain.demande import evolve as evolve_demande
from services.demande.domain.destinataire import Correspondance, destinataire
from services.demande.domain.dossier import Personne, Role
from services.demande.domain.erreurs import (
    CandidatNonRecevable,
    DecisionImpossible,
    DecisionInvalide,
    DelaiDepasse,
    DesignationInvalide,
    OffreDejaAcceptee,
    TransitionInterdite,
)
from services.demande.domain.evenements import BailConclu, DecisionRendue, DemandeRadiee, Motivation, PropositionCaduque
from services.demande.domain.propositions import accepter as accepter_pour
from services.demande.domain.propositions import conclure

LE = date(2026, 11, 23)
LOGEMENT = LogementOffert("6700000001", "67482", "T3", "PLUS", False, 64, 45_000)
ACTIVE = Demande(statut=Statut.ACTIVE, deposee_le=date(2024, 1, 1), situation=1)
TROIS = ("a", "b", "c")


def apres(etat: Attribution, *evenements: Any) -> Attribution:
    """The state once the events have happened."""
    for evenement in evenements:
        etat = evolve(evenement, etat)
    return etat


OUVERTE = apres(
    Attribution(),
    *ouvrir(
        Attribution(), bailleur="b", reservataire="r", organisations=("b", "r"), logement=LOGEMENT,
        disponible_le=LE, designer_avant=date(2026, 12, 1),
    ),
)  # fmt: skip


def designation(*demandes: str, **champs: Any) -> DesignerCandidats:
    return DesignerCandidats(**({"demandes": demandes, "classement": "c1", "le": LE} | champs))


def connues(*demandes: str) -> dict[str, Demande]:
    return dict.fromkeys(demandes, ACTIVE)


DESIGNEE = apres(OUVERTE, *designer(OUVERTE, connues(*TROIS), designation(*TROIS)))


def seance(*decisions: DecisionRequise) -> TenirCommission:
    return TenirCommission(LE, LE, decisions)


def classees(*demandes: str) -> tuple[DecisionRequise, ...]:
    return tuple(DecisionRequise(une, "ATTR_RANG", rang) for rang, une in enumerate(demandes, start=1))


DECIDEE = apres(DESIGNEE, commission.decider(DESIGNEE, seance(*classees("b", "a", "c"))))


def offerte(etat: Attribution, le: date = LE) -> Attribution:
    candidat = suivant(etat)
    assert candidat is not None
    return apres(etat, offrir(etat, "mise", candidat, le))


def proposition(demande: str) -> str:
    return str(proposition_de("mise", demande))


@pytest.mark.duty("demande:C01")
def test_trois_candidats_au_moins() -> None:
    with pytest.raises(DesignationInvalide):
        designer(OUVERTE, connues(*TROIS), designation("a", "b"))


@pytest.mark.duty("demande:C01")
@pytest.mark.parametrize("raison", list(MoinsDeTrois))
def test_moins_de_trois_candidats_avec_la_raison_qui_est_gardee(raison: MoinsDeTrois) -> None:
    (designe,) = designer(OUVERTE, connues("a"), designation("a", moins_de_trois=raison))
    assert designe.moins_de_trois == raison
    assert designe.classement == "c1"


def test_un_candidat_deux_fois_ne_fait_pas_nombre() -> None:
    with pytest.raises(DesignationInvalide):
        designer(OUVERTE, connues("a", "b"), designation("a", "b", "b"))


def test_le_dernier_jour_pour_designer_compte_le_lendemain_non() -> None:
    dernier = OUVERTE.designer_avant
    assert dernier is not None
    assert len(designer(OUVERTE, connues(*TROIS), designation(*TROIS, le=dernier))) == 3
    with pytest.raises(DelaiDepasse):
        designer(OUVERTE, connues(*TROIS), designation(*TROIS, le=date(2026, 12, 2)))


@pytest.mark.duty("demande:D08")
@pytest.mark.parametrize(
    "demande",
    [Demande(), replace(ACTIVE, statut=Statut.BROUILLON), replace(ACTIVE, statut=Statut.RADIEE),
     replace(ACTIVE, offre_acceptee=Offre("p", "m", LE))],
)  # fmt: skip
def test_sans_numero_radiee_ou_deja_logee_une_demande_n_est_pas_candidate(demande: Demande) -> None:
    with pytest.raises(CandidatNonRecevable):
        designer(OUVERTE, connues("a", "b") | {"c": demande}, designation(*TROIS))


@pytest.mark.duty("demande:C02")
@pytest.mark.parametrize(
    ("decision", "champs"),
    [
        ("ATTR", {"rang": 1}),
        ("ATTR_RANG", {"rang": 1}),
        ("ATTR_COND", {"rang": 1, "piece": "ID", "fournir_avant": LE}),
        ("NON_ATTR", {"motifs": ("COMPOSITION",)}),
        ("REJET_IRR", {"sous_motif": "IRRRES"}),
    ],
)
def test_les_cinq_decisions(decision: str, champs: dict[str, Any]) -> None:
    autres = (DecisionRequise("b", "NON_ATTR", motifs=("MIXITE",)), DecisionRequise("c", "NON_ATTR", motifs=("DETTE",)))
    tenue = commission.decider(DESIGNEE, seance(DecisionRequise("a", decision, **champs), *autres))
    assert tenue.decisions[0].decision == decision


@pytest.mark.parametrize(
    "decisions",
    [
        classees("a", "b"),
        classees("a", "b", "d"),
        (*classees("a", "b"), DecisionRequise("c", "ATTR_RANG", 2)),
        (*classees("a", "b"), DecisionRequise("c", "ATTR_RANG", 4)),
        (*classees("a", "b"), DecisionRequise("c", "ATTR", 3)),
        (*classees("a", "b"), DecisionRequise("c", "AJOURNE")),
        (*classees("a", "b"), DecisionRequise("c", "ATTR_COND", 3)),
        (*classees("a", "b"), DecisionRequise("c", "REJET_IRR", sous_motif="AUTRE")),
        (*classees("a", "b"), DecisionRequise("c", "NON_ATTR", motifs=("AUTRE",))),
        pytest.param((*classees("a", "b"), DecisionRequise("c", "NON_ATTR")), id="D28"),
    ],
)
def test_une_decision_par_candidat_aux_rangs_suivis_et_motivee(decisions: tuple[DecisionRequise, ...]) -> None:
    with pytest.raises(DecisionInvalide):
        commission.decider(DESIGNEE, seance(*decisions))


@pytest.mark.duty("demande:D29")
def test_l_absence_de_lien_avec_la_commune_ne_motive_pas_seule() -> None:
    seule = DecisionRequise("c", "NON_ATTR", motifs=("LOCALISATION",))
    with pytest.raises(DecisionInvalide):
        commission.decider(DESIGNEE, seance(*classees("a", "b"), seule))
    avec = replace(seule, motifs=("LOCALISATION", "COMPOSITION"))
    assert commission.decider(DESIGNEE, seance(*classees("a", "b"), avec)).decisions[2].rang is None


def test_une_decision_ne_se_reprend_pas() -> None:
    with pytest.raises(DecisionImpossible):
        commission.decider(offerte(DECIDEE), seance(*classees(*TROIS)))


@pytest.mark.duty("demande:C04", "demande:C05")
def test_l_offre_va_au_premier_rang_pour_dix_jours_reportes_au_jour_ouvrable() -> None:
    candidat = offerte(DECIDEE, date(2026, 11, 25)).en(Issue.OFFRE)[0]
    assert candidat.demande == "b"
    assert candidat.repondre_avant == date(2026, 12, 7)  # the tenth day, 5 December 2026, is a Saturday


def test_une_seule_offre_a_la_fois() -> None:
    etat = offerte(DECIDEE)
    candidat = suivant(etat)
    assert candidat is not None
    with pytest.raises(DecisionImpossible):
        offrir(etat, "mise", candidat, LE)


def test_les_rangs_se_suivent() -> None:
    with pytest.raises(DecisionImpossible):
        offrir(DECIDEE, "mise", DECIDEE.en(Issue.CLASSE)[1], LE)
    etat = offerte(DECIDEE)
    etat = offerte(apres(etat, *decliner(etat, proposition("b"), REFUS, LE)))
    assert [un.demande for un in etat.en(Issue.OFFRE)] == ["a"]


@pytest.mark.duty("demande:C04")
def test_apres_le_dernier_jour_le_silence_a_deja_refuse() -> None:
    etat = offerte(DECIDEE)
    dernier = etat.en(Issue.OFFRE)[0].repondre_avant
    assert dernier is not None
    assert accepter(etat, proposition("b"), dernier)
    with pytest.raises(DelaiDepasse):
        accepter(etat, proposition("b"), date.fromordinal(dernier.toordinal() + 1))


def test_le_silence_ne_dit_rien_d_une_offre_acceptee() -> None:
    etat = offerte(DECIDEE)
    etat = apres(etat, *accepter(etat, proposition("b"), LE))
    assert decliner(etat, proposition("b"), SILENCE, LE) == []


def test_deux_offres_acceptees_sont_impossibles() -> None:
    demande = replace(ACTIVE, offres=(Offre("p2", "m2", LE),), offre_acceptee=Offre("p1", "m1", LE))
    with pytest.raises(OffreDejaAcceptee):
        accepter_pour(demande, "p2", "m2", LE, ())
    assert accepter_pour(demande, "p1", "m1", LE, ()) == []


BAIL = SignerBail(LE, "999000110", "eurometropole", False, "AUCUN", False, True, False, False)


def test_pas_de_bail_sans_offre_acceptee() -> None:
    with pytest.raises(DecisionImpossible):
        louer(offerte(DECIDEE), BAIL)


def test_un_bail_sous_condition_attend_la_piece() -> None:
    decisions = (DecisionRequise("a", "ATTR_COND", 1, piece="ID", fournir_avant=LE), *(
        DecisionRequise(une, "NON_ATTR", motifs=("COMPOSITION",)) for une in ("b", "c")))  # fmt: skip
    etat = offerte(apres(DESIGNEE, commission.decider(DESIGNEE, seance(*decisions))))
    etat = apres(etat, *accepter(etat, proposition("a"), LE))
    with pytest.raises(DecisionImpossible):
        louer(etat, BAIL)
    candidat, bail = louer(etat, replace(BAIL, piece_fournie_le=LE))
    assert candidat.demande == bail.demande == "a"
    assert apres(etat, bail).phase is Phase.LOUEE


def test_la_radiation_pour_attribution_ne_vient_que_d_un_bail_signe_sur_l_offre_acceptee() -> None:
    conclu = BailConclu("m1", "p1", LE, "999000110", "r", "eurometropole", None)
    with pytest.raises(TransitionInterdite):
        conclure(replace(ACTIVE, offres=(Offre("p1", "m1", LE),)), conclu)
    demande = replace(ACTIVE, offres=(Offre("p2", "m2", LE),), offre_acceptee=Offre("p1", "m1", LE))
    assert conclure(demande, conclu) == [conclu, PropositionCaduque("p2", "m2", LE), DemandeRadiee("RADATT", LE)]


def test_un_refus_dit_ce_qu_il_faut_faire() -> None:
    with pytest.raises(Problem) as refus:
        designer(OUVERTE, {}, designation("a"))
    assert refus.value.errors[0].pointer == "/moins_de_trois"


@pytest.mark.duty("demande:D28")
def test_tous_les_motifs_d_une_non_attribution_sont_lus_par_qui_les_notifie() -> None:
    tous = ("COMPOSITION", "DETTE")
    demande = replace(
        ACTIVE, numero="n", valable_jusqu_au=LE, personnes=(("p1", Personne(Role.DEMANDEUR, nom="Exemple")),)
    )
    demande = evolve_demande(DecisionRendue("mise", LE, "NON_ATTR", None, Motivation(tous)), demande)
    demande = evolve_demande(DecisionRendue("autre", LE, "ATTR", 1, None), demande)
    lu = destinataire("d", Correspondance(demande))
    assert lu is not None
    assert lu.motifs == {"mise": tous}
