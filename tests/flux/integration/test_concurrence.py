"""Several at once: one release, an exact sequence, no number skipped."""

import asyncio
from fractions import Fraction

import httpx
import pytest

from services.flux.verification import verifier
from tests.flux.integration.conftest import Service, annonce, charger, conventionner, liberer, orienter

LOGEMENTS = [f"67110{n:05}" for n in range(24)]


async def test_la_meme_liberation_annoncee_huit_fois_a_la_fois_n_en_fait_qu_une(
    flux: Service, bailleur: httpx.AsyncClient
) -> None:
    await charger(bailleur, "6711000001")
    await conventionner(bailleur)

    answers = await asyncio.gather(*(bailleur.post("/v1/liberations", json=annonce("6711000001")) for _ in range(8)))

    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.json()["liberation"] for answer in answers}) == 1
    assert len((await bailleur.get("/v1/liberations")).json()["elements"]) == 1


@pytest.mark.parametrize("a_la_fois", [2, 8])
async def test_des_orientations_simultanees_tiennent_la_suite(
    flux: Service, bailleur: httpx.AsyncClient, a_la_fois: int
) -> None:
    await charger(bailleur, *LOGEMENTS)
    await conventionner(bailleur)
    liberations = [await liberer(bailleur, rpls) for rpls in LOGEMENTS]
    decidees = []
    for debut in range(0, len(liberations), a_la_fois):
        lot = liberations[debut : debut + a_la_fois]
        decidees += await asyncio.gather(*(orienter(bailleur, une) for une in lot))

    assert sorted(une["rang"] for une in decidees) == list(range(1, len(LOGEMENTS) + 1))
    assert all(une["portee"] == "suite" and Fraction(une["ecart_max"]) <= Fraction(5, 6) for une in decidees)
    assert [un for un in await verifier(flux.fabric, flux.store) if un.ecarts] == []


async def test_une_liberation_orientee_deux_fois_a_la_fois_ne_va_qu_a_un_titulaire(
    flux: Service, bailleur: httpx.AsyncClient
) -> None:
    await charger(bailleur, "6711000001")
    await conventionner(bailleur)
    liberation = await liberer(bailleur, "6711000001")

    answers = await asyncio.gather(
        *(
            bailleur.post(
                f"/v1/liberations/{liberation}/orientation", json={}, headers={"Idempotency-Key": f"essai-numero-{n}"}
            )
            for n in range(6)
        )
    )

    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 5
    assert len((await bailleur.get("/v1/mises-a-disposition")).json()["elements"]) == 1
