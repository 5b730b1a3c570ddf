"""From the candidates of a dwelling to its lease, over HTTP on real PostgreSQL (demande.md §6)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest

from services.demande.domain.demande import Statut
from services.demande.flots import DEMANDE
from services.demande.service import SERVICE
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
    assert types == [
        "candidature.designee.v1", "candidature.designee.v1", "candidature.designee.v1", "caleol.decidee.v1",
        "proposition.faite.v1", "proposition.refusee.v1", "proposition.faite.v1", "demande.modifiee.v1",
        "proposition.acceptee.v1", "bail.signe.v1", "demande.radiee.v1",
    ]  # fmt: skip
    etats = await SERVICE.assemble(monde.fabric).store.states(DEMANDE, demandes)
    assert etats[str(deuxieme)].state.statut is Statut.RADIEE
    assert etats[str(premiere)].state.refus[0].adaptee is True
    assert etats[str(premiere)].state.situation == 3
    assert etats[str(troisieme)].state.offres == ()
