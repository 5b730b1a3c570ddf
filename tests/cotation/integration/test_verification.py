"""What `logis verify` says of the scoring: nothing when all is well, and each planted fault by its place."""

from datetime import date

import pytest

from services.cotation.grilles import Grilles
from services.cotation.service import SERVICE
from services.cotation.use_cases.horloge import passer
from services.cotation.verification import verifier
from tests.cotation.integration.monde import MULHOUSE, PRECAIRE, STRASBOURG, Monde
from tests.cotation.integration.test_classements import classer, corps

MODELE, NOTES, POSITIONS = (
    "cotation : modèle de lecture", "cotation : notes recalculées", "cotation : positions recomptées"
)  # fmt: skip
CLASSEMENTS = "cotation : classements recalculés"
LOTS, ECHEANCES = "cotation : notes revues par lots", "cotation : échéances des notes"
JOUR_CLOS = "cotation : notes au dernier jour clos"


async def _ecarts(monde: Monde) -> dict[str, tuple[int, int]]:
    """By check, how many things it examined and how many discrepancies it found."""
    controles = await verifier(monde.cotation, SERVICE.assemble(monde.cotation).store)
    return {un.nom: (un.examines, len(un.ecarts)) for un in controles}


async def _peupler(monde: Monde) -> None:
    premiere = await monde.deposer(STRASBOURG, MULHOUSE, logement=PRECAIRE)
    await monde.deposer(STRASBOURG)
    await monde.consommer()
    await monde.souhaiter(premiere, STRASBOURG)
    await monde.consommer()


FAUTES: list[tuple[str, dict[str, int]]] = [
    ("update cotation_v1 set total = total + 1", {MODELE: 2, NOTES: 2, POSITIONS: 4}),
    ("update position_delta_v1 set delta = 2 where delta = 1", {POSITIONS: 3}),
    ("delete from position_delta_v1 where delta = 1", {POSITIONS: 3}),
    ("update cotation_v1 set classes = '{}'", {MODELE: 2, NOTES: 2, POSITIONS: 2}),
    ("delete from cotation_v1 where total > 15", {MODELE: 1, ECHEANCES: 1, POSITIONS: 1}),
]
_CHANGER = """
    update event set data = convert_to(replace(convert_from(data, 'UTF8'), '{avant}', '{apres}'), 'UTF8')
    where type = '{type}'"""
TABLES = ("cotation_v1", "position_delta_v1")


async def test_each_planted_fault_is_caught_and_a_sound_service_has_none(monde: Monde) -> None:
    await _peupler(monde)
    sain = {
        MODELE: (2, 0), LOTS: (0, 0), NOTES: (2, 0), JOUR_CLOS: (0, 0), ECHEANCES: (2, 0), POSITIONS: (2, 0),
        CLASSEMENTS: (0, 0),
    }  # fmt: skip
    assert await _ecarts(monde) == sain
    for table in TABLES:
        await monde.abimer(f"create table sain_{table} as table {table}")
    for faute, controles in FAUTES:
        await monde.abimer(faute)
        assert {nom: ecarts for nom, (_, ecarts) in (await _ecarts(monde)).items() if ecarts} == controles, faute
        for table in TABLES:
            await monde.abimer(f"delete from {table}")
            await monde.abimer(f"insert into {table} overriding system value table sain_{table}")
    assert await _ecarts(monde) == sain
    for table in TABLES:
        await monde.abimer(f"drop table sain_{table}")


async def test_a_ranking_changed_afterwards_is_caught(monde: Monde) -> None:
    """Its hash tells a line that moved; its score, computed again, tells a line that never was so, whatever the hash says."""
    demandes = [await monde.deposer(), await monde.deposer(logement=PRECAIRE)]
    await monde.consommer()
    assert (await classer(monde, corps(*demandes))).status_code == 201
    assert (await _ecarts(monde))[CLASSEMENTS] == (2, 0)
    await monde.abimer(r"""
        update event set data = convert_to(regexp_replace(convert_from(data, 'UTF8'), '"total":"\d', '"total":"9'), 'UTF8')
        where type = 'classement_arrete'""")
    assert (await _ecarts(monde))[CLASSEMENTS] == (2, 2)


REVUES: list[tuple[str, set[str]]] = [
    ("delete from echeance_v1", {ECHEANCES}),
    ("update echeance_v1 set le = '2026-11-01'", {ECHEANCES}),
    ("insert into echeance_v1 values (gen_random_uuid(), '67482', null)", {ECHEANCES}),
    (_CHANGER.format(avant='"total":"18.2"', apres='"total":"20"', type="cotations_revues"), {LOTS}),
    (_CHANGER.format(avant='"avant":"16.9"', apres='"avant":"18"', type="cotations_revues"), {LOTS}),
    (_CHANGER.format(avant='"lieu":"67482"', apres='"lieu":"67447"', type="cotations_revues"), {LOTS}),
    ("delete from event where type = 'cotations_revues'", {LOTS}),
    ("update journee_v1 set derniere = '2026-12-30'", {ECHEANCES, JOUR_CLOS}),
]


@pytest.mark.parametrize(("faute", "controles"), REVUES)
async def test_une_faute_dans_ce_que_le_temps_change_est_trouvee(monde: Monde, faute: str, controles: set[str]) -> None:
    """The clock passed a month: its batch, its days and the scores that it left in place all agree, until one is damaged."""
    await monde.deposer(depot=date(2025, 9, 23), logement=PRECAIRE)
    await monde.consommer()
    await passer(monde.cotation, SERVICE.assemble(monde.cotation).store, Grilles(), date(2026, 11, 23))
    assert {nom for nom, (_, ecarts) in (await _ecarts(monde)).items() if ecarts} == set()
    await monde.abimer(faute)
    assert {nom for nom, (_, ecarts) in (await _ecarts(monde)).items() if ecarts} == controles
