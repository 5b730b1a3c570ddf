"""The landlords' systems subscribe to what concerns them, and count what reaches them with a good signature."""

from collections.abc import Mapping, Sequence
from typing import Any

from demo.receveur import Cles
from demo.scenario.appels import faire, lister
from demo.scenario.attente import attendre
from demo.scenario.maison import Maison

_TOUS = "*"


async def abonner(maison: Maison, bailleurs: Sequence[str]) -> dict[str, str]:
    """Open a subscription for each landlord, at an address of its own on the receiver, which keeps what verifies it.

    Returns the subscriptions by landlord.
    """
    ouverts: dict[str, str] = {}
    for bailleur in bailleurs:
        corps = {"url": f"{maison.adresse}/{bailleur}", "types": [_TOUS], "description": "Démonstration"}
        client = await maison.client(bailleur, "bailleur")
        ouvert = await faire(client, "/notifications/v1/abonnements", corps)
        maison.receveur.cles[f"/{bailleur}"] = Cles(ouvert["secret"], ouvert["cle_publique"])
        ouverts[bailleur] = ouvert["abonnement"]
    return ouverts


async def attendre_les_appels(maison: Maison, ouverts: Mapping[str, str]) -> dict[str, Any]:
    """Once nothing waits to be delivered: how many deliveries Logis counts, how many events the receiver verified.

    A call answered but not yet counted makes the two differ for an instant: they are read again until they agree. Raises
    TimeoutError.
    """
    receveur = maison.receveur

    async def accord() -> int | None:
        etats = [await _etat(maison, *un) for un in ouverts.items()]
        livres, restent = sum(livrees for livrees, _ in etats), sum(reste for _, reste in etats)
        return livres if not restent and livres == receveur.verifies.total() else None

    livres = await attendre(accord, "chaque appel livré et vérifié")
    return {
        "livres": livres,
        "verifies": receveur.verifies.total(),
        "doublons": receveur.doublons,
        "par_type": dict(receveur.verifies.most_common()),
    }


async def _etat(maison: Maison, bailleur: str, abonnement: str) -> tuple[int, int]:
    """Deliveries made, and deliveries that are not."""
    client = await maison.client(bailleur, "bailleur")
    livrees = restent = 0
    async for livraison in lister(client, "/notifications/v1/livraisons", abonnement=abonnement):
        if livraison["etat"] == "livree":
            livrees += 1
        else:
            restent += 1
    return livrees, restent
