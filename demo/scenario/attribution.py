"""From a dwelling put at disposal to its lease: searched, designated, decided, offered, refused, offered again, signed."""

import asyncio
import hashlib
import time
from dataclasses import dataclass, field
from typing import Any

import httpx
import msgspec

from demo.region import lire_region
from demo.scenario.cotations import lire_la_note
from demo.scenario.logements import Logements
from demo.scenario.maison import Maison

_ATTENTE_SECONDES = 60
_ESSAIS = 60
_CANDIDATS = 3


@dataclass
class Attributions:
    """What came of the dwellings. chute: how a refusal of a suitable offer moved one score, before and after."""

    designes: int = 0
    refus: int = 0
    baux: int = 0
    sans_candidat: int = 0
    chute: dict[str, str] = field(default_factory=dict)


async def attribuer(maison: Maison, logements: Logements, jour: str, nombre: int) -> Attributions:
    """Let the first `nombre` dwellings put at disposal, each after one refusal."""
    fait = Attributions()
    bailleurs = {bailleur.siren: bailleur.id for bailleur in lire_region().bailleurs}
    for mise in logements.mises_a_disposition:
        if fait.baux >= nombre:
            break
        client = maison.client(bailleurs[mise["siren"]], "bailleur")
        await _attribuer_un(maison, client, mise["mise_a_disposition"], mise["siren"], jour, fait)
    return fait


async def _attribuer_un(
    maison: Maison, client: httpx.AsyncClient, mise: str, siren: str, jour: str, fait: Attributions
) -> None:
    await _connue(client, mise)
    trouves = await _appeler(client, "/demande/v1/recherches", {"mise_a_disposition": mise, "limite": 10})
    retenus = [une["demande"] for une in trouves["candidats"] if une["eligible"]][:_CANDIDATS]
    if len(retenus) < _CANDIDATS:
        fait.sans_candidat += 1
        return
    chemin = f"/demande/v1/mises-a-disposition/{mise}"
    lieu = next(une["lieu"] for une in trouves["candidats"] if une["demande"] == retenus[0])
    await _appeler(client, f"{chemin}/designations", {"demandes": retenus, "classement": f"demo-{mise}"})
    fait.designes += len(retenus)
    decisions = [{"demande": une, "decision": "ATTR_RANG", "rang": rang} for rang, une in enumerate(retenus, start=1)]
    tenue = await _appeler(client, f"{chemin}/decisions", {"seance_le": jour, "decisions": decisions})
    await _refuser(maison, client, tenue["candidats"][0], lieu, fait)
    suivante = (await _lire(client, chemin))["candidats"][1]
    await _appeler(client, f"/demande/v1/propositions/{suivante['proposition']}/acceptation", {})
    bail = {"signe_le": jour, "bailleur_siren": siren, "deja_locataire": False, "accord_collectif": "AUCUN",
            "dalo": False, "prioritaire": False}  # fmt: skip
    await _appeler(client, f"{chemin}/bail", bail)
    fait.baux += 1


async def _refuser(
    maison: Maison, client: httpx.AsyncClient, offre: dict[str, Any], lieu: str, fait: Attributions
) -> None:
    """The first candidate refuses a suitable offer: where the grid says so, the score falls."""
    avant = await lire_la_note(maison, offre["demande"], lieu)
    chemin = f"/demande/v1/propositions/{offre['proposition']}"
    await _appeler(client, f"{chemin}/refus", {"motif": "TAILLE"})
    await _appeler(client, f"{chemin}/appreciation", {"adaptee": True})
    fait.refus += 1
    if not fait.chute and avant != "0":
        for _ in range(_ESSAIS):
            apres = await lire_la_note(maison, offre["demande"], lieu)
            if apres != avant:
                fait.chute = {"demande": offre["demande"], "lieu": lieu, "avant": avant, "apres": apres}
                break
            await asyncio.sleep(0.3)


async def _connue(client: httpx.AsyncClient, mise: str) -> None:
    """Wait until the register has heard of the dwelling, by the ledger's event."""
    limite = time.monotonic() + _ATTENTE_SECONDES
    while time.monotonic() < limite:
        if (await client.get(f"/demande/v1/mises-a-disposition/{mise}")).status_code == httpx.codes.OK:
            return
        await asyncio.sleep(0.2)
    raise RuntimeError(f"Le registre n'a pas reçu la mise à disposition {mise}.")


async def _lire(client: httpx.AsyncClient, chemin: str) -> dict[str, Any]:
    reponse = await client.get(chemin)
    reponse.raise_for_status()
    lue: dict[str, Any] = reponse.json()
    return lue


async def _appeler(client: httpx.AsyncClient, chemin: str, corps: dict[str, Any]) -> dict[str, Any]:
    """A command, made idempotent by what it says: sent twice, it has one effect."""
    cle = hashlib.sha256(chemin.encode() + msgspec.json.encode(corps, order="sorted")).hexdigest()
    reponse = await client.post(chemin, json=corps, headers={"Idempotency-Key": cle})
    if reponse.status_code not in (200, 201, 204):
        raise RuntimeError(f"POST {chemin} : {reponse.status_code} {reponse.text[:800]}")
    lue: dict[str, Any] = reponse.json() if reponse.content else {}
    return lue
