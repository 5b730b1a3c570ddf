"""Webhooks over real HTTP: signed, in order, tried for three days, never where they must not go."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from starlette.responses import RedirectResponse, Response

from contracts.evenements.flux import LogementRendu
from services.chassis.events.unit_of_work import EventStore
from services.notifications.adapters import livraisons
from services.notifications.adapters.appel import Appelant
from services.notifications.domain.abonnement import Reponse
from services.notifications.domain.reprises import LIVRAISON
from services.notifications.flots import CATALOGUE
from services.notifications.policies.livraison import Livraison
from tests.notifications.integration.monde import Monde
from tests.notifications.integration.receveur import Appel, Receveur, receveur
from tests.notifications.unit.donnees import LOGEMENT, MISE

BAILLEUR = "trois-rivieres-habitat"


@pytest.fixture
async def recu() -> AsyncIterator[Receveur]:
    """A receiver of this machine."""
    async with receveur() as made:
        yield made


@pytest.fixture
async def abonne(monde: Monde, recu: Receveur) -> dict[str, Any]:
    """A landlord's subscription to everything, opened over HTTP."""
    return await ouvrir(monde, recu.url)


async def ouvrir(
    monde: Monde, url: str, *, types: tuple[str, ...] = ("*",), organisation: str = BAILLEUR
) -> dict[str, Any]:
    async with monde.client(organisation, "bailleur") as client:
        answer = await client.post(
            "/v1/abonnements", json={"url": url, "types": list(types)}, headers={"Idempotency-Key": str(uuid4())}
        )
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def boucle(monde: Monde, *, secondes: float = 15.0) -> Livraison:
    """The calls of a process of its own."""
    fabric = monde.notifications
    store = EventStore(fabric.journal, CATALOGUE, fabric.keys)
    return Livraison(fabric, store, Appelant(bouclage=True, secondes=secondes))


async def livrer(monde: Monde, *, secondes: float = 15.0) -> int:
    """What is due now, called to the end, each subject as far as it goes."""
    livraison, total = boucle(monde, secondes=secondes), 0
    try:
        while lancees := await livraison.lancer():
            total += lancees
            await livraison.finir()
    finally:
        await livraison.appelant.fermer()
    return total


async def rendu(monde: Monde, n: int = 1, *, subject: str = MISE, organisations: str = BAILLEUR) -> None:
    """Dwellings given back, each an event for the landlord."""
    for rang in range(n):
        data = LogementRendu(f"{subject}-{rang}", "lib-1", "SANS_CANDIDAT", monde.horloge().date())
        await monde.recevoir("logement.rendu.v1", data, subject=subject, organisations=organisations)


def quoi(appel: Appel) -> str:
    """Which dwelling a call is about."""
    return str(msgspec.json.decode(appel.evenement.data)["mise_a_disposition"])


async def etats(monde: Monde) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await monde.lignes("select etat, essais, statut, panne from livraison order by rang")]


async def test_un_evenement_arrive_signe(monde: Monde, recu: Receveur, abonne: dict[str, Any]) -> None:
    monde.horloge.maintenant = datetime.now(UTC)  # the reference library refuses a call of another hour
    await monde.recevoir(
        "logement.mis-a-disposition.v1", LOGEMENT, subject=MISE, organisations=f"{BAILLEUR} prefecture-67"
    )
    await livrer(monde)
    (appel,) = recu.appels
    appel.verifier(abonne["secret"])
    assert appel.evenement.type == "logement.mis-a-disposition.v1"
    assert msgspec.json.decode(appel.evenement.data)["mise_a_disposition"] == MISE
    assert appel.entetes["content-type"] == "application/cloudevents+json"
    assert appel.entetes["host"] == f"127.0.0.1:{recu.port}"
    assert appel.chemin == "/logis"
    ((identifiant, etat),) = await monde.lignes("select id, etat from livraison")
    assert (UUID(appel.entetes["webhook-id"]), etat) == (identifiant, "livree")


async def test_seuls_les_evenements_de_l_abonne_lui_sont_livres(monde: Monde, recu: Receveur) -> None:
    await ouvrir(monde, recu.url, types=("logement.rendu.v1",))
    await rendu(monde, organisations="piemont-logis prefecture-67")
    await rendu(monde, organisations="")
    await monde.recevoir("logement.mis-a-disposition.v1", LOGEMENT, subject=MISE, organisations=BAILLEUR)
    await rendu(monde, organisations=f"piemont-logis {BAILLEUR}")
    await livrer(monde)
    assert [appel.evenement.type for appel in recu.appels] == ["logement.rendu.v1"]


async def test_un_evenement_relu_n_est_pas_livre_deux_fois(
    monde: Monde, recu: Receveur, abonne: dict[str, Any]
) -> None:
    await rendu(monde)
    async with monde.notifications.database.engine.begin() as connection:
        await monde.sur(connection, "delete from consumer_mark")
    monde.position -= 1
    await rendu(monde)
    await livrer(monde)
    assert len(recu.appels) == 1


async def test_les_livraisons_d_un_sujet_arrivent_dans_l_ordre(
    monde: Monde, recu: Receveur, abonne: dict[str, Any]
) -> None:
    """The first fails twice: those of its subject wait for it, those of another subject do not."""
    refus = [500, 500]

    async def deux_fois_non(appel: Appel) -> int | None:
        return refus.pop() if quoi(appel) == "a-0" and refus else None

    recu.avant = deux_fois_non
    await rendu(monde, 3, subject="a")
    await rendu(monde, 1, subject="b")
    for _ in range(3):
        await livrer(monde)
        monde.horloge.avancer(timedelta(seconds=LIVRAISON[1] * 1.2))
    suites = [quoi(appel) for appel in recu.appels]
    assert [suite for suite in suites if suite.startswith("a")] == ["a-0", "a-0", "a-0", "a-1", "a-2"]
    assert suites.index("b-0") < suites.index("a-1")


async def test_un_sujet_n_attend_pas_toujours_une_livraison_qui_echoue(
    monde: Monde, recu: Receveur, abonne: dict[str, Any]
) -> None:
    async def sauf_la_premiere(appel: Appel) -> int | None:
        return 500 if quoi(appel) == "a-0" else None

    recu.avant = sauf_la_premiere
    await rendu(monde, 2, subject="a")
    for secondes in LIVRAISON[:6]:
        await livrer(monde)
        monde.horloge.avancer(timedelta(seconds=secondes * 1.2))
    await livrer(monde)
    assert [etat for etat, *_ in await etats(monde)] == ["a_livrer", "livree"]


async def test_un_echec_est_repris_pendant_trois_jours_puis_abandonne_et_l_abonnement_suspendu(
    monde: Monde, recu: Receveur, abonne: dict[str, Any]
) -> None:
    recu.reponses = [500] * (len(LIVRAISON) + 1)
    await rendu(monde)
    debut = monde.horloge()
    for secondes in LIVRAISON:
        assert await livrer(monde) == 1
        assert await livrer(monde) == 0, "not before its time"
        monde.horloge.avancer(timedelta(seconds=secondes * 1.2))
    assert await livrer(monde) == 1
    assert await etats(monde) == [("echouee", len(LIVRAISON) + 1, 500, "statut")]
    assert monde.horloge() - debut > timedelta(days=3)
    assert len({appel.entetes["webhook-id"] for appel in recu.appels}) == 1
    (suspendue,) = await monde.fil("notifications")
    assert (suspendue["type"], suspendue["data"]["raison"]) == ("livraison.suspendue.v1", "echecs")
    assert suspendue["data"]["organisation"] == BAILLEUR


async def test_un_abandon_ne_suspend_pas_qui_a_recu_autre_chose_depuis(
    monde: Monde, recu: Receveur, abonne: dict[str, Any]
) -> None:
    await rendu(monde, subject="a")
    async with monde.notifications.database.engine.begin() as connection:
        await monde.sur(connection, "update livraison set essais = :n", n=len(LIVRAISON))
    monde.horloge.avancer(timedelta(hours=1))
    await rendu(monde, subject="b")

    async def sauf_a(appel: Appel) -> int | None:
        if appel.evenement.subject != "a":
            return None
        await monde.jusqua_en_base("select 1 from livraison where etat = 'livree'")
        return 500

    recu.avant = sauf_a
    await livrer(monde)
    assert [etat for etat, *_ in await etats(monde)] == ["echouee", "livree"]
    assert (await monde.lignes("select etat from abonnement"))[0].etat == "actif"


async def test_410_suspend_sur_le_champ(monde: Monde, recu: Receveur, abonne: dict[str, Any]) -> None:
    recu.reponses = [410]
    await rendu(monde, 2)
    await livrer(monde)
    assert [etat for etat, *_ in await etats(monde)] == ["echouee", "a_livrer"]
    (suspendue,) = await monde.fil("notifications")
    assert suspendue["data"]["raison"] == "partie"
    await rendu(monde, 1, subject="plus-tard")
    assert len(await etats(monde)) == 2, "nothing more is queued for who is gone"


async def test_une_redirection_n_est_pas_suivie(monde: Monde, recu: Receveur, abonne: dict[str, Any]) -> None:
    recu.reponses = [RedirectResponse("http://127.0.0.1:1/ailleurs", 307)]
    await rendu(monde)
    await livrer(monde)
    assert await etats(monde) == [("a_livrer", 1, 307, "redirection")]
    assert len(recu.appels) == 1


async def test_un_receveur_lent_est_un_echec(monde: Monde, recu: Receveur, abonne: dict[str, Any]) -> None:
    async def dormir(_: Appel) -> None:
        await asyncio.sleep(2)

    recu.avant = dormir
    await rendu(monde)
    await livrer(monde, secondes=0.3)
    assert await etats(monde) == [("a_livrer", 1, None, "delai-depasse")]


async def test_un_receveur_absent_est_un_echec(monde: Monde) -> None:
    await ouvrir(monde, "http://127.0.0.1:1/")
    await rendu(monde)
    await livrer(monde)
    assert await etats(monde) == [("a_livrer", 1, None, "connexion")]


async def test_retry_after_est_respecte(monde: Monde, recu: Receveur, abonne: dict[str, Any]) -> None:
    recu.reponses = [Response(status_code=503, headers={"Retry-After": "3600"})]
    await rendu(monde)
    await livrer(monde)
    monde.horloge.avancer(timedelta(seconds=3_590))
    assert await livrer(monde) == 0
    monde.horloge.avancer(timedelta(seconds=20))
    assert await livrer(monde) == 1


async def test_une_adresse_devenue_privee_n_est_pas_appelee(
    monde: Monde, recu: Receveur, abonne: dict[str, Any]
) -> None:
    """In production: the setting that lets this machine be called is off, and the row says 127.0.0.1."""
    await rendu(monde)
    livraison = boucle(monde)
    livraison.appelant = Appelant(bouclage=False)
    await livraison.lancer()
    await livraison.finir()
    assert await etats(monde) == [("a_livrer", 1, None, "adresse-interdite")]
    assert not recu.appels


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1/", "https://localhost/", "https://169.254.169.254/", "https://[::1]/"]
)
async def test_une_adresse_privee_ne_s_abonne_pas(monde: Monde, url: str) -> None:
    async with monde.servi_avec(webhook_loopback=False) as adresse, monde.client(BAILLEUR, "bailleur") as client:
        answer = await client.post(
            f"{adresse}/v1/abonnements", json={"url": url, "types": ["*"]}, headers={"Idempotency-Key": str(uuid4())}
        )
    assert (answer.status_code, answer.json()["code"]) == (422, "adresse-interdite")
    assert answer.json()["errors"][0]["pointer"] == "/url"


async def test_un_appelant_tue_rappelle_sous_le_meme_identifiant(
    monde: Monde, recu: Receveur, abonne: dict[str, Any]
) -> None:
    """Killed between the receiver's answer and its own commit: the same `webhook-id` comes again."""
    await rendu(monde)
    mort = boucle(monde)
    recu.avant = lambda _: _arreter(mort)
    await mort.lancer()
    await mort.finir()
    await mort.appelant.fermer()
    recu.avant = None
    assert [etat for etat, *_ in await etats(monde)] == ["a_livrer"]
    assert await livrer(monde) == 0
    monde.horloge.avancer(timedelta(minutes=2))
    await livrer(monde)
    assert len(recu.appels) == 2
    assert len({appel.entetes["webhook-id"] for appel in recu.appels}) == 1
    assert [etat for etat, *_ in await etats(monde)] == ["livree"]


async def _arreter(livraison: Livraison) -> None:
    for task in list(livraison._en_cours):
        task.cancel()


async def test_une_reservation_perdue_ne_conclut_rien(monde: Monde, recu: Receveur, abonne: dict[str, Any]) -> None:
    """A call longer than its reservation is told 410 while another holds the delivery: nothing is suspended."""
    await rendu(monde)
    lent, rapide, partir = boucle(monde), boucle(monde), asyncio.Event()

    async def depart_tardif(*_: object) -> Reponse:
        await partir.wait()
        return Reponse(statut=410)

    lent.appelant.appeler = depart_tardif  # type: ignore[method-assign]
    await lent.lancer()
    monde.horloge.avancer(timedelta(minutes=2))

    async def apres_le_depart(_: Appel) -> None:
        partir.set()
        await lent.finir()

    recu.avant = apres_le_depart
    await rapide.lancer()
    await rapide.finir()
    await rapide.appelant.fermer()
    assert [etat for etat, *_ in await etats(monde)] == ["livree"]
    assert (await monde.lignes("select etat from abonnement"))[0].etat == "actif"


async def test_deux_appelants_appellent_chaque_livraison_une_fois(
    monde: Monde, recu: Receveur, abonne: dict[str, Any]
) -> None:
    for rang in range(30):
        await rendu(monde, subject=f"s{rang % 10}")
    un, deux = boucle(monde), boucle(monde)
    while any(etat != "livree" for etat, *_ in await etats(monde)):
        await asyncio.gather(un.lancer(), deux.lancer())
        await asyncio.gather(un.finir(), deux.finir())
    identifiants = [appel.entetes["webhook-id"] for appel in recu.appels]
    assert (len(identifiants), len(set(identifiants))) == (30, 30)
    for livraison in (un, deux):
        await livraison.appelant.fermer()


async def test_deux_reservations_en_meme_temps_n_ont_rien_de_commun(monde: Monde, abonne: dict[str, Any]) -> None:
    """The second does not wait for the first to commit, and takes what the first left: other subjects."""
    for rang in range(6):
        await rendu(monde, 2, subject=f"s{rang}")
    reglages = {
        "nombre": 4,
        "par_abonnement": 4,
        "occupes": (),
        "maintenant": monde.horloge(),
        "bail": timedelta(minutes=1),
    }
    engine = monde.notifications.database.engine
    async with engine.begin() as une, engine.begin() as autre, asyncio.timeout(5):
        premieres = await livraisons.reserver(une, uuid4(), **reglages)  # type: ignore[arg-type]
        secondes = await livraisons.reserver(autre, uuid4(), **reglages)  # type: ignore[arg-type]
    assert (len(premieres), len(secondes)) == (4, 2)
    assert not {prise.id for prise in premieres} & {prise.id for prise in secondes}


async def test_le_secret_renouvele_signe_a_cote_de_l_ancien(
    monde: Monde, recu: Receveur, abonne: dict[str, Any]
) -> None:
    monde.horloge.maintenant = datetime.now(UTC)
    async with monde.client(BAILLEUR, "bailleur") as client:
        lien = f"/v1/abonnements/{abonne['abonnement']}/secret"
        perime = await client.post(lien, headers={"If-Match": '"7"', "Idempotency-Key": str(uuid4())})
        answer = await client.post(lien, headers={"If-Match": '"1"', "Idempotency-Key": str(uuid4())})
    assert (perime.status_code, answer.status_code) == (412, 200)
    nouveau = answer.json()["secret"]
    await rendu(monde, subject="a")
    await livrer(monde)
    recu.appels[0].verifier(abonne["secret"])
    recu.appels[0].verifier(nouveau)
    monde.horloge.avancer(timedelta(hours=25))
    await rendu(monde, subject="b")
    await livrer(monde)
    signatures = recu.appels[1].entetes["webhook-signature"].split()
    assert [signature.partition(",")[0] for signature in signatures] == ["v1", "v1a"]


async def test_les_secrets_ne_sont_pas_dans_la_base(monde: Monde, abonne: dict[str, Any]) -> None:
    contenu = "\n".join(await monde.tout())
    assert abonne["secret"] not in contenu
    assert abonne["secret"].removeprefix("whsec_") not in contenu
    async with monde.client(BAILLEUR, "bailleur") as client:
        lu = await client.get(f"/v1/abonnements/{abonne['abonnement']}")
        liste = await client.get("/v1/abonnements")
    assert "secret" not in lu.json()
    assert abonne["secret"] not in liste.text


async def test_un_essai_une_fermeture_une_reactivation(monde: Monde, recu: Receveur, abonne: dict[str, Any]) -> None:
    monde.horloge.maintenant = datetime.now(UTC)
    lien = f"/v1/abonnements/{abonne['abonnement']}"
    async with monde.client(BAILLEUR, "bailleur") as client:
        essai = await client.post(f"{lien}/essai", headers={"Idempotency-Key": str(uuid4())})
        await livrer(monde)
        suivi = await client.get(f"/v1/livraisons/{essai.json()['livraison']}")
        ferme = await client.post(f"{lien}/fermeture", headers={"If-Match": '"1"'})
        inactif = await client.post(f"{lien}/essai", headers={"Idempotency-Key": str(uuid4())})
        rouvert = await client.post(f"{lien}/reactivation", headers={"If-Match": ferme.headers["ETag"]})
    assert (essai.status_code, suivi.json()["etat"]) == (202, "livree")
    recu.appels[0].verifier(abonne["secret"])
    assert recu.appels[0].evenement.type == "logis.essai.v1"
    assert (ferme.status_code, inactif.status_code, rouvert.status_code) == (204, 409, 204)
    assert inactif.json()["code"] == "abonnement-inactif"


async def test_ce_qui_a_echoue_se_relance(monde: Monde, recu: Receveur, abonne: dict[str, Any]) -> None:
    await rendu(monde, 1, subject="a")
    await rendu(monde, 1, subject="b")
    async with monde.notifications.database.engine.begin() as connection:
        await monde.sur(connection, "update livraison set etat = 'echouee', essais = 10")
    async with monde.client(BAILLEUR, "bailleur") as client:
        page = (
            await client.get("/v1/livraisons", params={"abonnement": abonne["abonnement"], "etat": "echouee"})
        ).json()
        lien = f"/v1/livraisons/{page['elements'][0]['livraison']}/relance"
        une = await client.post(lien, headers={"Idempotency-Key": str(uuid4())})
        encore = await client.post(lien, headers={"Idempotency-Key": str(uuid4())})
        reste = await client.post(
            f"/v1/abonnements/{abonne['abonnement']}/relance",
            json={"depuis": (monde.horloge() - timedelta(days=1)).isoformat()},
            headers={"Idempotency-Key": str(uuid4())},
        )
    assert len(page["elements"]) == 2
    assert (une.status_code, encore.status_code) == (202, 409)
    assert reste.json() == {"relancees": 1}
    assert await livrer(monde) == 2


async def test_un_abonnement_n_est_qu_a_son_organisation(monde: Monde, abonne: dict[str, Any]) -> None:
    lien = f"/v1/abonnements/{abonne['abonnement']}"
    async with monde.client("piemont-logis", "bailleur") as autre:
        refus = [
            (await autre.get(lien)).status_code,
            (await autre.post(f"{lien}/fermeture", headers={"If-Match": '"1"'})).status_code,
            (await autre.get("/v1/livraisons", params={"abonnement": abonne["abonnement"]})).status_code,
        ]
        liste = (await autre.get("/v1/abonnements")).json()
    assert refus == [403, 403, 403]
    assert liste["elements"] == []


async def test_un_type_inconnu_est_refuse_avec_son_pointeur(monde: Monde, recu: Receveur) -> None:
    async with monde.client(BAILLEUR, "bailleur") as client:
        answer = await client.post(
            "/v1/abonnements",
            json={"url": recu.url, "types": ["*", "logement.vendu.v1"]},
            headers={"Idempotency-Key": str(uuid4())},
        )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/types/1"


async def test_la_boucle_livre_seule(monde: Monde, recu: Receveur, abonne: dict[str, Any]) -> None:
    await rendu(monde, 3)
    stop, livraison = asyncio.Event(), boucle(monde)
    running = asyncio.create_task(livraison.run(stop))
    await monde.jusqua(lambda: len(recu.appels) == 3)
    stop.set()
    await asyncio.wait_for(running, 10)
