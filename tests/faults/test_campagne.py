"""The fault campaign (design.md §2): nothing acknowledged is lost, nothing is done twice, whatever is killed and whenever.

Short form: at least thirty kills over the two transports. `--long`: at least five hundred on each. The seed is printed,
`--graine N` plays the same plan again (the interleaving with the load remains the machine's). Figures: `.logis/fautes/`.
"""

import json
import math
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.faults.campagne import Campagne
from tests.faults.fautes import MORTS, Genre, tirer
from tests.region import region_et_courriel

FIGURES = ROOT / ".logis" / "fautes"
COMPOSITION = {
    Genre.API: 2,
    Genre.WORKER: 4,
    Genre.SESSION: 7,
    Genre.POSTGRESQL: 3,
    Genre.COUPURE: 6,
    Genre.REEQUILIBRAGE: 1,
}
AVEC_BROKER = COMPOSITION | {Genre.BROKER: 2}
DELAI_SECONDES = 0.5
COURTES = 30  # kills in all
LONGUE = 500  # kills at least


async def _mener(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, graine: int, transport: str, morts: int = 1) -> None:
    composition = AVEC_BROKER if transport == "kafka" else COMPOSITION
    paquets = math.ceil(morts / _morts(composition))
    plan = tirer(graine, composition, paquets, DELAI_SECONDES)
    print(f"graine {graine}, {transport}, {len(plan)} coups")
    options = ["--kafka"] if transport == "kafka" else []
    with region_et_courriel(tmp_path / "region", monkeypatch, "--processes", *options) as (region, boite):
        figures = await Campagne(region, boite, graine, plan).mener()
    FIGURES.mkdir(parents=True, exist_ok=True)
    texte = json.dumps(figures, ensure_ascii=False, indent=1)
    (FIGURES / f"{transport}-{figures['morts']}-morts-graine-{graine}.json").write_text(texte)
    print(texte)
    assert figures["morts"] == paquets * _morts(composition)
    assert figures["arrets_inattendus"] == []


def _morts(composition: dict[Genre, int]) -> int:
    return sum(nombre for genre, nombre in composition.items() if genre in MORTS)


async def test_kills_on_the_feed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, graine: int) -> None:
    await _mener(tmp_path, monkeypatch, graine, "feed")


@pytest.mark.kafka
async def test_kills_with_a_broker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, graine: int) -> None:
    await _mener(tmp_path, monkeypatch, graine, "kafka")


def test_the_short_forms_kill_thirty_times() -> None:
    assert _morts(COMPOSITION) + _morts(AVEC_BROKER) >= COURTES


@pytest.mark.long
async def test_five_hundred_kills_on_the_feed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, graine: int) -> None:
    await _mener(tmp_path, monkeypatch, graine, "feed", LONGUE)


@pytest.mark.long
@pytest.mark.kafka
async def test_five_hundred_kills_with_a_broker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, graine: int) -> None:
    await _mener(tmp_path, monkeypatch, graine, "kafka", LONGUE)
