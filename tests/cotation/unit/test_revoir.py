"""What the clock makes of a score: moved by time alone, by something else too, or not at all (ADR 42)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import msgspec

from contracts.situation.fait import Provenance
from contracts.situation.lecture import FaitLu, LieuLu, Situation
from services.chassis.up import REGION
from services.cotation.domain.journal import CotationEtablie, CotationRevue
from services.cotation.domain.notation import Avant, NoteConnue, noter, revoir
from services.cotation.grilles import GrilleDeService, version_de

DEMANDE, LIEU, EPCI = UUID(int=1), "68224", "200066009"
DEPOT, LA_VEILLE, LE_JOUR = date(2025, 11, 23), date(2026, 11, 22), date(2026, 11, 23)
"""One year of seniority on 23 November 2026: a band of Mulhouse, 5 points."""
CONTENU = (REGION.parent / "grilles" / "mulhouse-illustration.json").read_text()
GRILLE = GrilleDeService(version_de(CONTENU), CONTENU)


def _lu(valeur: object) -> FaitLu:
    return FaitLu(valeur, Provenance.REGISTRE, DEPOT)  # type: ignore[arg-type]


def _situation(version: int = 1, **faits: object) -> Situation:
    lieu = LieuLu(LIEU, 1, epci=EPCI, faits={"demande.date_depot": _lu(DEPOT.isoformat())})
    lus = {chemin.replace("__", "."): _lu(valeur) for chemin, valeur in faits.items()}
    return Situation(str(DEMANDE), version, 2026, lus, {LIEU: lieu})


def _voile(classe: str, bande: str) -> str:
    return classe + bande


def _avant(situation: Situation, grille: GrilleDeService = GRILLE) -> Avant:
    """The score of a situation on the eve of the band, as it stands."""
    (etablie,) = noter(situation, {EPCI: grille}, Avant({}, {}, {}), LA_VEILLE, _voile)
    assert isinstance(etablie, CotationEtablie)
    note = NoteConnue(
        etablie.version, Decimal(etablie.total), etablie.provisoire, etablie.hors, etablie.au, etablie.classes,
        etablie.situation,
    )  # fmt: skip
    return Avant({(DEMANDE, situation.version, LA_VEILLE): situation}, {LIEU: note}, {grille.version: grille})


def _revoir(situation: Situation, avant: Avant, le: date = LE_JOUR, grille: GrilleDeService = GRILLE) -> list[object]:
    return [*revoir(situation, {EPCI: grille}, avant, le, _voile)]


def test_le_temps_seul_fait_une_note_revue_et_rien_avant_son_jour() -> None:
    situation = _situation()
    assert _revoir(situation, _avant(situation), LA_VEILLE) == []
    (revue,) = _revoir(situation, _avant(situation))
    assert isinstance(revue, CotationRevue)
    assert (revue.total, revue.au, revue.cause, revue.situation) == ("5", LE_JOUR, "temps", 1)


def test_une_version_de_plus_qui_ne_compte_pas_laisse_le_temps_seul() -> None:
    situation = _situation()
    suivante = msgspec.structs.replace(situation, version=2, faits={"menage.personnes": _lu(3)})
    (revue,) = _revoir(suivante, _avant(situation))
    assert isinstance(revue, CotationRevue)
    assert (revue.total, revue.situation) == ("5", 2)


def test_un_fait_qui_compte_est_dit_avec_sa_cause() -> None:
    situation = _situation()
    suivante = msgspec.structs.replace(situation, version=2, faits={"labels": _lu(["DALO"])})
    (etablie,) = _revoir(suivante, _avant(situation))
    assert type(etablie) is CotationEtablie
    assert (etablie.total, etablie.cause) == ("55", "label")


def test_une_grille_nouvelle_n_est_pas_le_temps() -> None:
    contenu = CONTENU.replace('"points": 5', '"points": 7')
    nouvelle = GrilleDeService(version_de(contenu), contenu)
    situation = _situation()
    (etablie,) = _revoir(situation, _avant(situation), grille=nouvelle)
    assert type(etablie) is CotationEtablie
    assert (etablie.total, etablie.version) == ("7", nouvelle.version)


def test_une_note_plus_recente_est_laissee() -> None:
    situation = _situation()
    avant = _avant(situation)
    plus_tard = replace(avant.notes[LIEU], au=date(2027, 1, 1))
    assert _revoir(situation, replace(avant, notes={LIEU: plus_tard})) == []
    plus_neuve = replace(avant.notes[LIEU], situation=2)
    assert _revoir(situation, replace(avant, notes={LIEU: plus_neuve})) == []
    assert noter(situation, {EPCI: GRILLE}, replace(avant, notes={LIEU: plus_neuve}), LE_JOUR, _voile) == []


def test_une_ligne_qui_bouge_sous_un_total_egal_est_revue() -> None:
    """The total that stands is already that of the day; the band gives 5 points more than on the day of the score."""
    refus = [{"date": "2026-06-01", "adaptee": True}]
    situation = _situation(demande__refus=refus)
    avant = _avant(situation)
    egale = replace(avant.notes[LIEU], total=Decimal(-5))
    (revue,) = _revoir(situation, replace(avant, notes={LIEU: egale}))
    assert isinstance(revue, CotationRevue)
    assert revue.total == "-5"
