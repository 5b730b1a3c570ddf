"""Positions: exact whatever is folded, by whoever, and whenever it is read (design.md §8, ADR 41)."""

import asyncio
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.chassis.events.context import Context
from services.cotation.domain.journal import CotationClose, CotationEtablie, CotationRetiree
from services.cotation.flots import COTATION
from services.cotation.policies.pliage import Pliage
from services.cotation.projections.position_v1 import histogramme, plier, rangs
from services.cotation.service import SERVICE
from services.demande.domain.commandes import RadierDemande
from tests.cotation.integration.monde import EUROMETROPOLE, JOUR, SCHILTIGHEIM, STRASBOURG, Monde

CLASSES = [f"{EUROMETROPOLE},tous,{t},67482,,{b * 16}" for t in ("T2", "T3") for b in "ab"]
LIEUX = ["67482", "67447", "68224"]
Notes = dict[tuple[UUID, str], tuple[Decimal, tuple[str, ...]]]


async def _ecrire(monde: Monde, demande: UUID, *events: object) -> None:
    async def use_case(work: Any) -> None:
        (stream,) = await work.ends(COTATION, [demande])
        await work.append(stream, events)

    await SERVICE.assemble(monde.cotation).store.run(use_case, Context("test", "region", monde.horloge()))


def _etablie(lieu: str, total: Decimal, classes: tuple[str, ...]) -> CotationEtablie:
    return CotationEtablie(lieu, "g", "v", 1, str(total), False, JOUR, "fait", None, classes)


def _tirer(alea: Random, notes: Notes, demandes: list[UUID]) -> tuple[UUID, list[object]]:
    """One decision drawn at random, and its effect on what is expected."""
    demande, lieu = alea.choice(demandes), alea.choice(LIEUX)
    sort = alea.random()
    if sort < 0.75:
        total = Decimal(alea.randint(-3, 6)) / alea.choice((1, 2))
        classes = tuple(alea.sample(CLASSES, alea.randint(0, 3)))
        notes[demande, lieu] = (total, classes)
        return demande, [_etablie(lieu, total, classes)]
    if sort < 0.9:
        notes.pop((demande, lieu), None)
        return demande, [CotationRetiree(lieu, 2, JOUR)]
    for place in [place for place in notes if place[0] == demande]:
        del notes[place]
    return demande, [CotationClose(JOUR, "radiee")]


async def _comparer(monde: Monde, notes: Notes) -> None:
    """Every rank and every histogram, against a count over the scores themselves."""
    async with monde.cotation.database.engine.connect() as connection:
        for classe in CLASSES:
            membres = [total for total, classes in notes.values() if classe in classes]
            bornes = (classe, classe + " ")
            assert dict(await histogramme(connection, bornes)) == Counter(membres)
            for total in membres:
                (rang,) = await rangs(connection, [(bornes, total)])
                assert (rang.rang, rang.effectif) == (1 + sum(autre > total for autre in membres), len(membres))


@pytest.mark.parametrize("graine", range(2))
async def test_any_sequence_of_scores_gives_the_ranks_of_a_count(monde: Monde, graine: int) -> None:
    """Scores set, moved, withdrawn and closed, folded by small batches in between."""
    alea, demandes, notes = Random(graine), [uuid4() for _ in range(12)], Notes()
    for tour in range(40):
        demande, events = _tirer(alea, notes, demandes)
        await _ecrire(monde, demande, *events)
        if alea.random() < 0.3:
            async with monde.cotation.database.engine.begin() as connection:
                await plier(connection, alea.randint(1, 9))
        if tour % 10 == 9:
            await _comparer(monde, notes)
    while await Pliage(monde.cotation).tour():
        pass
    await _comparer(monde, notes)
    assert await monde.lignes("select 1 from position_delta_v1") == []
    assert await monde.lignes("select 1 from histogramme_v1 where effectif <= 0") == []


async def _peupler(monde: Monde, nombre: int) -> Notes:
    alea, notes = Random(7), Notes()
    for demande in [uuid4() for _ in range(nombre)]:
        total = Decimal(alea.randint(0, 5))
        notes[demande, "67482"] = (total, tuple(CLASSES))
        await _ecrire(monde, demande, _etablie("67482", total, tuple(CLASSES)))
    return notes


async def test_two_folders_at_once_fold_each_delta_once(monde: Monde) -> None:
    """The second one takes what the first one does not hold, waits for it on the rows that both add to, and both commit."""
    notes = await _peupler(monde, 20)
    engine = monde.cotation.database.engine
    async with engine.begin() as premier:
        assert await plier(premier, 40) == 40

        async def second() -> int:
            async with engine.begin() as connection:
                return await plier(connection, 1_000)

        autre = asyncio.create_task(second())
        await _comparer(monde, notes)
    assert await autre == 40
    await _comparer(monde, notes)
    assert await monde.lignes("select 1 from position_delta_v1") == []


async def test_a_folder_that_dies_in_its_transaction_changes_nothing(monde: Monde) -> None:
    notes = await _peupler(monde, 8)
    connection = await monde.cotation.database.engine.connect()
    transaction = await connection.begin()
    assert await plier(connection, 1_000) == 32
    await _comparer(monde, notes)
    await transaction.rollback()
    await connection.close()
    await _comparer(monde, notes)
    assert await Pliage(monde.cotation).tour() == 32
    await _comparer(monde, notes)


async def test_two_writers_of_one_score_are_counted_once(monde: Monde) -> None:
    """Two decisions at once on one score: each replays on what the one before it left in the classes."""
    demande = uuid4()
    totaux = (Decimal(1), Decimal(2))
    await asyncio.gather(*(_ecrire(monde, demande, _etablie(LIEUX[0], n, (CLASSES[0],))) for n in totaux))
    lus = await monde.lignes("select total from cotation_v1 order by lieu")
    async with monde.cotation.database.engine.connect() as connection:
        found = await histogramme(connection, (CLASSES[0], CLASSES[0] + " "))
    assert Counter(dict(found)) == Counter(row.total for row in lus)


@pytest.mark.duty("cotation:D17", "cotation:D18")
async def test_a_position_is_read_with_its_class_its_size_and_its_distribution(monde: Monde) -> None:
    """Twelve applications alike, two of which have equal scores; one more, alone of its income, is compared more widely."""
    depots = [date(2026, 11, 1) - timedelta(days=31 * mois) for mois in (*range(11), 10)]
    alike = [await monde.deposer(depot=depot) for depot in depots]
    riche = await monde.deposer(depot=date(2015, 1, 1), rfr=45_000)
    await monde.consommer()
    places = {d: (await monde.lire(f"/v1/cotations/{d}"))["notes"][0]["positions"] for d in (*alike, riche)}
    assert all(len(positions) == 1 for positions in places.values())
    assert [places[d][0]["rang"] for d in alike] == [11 - n + 1 for n in range(10)] + [1, 1]
    une = places[alike[0]][0]
    assert (une["effectif"], une["quartile"], une["elargie"]) == (12, 4, False)
    assert une["criteres"] == ["territoire", "typologie", "lieu", "plafond"]
    assert une["phrase"] == (
        "Votre demande est 12e sur 12 demandes semblables : logement T3, même commune, ressources comparables."
    )
    (elargie,) = places[riche]
    assert (elargie["rang"], elargie["effectif"], elargie["elargie"]) == (1, 13, True)
    assert elargie["criteres"] == ["territoire", "typologie", "lieu"]
    lue = await monde.lire(f"/v1/classes/{une['classe']}")
    assert (lue["effectif"], lue["commune"], lue["typologie"]) == (12, STRASBOURG, "T3")
    assert sum(tranche["effectif"] for tranche in lue["tranches"]) == 12
    assert lue["quartiles"]["premier"] == "2"
    large = await monde.lire(f"/v1/classes/{elargie['classe']}")
    assert (large["effectif"], large["elargie"]) == (13, False)


async def test_nothing_is_said_of_a_class_in_which_a_person_could_be_singled_out(monde: Monde) -> None:
    demande = await monde.deposer(SCHILTIGHEIM)
    await monde.consommer()
    (position,) = (await monde.lire(f"/v1/cotations/{demande}"))["notes"][0]["positions"]
    assert (position["rang"], position["effectif"], position["quartile"]) == (None, None, None)
    assert "Trop peu" in position["phrase"]
    lue = await monde.lire(f"/v1/classes/{position['classe']}")
    assert (lue["effectif"], lue["tranches"], lue["quartiles"]) == (None, [], None)
    async with monde.client() as client:
        for nom in ("n-importe-quoi", f"{EUROMETROPOLE},tous,T6P,67482,", "246800726,tous,T9,"):
            assert (await client.get(f"/v1/classes/{nom}")).status_code == 404


async def test_who_leaves_is_counted_no_more(monde: Monde) -> None:
    """Struck off, or a place wished no more, or another typology: each leaves the class and the others move up."""
    demandes = [await monde.deposer(STRASBOURG, SCHILTIGHEIM) for _ in range(13)]
    await monde.consommer()
    effectif = partial(_effectif, monde)
    assert (await effectif(STRASBOURG, "T3"), await effectif(SCHILTIGHEIM, "T3")) == (13, 13)
    await monde.decider(demandes[0], RadierDemande("ABANDON", JOUR))
    await monde.souhaiter(demandes[1], STRASBOURG)
    await monde.souhaiter(demandes[2], STRASBOURG, SCHILTIGHEIM, typologies=("T2", "T3"))
    await monde.souhaiter(demandes[3], STRASBOURG, typologies=("T2",))
    await monde.consommer()
    assert (await effectif(STRASBOURG, "T3"), await effectif(SCHILTIGHEIM, "T3")) == (11, 10)
    assert list(await monde.notes(demandes[1])) == [STRASBOURG]
    async with monde.cotation.database.engine.connect() as connection:
        t2 = await histogramme(connection, (f"{EUROMETROPOLE},tous,T2,", f"{EUROMETROPOLE},tous,T2-"))
    assert [combien for _, combien in t2] == [3]


async def _effectif(monde: Monde, commune: str, typologie: str) -> int:
    effectif: int = (await monde.lire(f"/v1/classes/{EUROMETROPOLE},tous,{typologie},{commune},"))["effectif"]
    return effectif
