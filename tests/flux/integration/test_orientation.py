"""From the dwelling freed to the holder that gets it, over HTTP."""

from fractions import Fraction

import httpx
import pytest

from services.chassis.journal.cursor import ORIGIN
from services.flux.service import assemble
from tests.flux.integration.conftest import Service, annonce, charger, conventionner, liberer, orienter


async def _publies(flux: Service) -> list:
    publication = assemble(flux.fabric).publication
    recorded = await flux.fabric.journal.committed(ORIGIN, 10_000)
    return [event for one in recorded if (event := publication.published(one))]


@pytest.mark.duty("flux:L7", "flux:L31")
async def test_un_logement_libere_est_oriente_mis_a_disposition_et_publie(
    flux: Service, bailleur: httpx.AsyncClient
) -> None:
    await charger(bailleur, "6711000001")
    await conventionner(bailleur)
    liberation = await liberer(bailleur, "6711000001", quartier="Neudorf", loyer_centimes=45_000)

    suggeree = (await bailleur.get(f"/v1/liberations/{liberation}/orientation")).json()
    decidee = await orienter(bailleur, liberation)

    assert suggeree["suggestion"] == decidee["retenu"] == "part-trois-rivieres"
    assert decidee["perimetre"] == "epci:246700488:67"
    assert {c["titulaire"]: c["part"] for c in decidee["compteurs"]} == {
        "etat-67": "1/4", "etat-agents-67": "1/20", "action-logement": "9/50", "part-trois-rivieres": "13/25",
    }  # fmt: skip
    assert Fraction(decidee["ecart_max"]) <= Fraction(decidee["borne"]) == Fraction(5, 6)
    assert decidee["designer_avant"] == "2026-04-02"
    par_type = {event.type: event for event in await _publies(flux)}
    offre = par_type["logement.mis-a-disposition.v1"]
    assert offre.data.mise_a_disposition == decidee["mise_a_disposition"]
    assert (offre.data.commune, offre.data.typologie, offre.data.financement) == ("67482", "T3", "PLUS")
    assert (offre.data.loyer_centimes, offre.data.quartier) == (45_000, "Neudorf")
    assert offre.organisations == "trois-rivieres-habitat"
    assert par_type["logement.oriente.v1"].data.suggestion == "part-trois-rivieres"
    assert par_type["logement.libere.v1"].subject == liberation == offre.subject


async def test_un_choix_contraire_se_motive_et_garde_la_suggestion(flux: Service, bailleur: httpx.AsyncClient) -> None:
    await charger(bailleur, "6711000001")
    await conventionner(bailleur)
    liberation = await liberer(bailleur, "6711000001")
    chemin = f"/v1/liberations/{liberation}/orientation"

    sans_motif = await bailleur.post(chemin, json={"titulaire": "etat-67"}, headers={"Idempotency-Key": "sans-motif"})
    inconnu = await bailleur.post(
        chemin, json={"titulaire": "strasbourg", "motif": "x"}, headers={"Idempotency-Key": "inconnu-1"}
    )
    decidee = await orienter(bailleur, liberation, titulaire="etat-67", motif="Logement adapté demandé par la CCAPEX.")

    assert (sans_motif.status_code, sans_motif.json()["code"]) == (409, "orientation-impossible")
    assert inconnu.status_code == 409
    assert (decidee["suggestion"], decidee["retenu"]) == ("part-trois-rivieres", "etat-67")
    assert decidee["portee"] == "decision"
    oriente = next(event for event in await _publies(flux) if event.type == "logement.oriente.v1")
    assert oriente.organisations == "prefecture-67 trois-rivieres-habitat"


@pytest.mark.duty("flux:L8")
async def test_une_liberation_soustraite_ne_s_oriente_qu_une_fois_reintegree(bailleur: httpx.AsyncClient) -> None:
    await charger(bailleur, "6711000001")
    await conventionner(bailleur)
    liberation = await liberer(bailleur, "6711000001", soustraction="MUTATION_INTERNE")
    chemin = f"/v1/liberations/{liberation}/orientation"

    refus = await bailleur.post(chemin, json={}, headers={"Idempotency-Key": "soustraite"})
    lue = await bailleur.get(f"/v1/liberations/{liberation}")
    remise = await bailleur.post(
        f"/v1/liberations/{liberation}/qualification",
        json={"soustraction": None},
        headers={"If-Match": lue.headers["ETag"]},
    )

    assert refus.status_code == 409
    assert "MUTATION_INTERNE" in refus.json()["detail"]
    assert lue.json()["statut"] == "SOUSTRAITE"
    assert remise.status_code == 204
    assert (await orienter(bailleur, liberation))["rang"] == 1


@pytest.mark.duty("flux:L3", "flux:L9")
@pytest.mark.parametrize("motif", ["DEFENSE", "SECURITE", "SANTE", "VENTE", "DEMOLITION"])
async def test_un_logement_hors_flux_ne_s_oriente_pas(bailleur: httpx.AsyncClient, motif: str) -> None:
    await charger(bailleur, "6711000001")
    await conventionner(bailleur)
    liberation = await liberer(bailleur, "6711000001", hors_flux=motif)

    refus = await bailleur.get(f"/v1/liberations/{liberation}/orientation")

    assert refus.status_code == 409
    assert motif in refus.json()["detail"]


async def test_la_meme_liberation_annoncee_deux_fois_n_en_fait_qu_une(bailleur: httpx.AsyncClient) -> None:
    await charger(bailleur, "6711000001")
    premiere = await bailleur.post("/v1/liberations", json=annonce("6711000001"))
    seconde = await bailleur.post("/v1/liberations", json=annonce("6711000001"))
    contraire = await bailleur.post("/v1/liberations", json=annonce("6711000001", libere_le="2026-02-21"))
    suivante = await bailleur.post("/v1/liberations", json=annonce("6711000001", occurrence=2))

    assert (premiere.status_code, seconde.status_code) == (201, 200)
    assert premiere.json() == seconde.json()
    assert (contraire.status_code, contraire.json()["code"]) == (409, "liberation-contradictoire")
    assert suivante.json()["liberation"] != premiere.json()["liberation"]


async def test_un_reservataire_ne_lit_que_ce_qui_est_a_lui(flux: Service, bailleur: httpx.AsyncClient) -> None:
    await charger(bailleur, "6711000001", "6711000002")
    await conventionner(bailleur)
    etat = await liberer(bailleur, "6711000001")
    await orienter(bailleur, etat, titulaire="etat-67", motif="Relogement d'un ménage prioritaire.")
    propre = await liberer(bailleur, "6711000002")
    await orienter(bailleur, propre, titulaire="part-trois-rivieres", motif="Tour du bailleur.")

    async with flux.client("prefecture-67", "reservataire") as prefecture:
        vues = (await prefecture.get("/v1/mises-a-disposition")).json()["elements"]
        la_sienne = await prefecture.get(f"/v1/liberations/{etat}")
        l_autre = await prefecture.get(f"/v1/liberations/{propre}")
        orientee = await prefecture.post(
            f"/v1/liberations/{etat}/orientation", json={}, headers={"Idempotency-Key": "prefecture"}
        )

    assert [vue["liberation"] for vue in vues] == [etat]
    assert (la_sienne.status_code, l_autre.status_code, orientee.status_code) == (200, 403, 403)


@pytest.mark.parametrize(("chemin", "corps"), [
    ("/v1/liberations", annonce("6711000001", libere_le="9999-12-31", disponible_le="9999-12-31")),
    ("/v1/liberations", annonce("671100000\x00")),
    ("/v1/liberations/{}/orientation", {"le": "9999-12-31"}),
    ("/v1/liberations/{}/orientation", {"titulaire": "etat\x00"}),
    ("/v1/mises-a-disposition/{}/retour", {"motif": "RENONCIATION", "le": "0001-01-01"}),
])  # fmt: skip
async def test_ce_qu_un_calendrier_ou_une_table_ne_tient_pas_se_refuse(
    bailleur: httpx.AsyncClient, chemin: str, corps: dict[str, object]
) -> None:
    inconnue = "11111111-1111-5111-8111-111111111111"

    refus = await bailleur.post(chemin.format(inconnue), json=corps, headers={"Idempotency-Key": "hors-bornes"})

    assert (refus.status_code, refus.json()["code"]) == (422, "donnees-invalides")


async def test_un_parametre_hors_bornes_se_refuse(bailleur: httpx.AsyncClient) -> None:
    refus = [
        await bailleur.get("/v1/logements/%00"),
        await bailleur.get("/v1/suivi", params={"bailleur": "\x00"}),
        await bailleur.get("/v1/suivi", params={"le": "9999-12-31"}),
        await bailleur.get("/v1/comptes", params={"titulaire": "\x00"}),
    ]

    assert [un.json()["code"] for un in refus] == ["parametres-invalides"] * 4
