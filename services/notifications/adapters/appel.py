"""Calling a receiver: only public addresses, resolved then checked then called, one answer, no redirection, no waiting."""

import asyncio
import ipaddress
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

import httpx

from services.notifications.domain.abonnement import Panne, Reponse, reponse

_CONNECT_SECONDS = 5.0
_ANSWER_SECONDS = 15.0
_RESOLVE_SECONDS = 5.0
_LONGEST_URL = 1_000
_CONCURRENT = 64
# Addresses of IPv6 that carry one of IPv4 inside, by a gateway that we do not see: refused whole.
_TUNNELS = tuple(
    map(ipaddress.IPv6Network, ("::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"))
)


class Interdite(Exception):
    """The address is not one that may be called; the message is the sentence to show."""


@dataclass(frozen=True, slots=True)
class Cible:
    """A receiver, resolved: the address checked is the one called, whatever the name answers next."""

    url: SplitResult
    adresse: str

    @property
    def lien(self) -> str:
        """The URL with the address in place of the name."""
        host = f"[{self.adresse}]" if ":" in self.adresse else self.adresse
        port = f":{self.url.port}" if self.url.port else ""
        query = f"?{self.url.query}" if self.url.query else ""
        return f"{self.url.scheme}://{host}{port}{self.url.path or '/'}{query}"


def forme(url: str, *, bouclage: bool) -> SplitResult:
    """A URL that may be called, by its form alone. bouclage: http too, for a receiver of this machine. Raises Interdite."""
    if len(url) > _LONGEST_URL or not url.isascii() or any(c.isspace() or not c.isprintable() for c in url):
        raise Interdite(f"Donnez une adresse de {_LONGEST_URL} caractères ASCII au plus, sans espace.")
    try:
        lue = urlsplit(url)
        lue.port  # noqa: B018 (raises when it is no number)
    except ValueError as malformed:
        raise Interdite("L'adresse est mal formée : vérifiez-la.") from malformed
    if lue.scheme not in (("https", "http") if bouclage else ("https",)):
        raise Interdite("L'adresse doit commencer par https://.")
    if not lue.hostname or "@" in lue.netloc or lue.fragment:
        raise Interdite("L'adresse nomme une machine, sans identifiant, ni mot de passe, ni fragment.")
    return lue


async def resoudre(url: str, *, bouclage: bool) -> Cible:
    """The receiver behind a URL. Raises Interdite (private, local or reserved address), OSError (no such name)."""
    lue = forme(url, bouclage=bouclage)
    assert lue.hostname is not None
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(_RESOLVE_SECONDS):
        found = await loop.getaddrinfo(lue.hostname, lue.port or 443, type=socket.SOCK_STREAM)
    adresses = [ipaddress.ip_address(str(place[0]).partition("%")[0]) for *_, place in found]
    for adresse in adresses:
        if not _permise(adresse, bouclage=bouclage):
            raise Interdite("Cette machine a une adresse privée, locale ou réservée : donnez-en une publique.")
        if lue.scheme == "http" and not adresse.is_loopback:
            raise Interdite("L'adresse doit commencer par https://.")
    return Cible(lue, str(adresses[0]))


def _permise(adresse: ipaddress.IPv4Address | ipaddress.IPv6Address, *, bouclage: bool) -> bool:
    if adresse.is_loopback:
        return bouclage
    if isinstance(adresse, ipaddress.IPv6Address) and any(adresse in tunnel for tunnel in _TUNNELS):
        return False
    return adresse.is_global and not adresse.is_multicast


@dataclass
class Appelant:
    """Calls receivers. bouclage: receivers of this machine are allowed (development, demonstration). secondes: for a call.

    A connection serves one call: kept open, one made for a name could serve another that stands at the same address.
    """

    bouclage: bool
    secondes: float = _ANSWER_SECONDS
    _client: httpx.AsyncClient | None = field(init=False, default=None)

    async def appeler(self, url: str, entetes: Mapping[str, str], corps: bytes) -> Reponse:
        """What one call gave; nothing of the answer's body is read."""
        try:
            async with asyncio.timeout(self.secondes):
                cible = await resoudre(url, bouclage=self.bouclage)
                return await self._poster(cible, entetes, corps)
        except Interdite:
            return Reponse(panne=Panne.ADRESSE)
        except (TimeoutError, httpx.TimeoutException):
            return Reponse(panne=Panne.DELAI)
        except (httpx.HTTPError, OSError, UnicodeError):
            return Reponse(panne=Panne.CONNEXION)

    async def fermer(self) -> None:
        """Close what is open; the next call opens it again."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    def _ouvert(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = httpx.AsyncClient(
                follow_redirects=False,
                trust_env=False,
                timeout=httpx.Timeout(self.secondes, connect=_CONNECT_SECONDS),
                limits=httpx.Limits(max_connections=_CONCURRENT, max_keepalive_connections=0),
            )
        return self._client

    async def _poster(self, cible: Cible, entetes: Mapping[str, str], corps: bytes) -> Reponse:
        assert cible.url.hostname is not None
        client = self._ouvert()
        request = client.build_request(
            "POST",
            cible.lien,
            content=corps,
            headers={**entetes, "Host": cible.url.netloc, "User-Agent": "Logis-Webhooks/1.0"},
            extensions={"sni_hostname": cible.url.hostname},
        )
        answer = await client.send(request, stream=True)
        try:
            return reponse(answer.status_code, answer.headers.get("Retry-After"))
        finally:
            await answer.aclose()
