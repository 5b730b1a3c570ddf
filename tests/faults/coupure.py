"""A TCP proxy that cuts answers: the request has gone through, what it wrote is committed, nobody is told."""

import asyncio
import contextlib
import re
from dataclasses import dataclass, field

_CHUNK = 65_536
_WRITES = (b"POST ", b"PATCH ")
_KEY = re.compile(rb"\r\nidempotency-key: ([^\r]+)\r\n", re.IGNORECASE)
_STATUS = re.compile(rb"HTTP/1\.1 (\d{3})")


@dataclass
class Coupures:
    """Between the load and the API. a_couper: write requests whose answer is to be cut, from the next one on.

    coupees: Idempotency-Key of each write whose answer was cut, with the status that it had.
    """

    vers: int
    a_couper: int = 0
    coupees: list[tuple[str, int]] = field(default_factory=list)
    _serveur: asyncio.Server | None = None
    _liens: set[asyncio.Task[None]] = field(default_factory=set)

    async def ouvrir(self) -> int:
        """Listen on a free port; returns it."""
        self._serveur = await asyncio.start_server(self._accepter, "127.0.0.1", 0)
        return int(self._serveur.sockets[0].getsockname()[1])

    async def fermer(self) -> None:
        """Stop listening, and end every connection."""
        assert self._serveur is not None
        self._serveur.close()
        for lien in self._liens:
            lien.cancel()
        await asyncio.gather(*self._liens, return_exceptions=True)

    def _accepter(self, client: asyncio.StreamReader, au_client: asyncio.StreamWriter) -> None:
        lien = asyncio.create_task(self._relier(client, au_client))
        self._liens.add(lien)
        lien.add_done_callback(self._liens.discard)

    async def _relier(self, client: asyncio.StreamReader, au_client: asyncio.StreamWriter) -> None:
        try:
            amont, a_l_amont = await asyncio.open_connection("127.0.0.1", self.vers)
        except OSError:
            au_client.close()
            return
        lien = _Lien(self)
        sens = [
            asyncio.create_task(lien.monter(client, a_l_amont)),
            asyncio.create_task(lien.descendre(amont, au_client)),
        ]
        try:
            await asyncio.wait(sens, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for writer in (au_client, a_l_amont):
                writer.transport.abort()
            for un in sens:
                un.cancel()


@dataclass
class _Lien:
    """One connection. cle: of the request whose answer will not arrive."""

    coupures: Coupures
    cle: str = ""

    async def monter(self, de: asyncio.StreamReader, vers: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while morceau := await de.read(_CHUNK):
                if self.coupures.a_couper and morceau.startswith(_WRITES) and (cle := _KEY.search(morceau)):
                    self.coupures.a_couper -= 1
                    self.cle = cle[1].decode()
                vers.write(morceau)
                await vers.drain()

    async def descendre(self, de: asyncio.StreamReader, vers: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while morceau := await de.read(_CHUNK):
                if self.cle:
                    statut = _STATUS.match(morceau)
                    self.coupures.coupees.append((self.cle, int(statut[1]) if statut else 0))
                    return
                vers.write(morceau)
                await vers.drain()
