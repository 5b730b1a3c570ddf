"""The scores that the register receives: established or moved by time, in any order, the newest stands."""

from datetime import date
from itertools import permutations
from uuid import uuid4

import msgspec

from contracts.evenements.cotation import CotationEtablie, CotationsRevues, LigneRevue
from tests.demande.integration.monde import STRASBOURG, Registre

DEMANDE = uuid4()
INITIALE = CotationEtablie(str(DEMANDE), STRASBOURG, "g", "v", 1, "10", False, date(2026, 11, 1), "initiale")
REVUE = CotationsRevues(
    "g", "v", date(2026, 12, 1), (LigneRevue(str(DEMANDE), STRASBOURG, "11", "10", 1, provisoire=True),)
)
CHANGEE = msgspec.structs.replace(INITIALE, situation=2, total="7", au=date(2026, 12, 1), cause="fait")
HORS = msgspec.structs.replace(INITIALE, situation=3, total="0", au=date(2026, 12, 2), hors_cotation=True)


async def _notes(monde: Registre) -> list[tuple[str, bool, bool]]:
    rows = await monde.lignes("select total::text, provisoire, hors from note_v1 where demande = :d", d=DEMANDE)
    return [tuple(row) for row in rows]


async def test_un_lot_revu_deplace_les_notes_et_dit_si_elles_sont_provisoires(monde: Registre) -> None:
    await monde.revoir(INITIALE)
    await monde.revoir(REVUE)
    assert await _notes(monde) == [("11", True, False)]


async def test_l_ordre_d_arrivee_ne_compte_pas(monde: Registre) -> None:
    """A batch has another key than the scores of a demande: a broker may give it before, or long after."""
    for attendue, notes in (
        ("11", (INITIALE, REVUE)),
        ("7", (INITIALE, REVUE, CHANGEE)),
        ("0", (REVUE, CHANGEE, HORS)),
    ):
        for ordre in permutations(notes):
            await monde.fabric.database.pool.execute("delete from note_v1")
            for une in ordre:
                await monde.revoir(une)
            assert [total for total, *_ in await _notes(monde)] == [attendue], ordre
            await monde.fabric.database.pool.execute("delete from note_v1")
            await monde.revoir(*ordre)
            assert [total for total, *_ in await _notes(monde)] == [attendue], ordre
