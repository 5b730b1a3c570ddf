"""From the candidates of a dwelling to its lease, over HTTP on real PostgreSQL (demande.md §6)."""

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.demande.domain.demande import Statut
from services.demande.flots import DEMANDE
from services.demande.service import SERVICE
from services.demande.use_cases.horloge import echoir
from tests.demande.integration.monde import BAILLEUR, LE, RESERVATAIRE, Registre


def _decisions(demandes: Sequence[UUID], **extra: Any) -> dict[str, Any]:
    classees = [
        {"demande": str(une), "decision": "ATTR_RANG", "rang": rang} for rang, une in enumerate(demandes, start=1)
    ]
    return {"seance_le": str(LE), "decisions": classees, **extra}


async def _designer(monde: Registre, mise: UUID, demandes: Sequence[UUID]) -> None:
    async with monde.client(RESERVATAIRE, "reservataire") as client:
        body = {"demandes": [str(une) for une in demandes], "classement": "classement-1"}
        answer = await client.post(f"/v1/mises-a-disposition/{mise}/designations", json=body)
        assert answer.status_code == 201, answer.text


async def _offrir(monde: Registre, demandes: Sequence[UUID]) -> tuple[UUID, list[dict[str, Any]]]:
    """A dwelling whose first candidate has an offer."""
    mise = await monde.mettre_a_disposition()
    await _designer(monde, mise, demandes)
    async with monde.client(BAILLEUR, "bailleur") as client:
        answer = await client.post(f"/v1/mises-a-disposition/{mise}/decisions", json=_decisions(demandes))
        assert answer.status_code == 201, answer.text
    return mise, answer.json()["candidats"]


async def _trois(monde: Registre) -> list[UUID]:
    return [await monde.deposer(total) for total in ("30", "20", "10")]


async def _candidats(monde: Registre, mise: UUID) -> list[dict[str, Any]]:
    async with monde.client() as client:
        lu: list[dict[str, Any]] = (await client.get(f"/v1/mises-a-disposition/{mise}")).json()["candidats"]
        return lu


_BAIL = {
    "signe_le": str(LE), "bailleur_siren": "999000110", "deja_locataire": False, "accord_collectif": "AUCUN",
    "dalo": False, "prioritaire": True,
}  # fmt: skip


async def _repondre(monde: Registre, proposition: str, quoi: str, **body: Any) -> int:
    async with monde.client(BAILLEUR, "bailleur") as client:
        return (await client.post(f"/v1/propositions/{proposition}/{quoi}", json=body)).status_code


@pytest.mark.duty("demande:D23")
async def test_from_the_search_to_the_lease(monde: Registre) -> None:
    premiere, deuxieme, troisieme = demandes = await _trois(monde)
    mise = await monde.mettre_a_disposition()
    async with monde.client(RESERVATAIRE, "reservataire") as client:
        trouves = (await client.post("/v1/recherches", json={"mise_a_disposition": str(mise)})).json()
        assert [une["demande"] for une in trouves["candidats"]] == [str(une) for une in demandes]
    await _designer(monde, mise, demandes)
    async with monde.client(BAILLEUR, "bailleur") as client:
        tenue = await client.post(f"/v1/mises-a-disposition/{mise}/decisions", json=_decisions(demandes))
        assert tenue.status_code == 201, tenue.text
        offre = tenue.json()["candidats"][0]
        assert offre["issue"] == "OFFRE"
        refus = await client.post(f"/v1/propositions/{offre['proposition']}/refus", json={"motif": "TAILLE"})
        assert refus.status_code == 204, refus.text
        juge = await client.post(f"/v1/propositions/{offre['proposition']}/appreciation", json={"adaptee": True})
        assert juge.status_code == 204, juge.text
        suivante = (await client.get(f"/v1/mises-a-disposition/{mise}")).json()["candidats"][1]
        assert suivante["issue"] == "OFFRE"
        accepte = await client.post(f"/v1/propositions/{suivante['proposition']}/acceptation", json={})
        assert accepte.status_code == 204, accepte.text
        bail = await client.post(f"/v1/mises-a-disposition/{mise}/bail", json=_BAIL)
        assert bail.status_code == 201, bail.text
        assert bail.json()["premier_quartile"] is False
    types = [type_ for type_, _, _ in await monde.publies() if not type_.startswith("demande.enregistree")]
    assert sorted(types) == sorted([  # one decision over several streams: their events have no order between them
        "candidature.designee.v1", "candidature.designee.v1", "candidature.designee.v1", "caleol.decidee.v1",
        "proposition.faite.v1", "proposition.refusee.v1", "proposition.faite.v1", "demande.modifiee.v1",
        "proposition.acceptee.v1", "bail.signe.v1", "demande.radiee.v1",
    ])  # fmt: skip
    etats = await SERVICE.assemble(monde.fabric).store.states(DEMANDE, demandes)
    assert etats[str(deuxieme)].state.statut is Statut.RADIEE
    assert etats[str(premiere)].state.refus[0].adaptee is True
    assert etats[str(premiere)].state.situation == 3
    assert etats[str(troisieme)].state.offres == ()


async def test_an_offer_accepted_twice_at_once_is_accepted_once(monde: Registre) -> None:
    """The same demande has an offer for two dwellings and accepts both on two connections: one answer stands."""
    commune, *autres = await _trois(monde)
    derniers = [await monde.deposer("5"), await monde.deposer("4")]
    offres = [(await _offrir(monde, [commune, *suite]))[1][0] for suite in (autres, derniers)]
    codes = await asyncio.gather(*(_repondre(monde, une["proposition"], "acceptation") for une in offres))
    assert sorted(codes) == [204, 409]
    acceptees = await monde.lignes("select count(*) from proposition_v1 where statut = 'ACCEPTEE'")
    assert acceptees[0][0] == 1
    assert [type_ for type_, _, _ in await monde.publies()].count("proposition.acceptee.v1") == 1


@pytest.mark.duty("demande:C04")
async def test_silence_is_a_refusal_and_the_next_rank_gets_the_offer(monde: Registre) -> None:
    mise, candidats = await _offrir(monde, await _trois(monde))
    store, dernier = SERVICE.assemble(monde.fabric).store, date.fromisoformat(candidats[0]["repondre_avant"])
    assert await echoir(monde.fabric, store, dernier) == 0
    lendemain = dernier + timedelta(days=1)
    assert await echoir(monde.fabric, store, lendemain) == 1
    assert await echoir(monde.fabric, store, lendemain) == 0
    assert [un["issue"] for un in await _candidats(monde, mise)] == ["DECLINE", "OFFRE", "CLASSE"]
    refusee = next(data for type_, data, _ in await monde.publies() if type_ == "proposition.refusee.v1")
    assert (refusee["le"], refusee["situation"]) == (str(lendemain), 2)


async def test_a_lease_closes_the_other_offers_and_passes_them_on(monde: Registre) -> None:
    commune, *autres = await _trois(monde)
    derniers = [await monde.deposer("5"), await monde.deposer("4")]
    louee, candidats = await _offrir(monde, [commune, *autres])
    autre, _ = await _offrir(monde, [commune, *derniers])
    assert await _repondre(monde, candidats[0]["proposition"], "acceptation") == 204
    async with monde.client(BAILLEUR, "bailleur") as client:
        answer = await client.post(f"/v1/mises-a-disposition/{louee}/bail", json=_BAIL)
        assert answer.status_code == 201, answer.text
        encore = await client.post(f"/v1/mises-a-disposition/{louee}/bail", json=_BAIL)
        assert encore.status_code == 409
    assert [un["issue"] for un in await _candidats(monde, autre)] == ["DECLINE", "OFFRE", "CLASSE"]
    assert [
        (une["demande"], une["motif"]) for type_, une, _ in await monde.publies() if type_ == "demande.radiee.v1"
    ] == [(str(commune), "RADATT")]


async def test_no_candidate_left_opens_a_new_search(monde: Registre) -> None:
    mise, candidats = await _offrir(monde, await _trois(monde))
    for _ in range(3):
        offre = next(un for un in await _candidats(monde, mise) if un["issue"] == "OFFRE")
        assert await _repondre(monde, offre["proposition"], "refus") == 204
    assert len(candidats) == 3
    await _designer(monde, mise, [await monde.deposer("1") for _ in range(3)])


async def test_a_dwelling_given_back_closes_its_offer(monde: Registre) -> None:
    mise, candidats = await _offrir(monde, await _trois(monde))
    await monde.rendre(mise)
    assert await _repondre(monde, candidats[0]["proposition"], "acceptation") == 409
    assert (await monde.lignes("select statut from proposition_v1"))[0].statut == "CADUQUE"


async def test_the_search_ranks_exactly_and_keeps_who_may_be_housed(monde: Registre) -> None:
    """By score, then seniority; quartier before commune; never another typology, place, income or an open offer."""
    await _offrir(monde, await _trois(monde))
    ancienne = await monde.deposer("10.10", depot=date(2020, 1, 1))
    recente = await monde.deposer("10.1", depot=date(2026, 1, 1))
    premiere = await monde.deposer("10.100000000000000001")
    inconnue = await monde.deposer("9", rfr=None, mensuel=None)
    du_quartier = await monde.deposer("50", lieu="67482:Neudorf")
    await monde.deposer("99", rfr=90_000)
    await monde.deposer("99", typologie="T5")
    await monde.deposer("99", lieu="67447")
    await monde.deposer(None)
    mise = await monde.mettre_a_disposition(quartier="Neudorf")
    async with monde.client(RESERVATAIRE, "reservataire") as client:
        answer = await client.post("/v1/recherches", json={"mise_a_disposition": str(mise), "limite": 50})
        assert answer.status_code == 200, answer.text
        deux = await client.post("/v1/recherches", json={"mise_a_disposition": str(mise), "limite": 2})
    found = answer.json()["candidats"]
    libres = [une for une in found if une["total"] not in {"20", "30"}]
    assert [une["demande"] for une in libres][:4] == [str(u) for u in (du_quartier, premiere, ancienne, recente)]
    assert libres[0]["lieu"] == "67482:Neudorf"
    assert (libres[1]["taux_effort_pct"], libres[1]["reste_a_vivre"], libres[1]["eligible"]) == ("30.0", "35.00", True)
    (flag,) = (une for une in found if une["demande"] == str(inconnue))
    assert (flag["eligible"], flag["drapeaux"]) == (None, ["revenu-inconnu", "ressources-inconnues"])
    assert "99" not in {une["total"] for une in found}
    assert [une["demande"] for une in deux.json()["candidats"]] == [une["demande"] for une in found[:2]]
    lues = await monde.lignes("select subjects from access_journal where operation = 'rechercher_des_candidats'")
    assert set(lues[0].subjects) >= {str(premiere), str(inconnue)}


async def test_nobody_but_the_landlord_and_the_holder_acts_on_a_dwelling(monde: Registre) -> None:
    demandes = await _trois(monde)
    mise = await monde.mettre_a_disposition()
    body = {"demandes": [str(une) for une in demandes], "classement": "c"}
    for organisation, role in (("prefecture-67", "reservataire"), ("piemont-logis", "bailleur")):
        async with monde.client(organisation, role) as client:
            refused = [
                await client.post("/v1/recherches", json={"mise_a_disposition": str(mise)}),
                await client.post(f"/v1/mises-a-disposition/{mise}/designations", json=body),
                await client.post(f"/v1/mises-a-disposition/{mise}/bail", json=_BAIL),
                await client.get(f"/v1/mises-a-disposition/{mise}"),
            ]
        assert [answer.status_code for answer in refused] == [403] * 4
