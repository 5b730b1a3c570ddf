"""Calling the services as a partner does: a command is idempotent by what it says, a refusal stops the demonstration."""

import hashlib
from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx
import msgspec

_PAGE = 200
_ACCEPTES = (200, 201, 202, 204)


class Refusee(RuntimeError):
    """A service refused a call that the scenario holds for good; the message says which, and its answer."""


async def commander(
    client: httpx.AsyncClient, chemin: str, corps: Mapping[str, Any], entetes: Mapping[str, str] | None = None
) -> httpx.Response:
    """Send a command: sent twice, it has one effect. Raises Refusee."""
    cle = hashlib.sha256(chemin.encode() + msgspec.json.encode(corps, order="sorted")).hexdigest()
    reponse = await client.post(chemin, json=dict(corps), headers={"Idempotency-Key": cle, **(entetes or {})})
    return acceptee(reponse)


async def faire(client: httpx.AsyncClient, chemin: str, corps: Mapping[str, Any]) -> dict[str, Any]:
    """Send a command and give its answer, {} when it has no content. Raises Refusee."""
    reponse = await commander(client, chemin, corps)
    faite: dict[str, Any] = reponse.json() if reponse.content else {}
    return faite


async def lire(client: httpx.AsyncClient, chemin: str, **parametres: Any) -> dict[str, Any]:
    """Read one resource. Raises Refusee."""
    lue: dict[str, Any] = acceptee(await client.get(chemin, params=parametres or None)).json()
    return lue


async def lister(client: httpx.AsyncClient, chemin: str, **parametres: Any) -> AsyncIterator[dict[str, Any]]:
    """Each item of a list, page after page. Raises Refusee."""
    page = await lire(client, chemin, **parametres, limite=_PAGE)
    while True:
        for element in page["elements"]:
            yield element
        if not page["suivant"]:
            return
        page = await lire(client, chemin + page["suivant"])


def acceptee(reponse: httpx.Response) -> httpx.Response:
    """The answer, if it is not a refusal. Raises Refusee."""
    if reponse.status_code not in _ACCEPTES:
        requete = reponse.request
        raise Refusee(f"{requete.method} {requete.url.path} : {reponse.status_code} {reponse.text[:800]}")
    return reponse
