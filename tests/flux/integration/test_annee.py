"""The demonstration's real parks, conventions and a year of releases, over HTTP: every orientation within its bound."""

import json
import time
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from demo.manifeste import Parametres, generer
from demo.region import FICHIER, lire_region
from services.flux.verification import verifier
from tests.flux.integration.conftest import PIEMONT, SIREN, TROIS_RIVIERES, Service
from tests.flux.integration.registre import Registre

LOGEMENTS = 4_000
ORGANISATIONS = {siren: organisation for organisation, siren in SIREN.items()}


@pytest.fixture(scope="module")
def dossier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `python -m demo.generer` writes, without demandes."""
    dossier = tmp_path_factory.mktemp("demo")
    parametres = Parametres(
        demandes=0,
        graine=1,
        le=date(2026, 11, 1),
        exercice=2026,
        version="02.01",
        par_fichier=0,
        logements=LOGEMENTS,
        avaries=False,
    )
    generer(parametres, lire_region(FICHIER), dossier, progres=lambda n: None)
    return dossier


def convention_http(convention: dict[str, Any]) -> dict[str, Any]:
    """A convention of the demonstration in the words of the API."""
    memes = ("numero", "reservataire", "departement", "effet", "fin", "gestion", "politique_imputation", "rendu_compte",
             "refus_compte", "neuf_compte", "dalo_autre_contingent", "designation_mois")  # fmt: skip
    return {nom: convention[nom] for nom in memes} | {"parts": convention["parts"]}


def liberation_http(liberation: dict[str, Any]) -> dict[str, Any]:
    """A release of the demonstration in the words of the API."""
    return {
        "bailleur": liberation["bailleur"],
        "rpls": liberation["identifiant_rpls"],
        "occurrence": liberation["occurrence"],
        "origine": liberation["origine"],
        "preavis_le": liberation["preavis"],
        "libere_le": liberation["liberation"],
        "disponible_le": liberation["disponible"],
        "loyer_centimes": 100 * liberation["loyer"],
        "charges_centimes": 100 * liberation["charges"],
        "soustraction": liberation.get("soustraction"),
        "operation": liberation.get("operation"),
    }


async def charger_les_parcs(clients: dict[str, httpx.AsyncClient], dossier: Path) -> float:
    """Every park; returns the seconds it took."""
    debut = time.perf_counter()
    for organisation, client in clients.items():
        (fichier,) = (dossier / "parc").glob(f"2026_01_{SIREN[organisation]}_*.CSV")
        answer = await client.post("/v1/logements/transmissions", content=fichier.read_bytes())
        assert answer.status_code == 200, answer.text
        assert (answer.json()["inscrits"], answer.json()["refuses"]) == (LOGEMENTS, 0)
    return time.perf_counter() - debut


async def signer_les_conventions(clients: dict[str, httpx.AsyncClient], dossier: Path) -> list[list[str]]:
    """Every convention, in the order of signature; returns what each leaves to be verified."""
    a_verifier = []
    for une in json.loads((dossier / "parc" / "conventions.json").read_text()):
        client = clients[ORGANISATIONS[une["bailleur"]]]
        prete = await client.post(
            "/v1/conventions", json=convention_http(une), headers={"Idempotency-Key": str(uuid4())}
        )
        assert prete.status_code == 201, prete.text
        signee = await client.post(
            prete.headers["Location"] + "/signature",
            json={"le": une["signature"]},
            headers={"If-Match": prete.headers["ETag"]},
        )
        assert signee.status_code == 200, signee.text
        a_verifier.append(signee.json()["a_verifier"])
    return a_verifier


async def liberer_et_orienter(clients: dict[str, httpx.AsyncClient], dossier: Path) -> tuple[int, list[dict[str, Any]]]:
    """The year, in the order of the days; returns how many were freed and every orientation."""
    lignes = [
        json.loads(ligne)
        for fichier in sorted((dossier / "parc").glob("liberations-*.ndjson"))
        for ligne in fichier.read_text().splitlines()
    ]
    orientations = []
    for une in sorted(lignes, key=lambda une: (une["liberation"], une["identifiant_rpls"])):
        client = clients[ORGANISATIONS[une["bailleur"]]]
        liberee = await client.post("/v1/liberations", json=liberation_http(une))
        assert liberee.status_code == 201, liberee.text
        if liberee.json()["statut"] == "A_ORIENTER":
            oriente = await client.post(
                liberee.headers["Location"] + "/orientation",
                json={"le": une["liberation"]},
                headers={"Idempotency-Key": str(uuid4())},
            )
            assert oriente.status_code == 201, oriente.text
            orientations.append(oriente.json() | {"bailleur": ORGANISATIONS[une["bailleur"]]})
    return len(lignes), orientations


async def test_une_annee_de_la_demonstration_reste_dans_ses_bornes(flux: Service, dossier: Path) -> None:
    async with flux.client(TROIS_RIVIERES) as un, flux.client(PIEMONT) as deux:
        clients = {TROIS_RIVIERES: un, PIEMONT: deux}
        duree = await charger_les_parcs(clients, dossier)
        a_verifier = await signer_les_conventions(clients, dossier)
        liberes, orientations = await liberer_et_orienter(clients, dossier)
        await Registre(flux).louer([o["mise_a_disposition"] for o in orientations[::2]])
        suivi = (await un.get("/v1/suivi", params={"exercice": 2026})).json()["lignes"]

    assert duree < 10
    assert a_verifier[-1] == []
    assert liberes > 600
    assert len(orientations) > 0.8 * liberes
    for une in orientations:
        assert Fraction(une["ecart_max"]) <= Fraction(une["borne"]) < 1
        assert une["portee"] == "suite"
    perimetres = {une["perimetre"] for une in orientations}
    assert {"commune:67482", "commune:68224", "epci:246700488:67", "epci:200066009:68"} <= perimetres
    assert {une["bailleur"] for une in suivi} == {TROIS_RIVIERES}
    siennes = [une for une in orientations if une["bailleur"] == TROIS_RIVIERES]
    assert sum(une["orientes"] for une in suivi) == len(siennes)
    assert sum(une["imputes"] for une in suivi) >= len(siennes) // 3
    controles = await verifier(flux.fabric, flux.store)
    assert [(un.nom, un.ecarts) for un in controles if un.ecarts] == []
    assert all(un.examines for un in controles)
