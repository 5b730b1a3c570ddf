"""Rankings: exact on their day, kept with their hash, and what a designation must cite (design.md §8)."""

import hashlib
import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.demande.domain.attribution.commandes import DesignerCandidats
from services.demande.domain.erreurs import ClassementInvalide, CotationIndisponible
from services.demande.use_cases.designer import verifier_le_classement
from tests.cotation.integration.monde import JOUR, PRECAIRE, SCHILTIGHEIM, STRASBOURG, Monde

BAILLEUR, RESERVATAIRE = ("trois-rivieres-habitat", "bailleur"), ("eurometropole-strasbourg", "reservataire")
REFUS = date(2026, 7, 22)


def corps(*demandes: UUID, mise: UUID | None = None, quartier: str | None = None, **autres: Any) -> dict[str, Any]:
    logement = {"commune": STRASBOURG, "quartier": quartier, "typologie": "T3"}
    ids = [str(demande) for demande in demandes]
    return {"mise_a_disposition": str(mise or uuid4()), "logement": logement, "demandes": ids, **autres}


async def classer(monde: Monde, body: dict[str, Any], qui: tuple[str, str] = BAILLEUR) -> httpx.Response:
    async with monde.client(*qui) as client:
        return await client.post("/v1/classements", json=body)


async def test_a_ranking_is_exact_ordered_kept_and_hashed(monde: Monde) -> None:
    """By score, then seniority, then identifier; the quartier before the commune; a place not wished only if accepted."""
    ancienne = await monde.deposer(depot=date(2024, 11, 22))
    egale = await monde.deposer(depot=date(2024, 11, 1))
    precaire = await monde.deposer(depot=date(2024, 11, 22), logement=PRECAIRE)
    du_quartier = await monde.deposer(f"{STRASBOURG}:Neudorf", depot=date(2026, 1, 22))
    elargie = await monde.deposer(SCHILTIGHEIM, depot=date(2026, 8, 22), elargie=True)
    ailleurs, inconnue = await monde.deposer(SCHILTIGHEIM), uuid4()
    body = corps(elargie, ancienne, ailleurs, egale, inconnue, precaire, du_quartier, quartier="Neudorf")
    answer = await classer(monde, body)
    assert answer.status_code == 201, answer.text
    lu = answer.json()
    assert [(une["demande"], une["total"], une["lieu"], une["elargie"]) for une in lu["lignes"]] == [
        (str(precaire), "31.2", STRASBOURG, False),
        (str(egale), "24", STRASBOURG, False),
        (str(ancienne), "24", STRASBOURG, False),
        (str(du_quartier), "10", f"{STRASBOURG}:Neudorf", False),
        (str(elargie), "3", STRASBOURG, True),
    ]
    assert {une["demande"]: une["raison"] for une in lu["ecartees"]} == {
        str(ailleurs): "lieu-non-souhaite", str(inconnue): "demande-inconnue"
    }  # fmt: skip
    cles = ("rang", "demande", "lieu", "elargie", "total", "provisoire", "situation")
    tableau = json.dumps([[une[cle] for cle in cles] for une in lu["lignes"]], separators=(",", ":"))
    assert lu["empreinte"] == hashlib.sha256(tableau.encode()).hexdigest()
    async with monde.client(*BAILLEUR) as client:
        assert (await client.get(answer.headers["Location"])).json() == lu
        assert (await client.get(f"/v1/classements/{uuid4()}")).json()["code"] == "classement-inconnu"
    (publie,) = [une for une in await monde.publies() if une["type"] == "classement.arrete.v1"]
    assert publie["data"] == {
        "classement": lu["classement"], "mise_a_disposition": body["mise_a_disposition"], "au": str(JOUR),
        "candidats": 5, "empreinte": lu["empreinte"],
    }  # fmt: skip
    assert (publie["subject"], publie["organisations"]) == (lu["classement"], "trois-rivieres-habitat")


async def test_a_ranking_does_not_wait_for_the_scores_and_may_be_of_a_past_day(monde: Monde) -> None:
    """What the register knows now counts at once; another day is ranked by what was known then."""
    tombee, autre = await monde.deposer(depot=date(2024, 11, 22)), await monde.deposer(depot=date(2025, 3, 22))
    await monde.consommer()
    monde.horloge.avancer(timedelta(days=2))
    await monde.refuser(tombee, REFUS)
    maintenant = (await classer(monde, corps(tombee, autre))).json()
    assert [(une["demande"], une["total"]) for une in maintenant["lignes"]] == [(str(autre), "20"), (str(tombee), "4")]
    await monde.consommer()
    hier = (await classer(monde, corps(tombee, autre, au=str(JOUR)))).json()
    assert [(une["demande"], une["total"], une["situation"]) for une in hier["lignes"]] == [
        (str(tombee), "24", 1), (str(autre), "20", 1)
    ]  # fmt: skip
    avant = (await classer(monde, corps(tombee, autre, au=str(JOUR - timedelta(days=1))))).json()
    assert avant["code"] == "sans-grille"
    (cause,) = (await monde.lire(f"/v1/cotations/{tombee}/changements"))["changement"]["causes"]
    assert cause["cause"] == "refus"


async def test_a_ranking_is_made_once_and_by_whom_it_concerns(monde: Monde) -> None:
    demande = await monde.deposer()
    body, cle = corps(demande), {"Idempotency-Key": "classement-1"}
    async with monde.client(*RESERVATAIRE) as client:
        answers = [await client.post("/v1/classements", json=body, headers=cle) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [201, 201]
        assert answers[0].json() == answers[1].json()
        refus = [
            await client.post("/v1/classements", json=body | autre)
            for autre in ({"au": "2027-01-01"}, {"demandes": [str(demande)] * 2}, {"demandes": []})
        ]
    assert [answer.status_code for answer in refus] == [422, 422, 422]
    assert (await classer(monde, body, ("mulhouse-alsace-agglomeration", "reservataire"))).status_code == 403
    async with monde.client("mulhouse-alsace-agglomeration", "reservataire") as client:
        assert (await client.get(f"/v1/classements/{answers[0].json()['classement']}")).status_code == 403
    hors = corps(demande) | {"logement": {"commune": "75056", "typologie": "T3"}}
    assert (await classer(monde, hors, ("gestionnaire-alsace", "gestionnaire"))).json()["code"] == "sans-grille"


async def test_a_designation_cites_a_ranking_of_its_dwelling_that_holds_its_candidates(monde: Monde) -> None:
    mise, classee, autre = uuid4(), await monde.deposer(), await monde.deposer()
    classement = (await classer(monde, corps(classee, mise=mise))).json()["classement"]
    settings = monde.demande.settings.model_copy(update={"cotation_url": monde.url["cotation"]})
    registre = replace(monde.demande, settings=settings, _clients={})

    def commande(cite: str, *demandes: UUID) -> DesignerCandidats:
        return DesignerCandidats(tuple(map(str, demandes)), cite, JOUR)

    await verifier_le_classement(registre, mise, commande(classement, classee))
    for refusee, cible in (
        (commande("demo-1", classee), mise),
        (commande(str(uuid4()), classee), mise),
        (commande(classement, classee), uuid4()),
        (commande(classement, classee, autre), mise),
    ):
        with pytest.raises(ClassementInvalide) as refus:
            await verifier_le_classement(registre, cible, refusee)
        assert refus.value.errors
    assert refus.value.errors[0].pointer == "/demandes/1"
    away = replace(registre, settings=settings.model_copy(update={"cotation_url": "http://127.0.0.1:9"}), _clients={})
    with pytest.raises(CotationIndisponible):
        await verifier_le_classement(away, mise, commande(classement, classee))
    for une in (registre, away):
        await une.client("cotation").aclose()
