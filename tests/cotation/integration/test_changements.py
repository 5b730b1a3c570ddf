"""Why a score changed, over HTTP: before, after, and causes that sum exactly to the difference (design.md §8)."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from tests.cotation.integration.monde import LOCATAIRE, MULHOUSE, PRECAIRE, STRASBOURG, Monde

REFUS = date(2026, 7, 22)


async def _changement(monde: Monde, demande: object, lieu: str = STRASBOURG, **parametres: int) -> dict[str, object]:
    lu = await monde.lire(f"/v1/cotations/{demande}/changements", lieu=lieu, **parametres)
    changement: dict[str, object] = lu["changement"]
    somme = sum((Decimal(cause["points"]) for cause in changement["causes"]), Decimal(0))  # type: ignore[attr-defined]
    avant, apres = changement["avant"], changement["apres"]
    assert somme == Decimal(changement["difference"])  # type: ignore[arg-type]
    assert somme == Decimal(apres["total"]) - Decimal(avant["total"])  # type: ignore[index]
    return changement


@pytest.mark.duty("cotation:D17", "cotation:D20", "cotation:D25")
async def test_a_refusal_is_named_with_its_date_and_its_points(monde: Monde) -> None:
    """14 months of seniority × 1.3 = 18.2; after a refusal four months ago, 4 × 1.3 = 5.2."""
    demande = await monde.deposer(STRASBOURG, MULHOUSE, logement=PRECAIRE)
    await monde.consommer()
    assert (await monde.notes(demande))[STRASBOURG] == "18.2"
    await monde.refuser(demande, REFUS)
    await monde.consommer()
    changement = await _changement(monde, demande)
    (cause,) = changement["causes"]  # type: ignore[misc]
    assert (cause["cause"], cause["points"]) == ("refus", "-13")
    assert cause["phrase"] == (
        "−13 points : refus d'une proposition du 22 juillet 2026 ; l'ancienneté passe de 1 an et 2 mois à 4 mois."
    )
    assert changement["recit"][0] == "Votre note passe de 18,2 points à 5,2 points (−13 points)."  # type: ignore[index]
    # Mulhouse takes points back for a suitable offer only: nothing has moved there yet.
    assert (await monde.lire(f"/v1/cotations/{demande}/changements", lieu=MULHOUSE))["changement"] is None


async def test_a_refusal_judged_suitable_later_takes_its_points_then(monde: Monde) -> None:
    demande = await monde.deposer(MULHOUSE)
    await monde.consommer()
    await monde.refuser(demande, REFUS, adaptee=True)
    await monde.consommer()
    (cause,) = (await _changement(monde, demande, MULHOUSE))["causes"]  # type: ignore[misc]
    assert (cause["cause"], cause["points"]) == ("refus", "-10")
    assert "refus d'une proposition du 22 juillet 2026 (offre adaptée à vos besoins)" in cause["phrase"]
    assert "retiré" not in cause["phrase"]


async def test_several_causes_at_once_and_each_change_on_request(monde: Monde) -> None:
    """A fact and time move one score together: each has its points; the older change can still be asked for."""
    demande = await monde.deposer(logement=PRECAIRE)
    await monde.consommer()
    await monde.demenager(demande, LOCATAIRE)
    await monde.consommer()
    monde.horloge.avancer(timedelta(days=61))
    await monde.refuser(demande, REFUS)
    await monde.demenager(demande, PRECAIRE)
    await monde.consommer()
    lu = await monde.lire(f"/v1/cotations/{demande}/changements")
    assert (lu["nombre"], lu["changement"]["numero"]) == (2, 2)
    dernier = await _changement(monde, demande)
    assert [cause["cause"] for cause in dernier["causes"]] == ["fait", "refus", "temps"]  # type: ignore[attr-defined]
    premier = await _changement(monde, demande, numero=1)
    assert [(cause["cause"], cause["points"]) for cause in premier["causes"]] == [("fait", "-4.2")]  # type: ignore[attr-defined]
    async with monde.client() as client:
        absent = await client.get(f"/v1/cotations/{demande}/changements", params={"numero": 3})
        assert (absent.status_code, absent.json()["code"]) == (404, "changement-inconnu")
        ailleurs = await client.get(f"/v1/cotations/{demande}/changements", params={"lieu": "75056"})
        assert (ailleurs.status_code, ailleurs.json()["code"]) == (404, "cotation-inconnue")
        inconnue = await client.get(f"/v1/cotations/{uuid4()}/changements")
        assert (inconnue.status_code, inconnue.json()["code"]) == (404, "cotation-inconnue")


async def test_facts_erased_leave_the_points_without_their_causes(monde: Monde) -> None:
    demande = await monde.deposer(logement=PRECAIRE)
    await monde.consommer()
    await monde.demenager(demande, LOCATAIRE)
    await monde.consommer()
    await monde.cotation.keys.destroy([f"cotation-{demande}"])
    changement = (await monde.lire(f"/v1/cotations/{demande}/changements"))["changement"]
    assert (changement["difference"], changement["causes"]) == ("-4.2", None)
    assert "effacés" in changement["recit"][0]


async def test_the_reading_is_journalled_and_kept_to_the_territory(monde: Monde) -> None:
    demande = await monde.deposer()
    await monde.consommer()
    async with monde.client("mulhouse-alsace-agglomeration", "epci") as client:
        assert (await client.get(f"/v1/cotations/{demande}/changements")).status_code == 403
    async with monde.client("eurometropole-strasbourg", "epci") as client:
        assert (await client.get(f"/v1/cotations/{demande}/changements")).status_code == 200
    (lue,) = await monde.lignes("select organisation, subjects from access_journal")
    assert (lue.organisation, lue.subjects) == ("eurometropole-strasbourg", [str(demande)])
