"""The landlords' side: park loaded, conventions signed, dwellings freed and oriented, all over HTTP with their tokens."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import httpx
import msgspec

from demo.manifeste import Manifeste
from demo.region import lire_region
from demo.scenario.maison import Maison

_A_LA_FOIS = 4
_ACCEPTES = (200, 201)


@dataclass
class Logements:
    """What was done, and what the sequences of orientation say: the largest deviation and its bound, in dwellings."""

    charges: int = 0
    conventions: int = 0
    liberations: int = 0
    orientees: int = 0
    soustraites: int = 0
    par_titulaire: dict[str, int] = field(default_factory=dict)
    ecart_max: Fraction = Fraction(0)
    borne: Fraction = Fraction(0)
    mises_a_disposition: list[dict[str, str]] = field(default_factory=list)


async def loger(maison: Maison, manifeste: Manifeste, dossier: Path, jour: str, nombre: int) -> Logements:
    """Load both parks and their conventions, then free and orient the first `nombre` dwellings vacated by `jour` of each."""
    fait = Logements()
    bailleurs = {bailleur.siren: bailleur.id for bailleur in lire_region().bailleurs}
    clients = {siren: maison.client(identifiant, "bailleur") for siren, identifiant in bailleurs.items()}
    for parc in manifeste.parcs:
        rapport = await _poster(clients[parc.siren], "/flux/v1/logements/transmissions", contenu=dossier / parc.rpls)
        fait.charges += rapport["inscrits"]
    for convention in msgspec.json.decode((dossier / manifeste.conventions).read_bytes()):
        await _signer(clients[convention["bailleur"]], convention)
        fait.conventions += 1
    for parc in manifeste.parcs:
        lignes = (dossier / parc.liberations).read_bytes().splitlines()
        vacances = [v for ligne in lignes if (v := msgspec.json.decode(ligne))["liberation"] <= jour][:nombre]
        await _liberer(clients[parc.siren], vacances, fait)
    return fait


async def _signer(client: httpx.AsyncClient, convention: dict[str, Any]) -> None:
    """Prepare a convention, then sign it: its shares are checked against the ceilings of the law (F7)."""
    ecartes = ("bailleur", "type_reservataire", "signature")
    termes = {nom: valeur for nom, valeur in convention.items() if nom not in ecartes}
    reponse = await client.post("/flux/v1/conventions", json=termes, headers=_cle(convention["numero"]))
    prete = _lue(reponse)
    chemin = f"/flux/v1/conventions/{prete['convention']}/signature"
    entetes = _cle(f"signature-{convention['numero']}") | {"If-Match": reponse.headers["ETag"]}
    _lue(await client.post(chemin, json={"le": convention["signature"]}, headers=entetes))


async def _liberer(client: httpx.AsyncClient, vacances: Sequence[dict[str, Any]], fait: Logements) -> None:
    """Announce the vacancies, a few at once as a landlord's system would, then orient each in the order of the releases."""
    places = asyncio.Semaphore(_A_LA_FOIS)

    async def annoncer(vacance: dict[str, Any]) -> dict[str, Any]:
        async with places:
            corps = {
                "bailleur": vacance["bailleur"],
                "rpls": vacance["identifiant_rpls"],
                "occurrence": vacance["occurrence"],
                "origine": vacance["origine"],
                "preavis_le": vacance["preavis"],
                "libere_le": vacance["liberation"],
                "disponible_le": vacance["disponible"],
                "loyer_centimes": 100 * vacance["loyer"],
                "charges_centimes": 100 * vacance["charges"],
            }
            cle = _cle(f"{vacance['identifiant_rpls']}-{vacance['occurrence']}")
            return _lue(await client.post("/flux/v1/liberations", json=corps, headers=cle))

    for liberation in await asyncio.gather(*map(annoncer, vacances)):
        fait.liberations += 1
        if liberation["statut"] != "A_ORIENTER":
            fait.soustraites += 1
            continue
        chemin = f"/flux/v1/liberations/{liberation['liberation']}/orientation"
        cle = _cle(f"orientation-{liberation['liberation']}")
        _noter(fait, _lue(await client.post(chemin, json={}, headers=cle)), vacances[0]["bailleur"])


def _noter(fait: Logements, orientation: dict[str, Any], siren: str) -> None:
    fait.orientees += 1
    fait.par_titulaire[orientation["retenu"]] = fait.par_titulaire.get(orientation["retenu"], 0) + 1
    fait.ecart_max = max(fait.ecart_max, Fraction(orientation["ecart_max"]))
    fait.borne = max(fait.borne, Fraction(orientation["borne"]))
    if orientation["mise_a_disposition"]:
        fait.mises_a_disposition.append({"mise_a_disposition": orientation["mise_a_disposition"], "siren": siren})


async def _poster(client: httpx.AsyncClient, chemin: str, *, contenu: Path) -> dict[str, Any]:
    octets = await asyncio.to_thread(contenu.read_bytes)
    return _lue(await client.post(chemin, content=octets, headers={"Content-Type": "text/csv"}))


def _lue(reponse: httpx.Response) -> dict[str, Any]:
    if reponse.status_code not in _ACCEPTES:
        raise RuntimeError(
            f"{reponse.request.method} {reponse.request.url.path} : {reponse.status_code} {reponse.text[:800]}"
        )
    lue: dict[str, Any] = reponse.json()
    return lue


def _cle(texte: str) -> dict[str, str]:
    return {"Idempotency-Key": f"demo-{texte}"}
