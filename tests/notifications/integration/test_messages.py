"""`/v1/messages`: lists, letters, their posting, over HTTP."""

import hashlib
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from contracts.evenements.demande import PropositionFaite
from tests.notifications.integration.monde import Monde
from tests.notifications.unit.donnees import LOGEMENT, MISE


async def lettre_due(monde: Monde) -> str:
    """The identifier of a letter that waits for its printing."""
    await monde.deposer("Wagner", courriel=None)
    await monde.consommer()
    await monde.envoyer()
    ((identifiant, etat, canal),) = await monde.lignes("select id, etat, canal from message")
    assert (etat, canal) == ("a_imprimer", "lettre")
    return str(identifiant)


@pytest.mark.duty("demande:D09")
async def test_sans_courriel_l_attestation_est_une_lettre_dont_le_depot_fait_preuve(monde: Monde) -> None:
    message = await lettre_due(monde)
    assert not monde.boite.recus
    async with monde.client() as client:
        une = await client.get(f"/v1/messages/{message}/lettre")
        deux = await client.get(f"/v1/messages/{message}/lettre")
        monde.horloge.avancer(timedelta(days=1))
        depot = {"depose_a": monde.horloge().isoformat(), "empreinte": une.headers["Logis-Empreinte"]}
        cle = {"Idempotency-Key": str(uuid4())}
        depose = await client.post(f"/v1/messages/{message}/depot", json=depot, headers=cle)
        rejoue = await client.post(f"/v1/messages/{message}/depot", json=depot, headers=cle)
        lu = (await client.get(f"/v1/messages/{message}")).json()
    assert une.headers["content-type"] == "application/pdf"
    assert une.content.startswith(b"%PDF-")
    assert une.content == deux.content, "the same letter is the same bytes"
    assert une.headers["Logis-Empreinte"] == hashlib.sha256(une.content).hexdigest()
    assert (depose.status_code, rejoue.status_code) == (204, 204)
    assert rejoue.headers["Idempotency-Replayed"] == "true"
    assert (lu["etat"], lu["canal"], lu["empreinte"]) == ("envoye", "lettre", depot["empreinte"])
    (envoye,) = await monde.fil("notifications")
    assert (envoye["data"]["canal"], envoye["data"]["empreinte"]) == ("lettre", depot["empreinte"])
    lectures = await monde.lignes("select operation, purpose from access_journal")
    assert {tuple(row) for row in lectures} == {("tirer_une_lettre", "envoi des avis prévus par la loi")}


@pytest.mark.parametrize(
    ("ecart", "empreinte", "code"),
    [
        (timedelta(0), "0" * 64, "depot-refuse"),
        (timedelta(days=1), None, "depot-refuse"),
        (-timedelta(1), None, "depot-refuse"),
    ],
)
async def test_un_depot_qui_ne_prouve_rien_est_refuse(
    monde: Monde, ecart: timedelta, empreinte: str | None, code: str
) -> None:
    message = await lettre_due(monde)
    async with monde.client() as client:
        lettre = await client.get(f"/v1/messages/{message}/lettre")
        body = {
            "depose_a": (monde.horloge() + ecart).isoformat(),
            "empreinte": empreinte or lettre.headers["Logis-Empreinte"],
        }
        answer = await client.post(
            f"/v1/messages/{message}/depot", json=body, headers={"Idempotency-Key": str(uuid4())}
        )
    assert (answer.status_code, answer.json()["code"]) == (409, code)


async def test_une_lettre_dont_le_logement_est_inconnu_attend(monde: Monde) -> None:
    demande = await monde.deposer("Wagner", courriel=None)
    le = monde.horloge().date()
    faite = PropositionFaite(str(demande), "p1", MISE, 1, le, le + timedelta(days=10))
    await monde.recevoir("proposition.faite.v1", faite, source="demande", subject=str(demande))
    await monde.envoyer()
    ((message,),) = await monde.lignes("select id from message")
    async with monde.client() as client:
        avant = await client.get(f"/v1/messages/{message}/lettre")
        await monde.recevoir("logement.mis-a-disposition.v1", LOGEMENT, subject=MISE)
        apres = await client.get(f"/v1/messages/{message}/lettre")
    assert (avant.status_code, avant.json()["code"]) == (409, "lettre-impossible")
    assert apres.status_code == 200


async def test_la_liste_se_lit_par_pages_et_par_filtres(monde: Monde) -> None:
    for rang in range(5):
        await monde.deposer(f"Wagner{rang}")
        monde.horloge.avancer(timedelta(seconds=1))
    await monde.consommer()
    async with monde.client() as client:
        page = (await client.get("/v1/messages", params={"limite": 2, "etat": "a_envoyer"})).json()
        vus = [message["message"] for message in page["elements"]]
        while page.get("suivant"):
            page = (await client.get(f"/v1/messages{page['suivant']}")).json()
            vus += [message["message"] for message in page["elements"]]
        envoyes = (await client.get("/v1/messages", params={"etat": "envoye"})).json()
        inconnu = await client.get(f"/v1/messages/{uuid4()}")
        faux = await client.get("/v1/messages", params={"modele": "inconnu"})
    assert len(vus) == len(set(vus)) == 5
    assert envoyes["elements"] == []
    assert (inconnu.status_code, inconnu.json()["code"]) == (404, "message-inconnu")
    assert faux.status_code == 400


async def test_une_organisation_ne_lit_que_ses_messages(monde: Monde) -> None:
    monde.notifications = monde.avec_boites({"prefecture-67": "logement@prefecture.exemple"})
    await monde.deposer("Wagner")
    await monde.consommer()
    await monde.recevoir("logement.mis-a-disposition.v1", LOGEMENT, subject=MISE)

    async def lus(organisation: str, role: str) -> list[dict[str, Any]]:
        async with monde.client(organisation, role) as client:
            return list((await client.get("/v1/messages")).json()["elements"])

    (autre,) = await monde.lignes("select id from message where nature = 'demande'")
    async with monde.client("prefecture-67", "reservataire") as client:
        refus = await client.get(f"/v1/messages/{autre.id}")
    assert [message["modele"] for message in await lus("prefecture-67", "reservataire")] == ["mise-a-disposition"]
    assert await lus("trois-rivieres-habitat", "bailleur") == []
    assert len(await lus("gestionnaire-alsace", "gestionnaire")) == 2
    assert refus.status_code == 403


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "corps-illisible"),
        (b'{"demandes": [], "finalite": ""}', 422, "donnees-invalides"),
        (b'{"demandes": ["x"], "finalite": "essai"}', 422, "donnees-invalides"),
        (b'{"demandes": [], "finalite": "essai", "autre": 1}', 422, "donnees-invalides"),
    ],
)
async def test_une_lecture_de_destinataires_mal_formee_est_refusee(
    monde: Monde, body: bytes, status: int, code: str
) -> None:
    async with monde.client() as client:
        answer = await client.post(
            f"{monde.url['demande']}/v1/destinataires/lecture",
            content=body,
            headers={"Content-Type": "application/json"},
        )
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_les_destinataires_ne_se_lisent_que_par_le_gestionnaire(monde: Monde) -> None:
    demande = await monde.deposer("Wagner")
    corps = {"demandes": [str(demande), str(uuid4())], "finalite": "essai"}
    lien = f"{monde.url['demande']}/v1/destinataires/lecture"
    async with monde.client("trois-rivieres-habitat", "bailleur") as client:
        assert (await client.post(lien, json=corps)).status_code == 403
    async with monde.client() as client:
        lus = (await client.post(lien, json=corps)).json()
    assert [lu["nom"] for lu in lus["destinataires"]] == ["Wagner"]
    assert lus["inconnues"] == [corps["demandes"][1]]
