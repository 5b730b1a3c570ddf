"""Idempotency-Key: the answer of a command, kept in the transaction of its effects, given again to whoever asks again.

Why each part is as it is: docs/adr/0020-idempotency.md.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.chassis.http.refusals import CleIdempotenceReprise, CommandeEnCours, ReponseEffacee
from services.chassis.vault.keys import KeyStore
from services.chassis.vault.sealing import seal, unseal_known

_LOCK = text("select pg_try_advisory_xact_lock(:lock)")
_FIND = text("select fingerprint, status, headers, subject, body from idempotency_key where key = :key")
_KEEP = text(
    "insert into idempotency_key (key, fingerprint, status, headers, subject, body, at)"
    " values (:key, :fingerprint, :status, :headers, :subject, :body, :at)"
)
_PURGE = text(
    "delete from idempotency_key where key in"
    " (select key from idempotency_key where at < :before order by at limit :batch for update skip locked)"
)
_PURGE_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class WireAnswer:
    """An answer as it goes on the wire. subject: whose key must seal it at rest; None: it holds nothing personal."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class IdempotentRequest:
    """A request that must have one effect. key: digest of who asks, for which operation, under which client key; fingerprint:
    of the request itself, keyed by the client's key, which is not kept: nothing of the body can be guessed back from it."""

    key: bytes
    fingerprint: bytes

    @classmethod
    def of(
        cls, client_key: str, *, caller: tuple[str, str], operation: str, target: str, body: bytes
    ) -> "IdempotentRequest":
        """caller: (organisation, acteur); target: path and query."""
        named = hashlib.sha256(msgspec.msgpack.encode([*caller, operation, client_key])).digest()
        said = msgspec.msgpack.encode([target, body])
        return cls(named, hmac.digest(client_key.encode(), said, "sha256"))

    async def find(self, connection: AsyncConnection, keys: KeyStore) -> WireAnswer | None:
        """The answer already given, None when there is none: from now on, no other transaction may answer this request.

        The lock comes first and alone: a statement that locked and looked at once would look at what was before the lock.
        Raises CommandeEnCours, CleIdempotenceReprise, ReponseEffacee.
        """
        lock = int.from_bytes(self.key[:8], "big", signed=True)
        if not (await connection.execute(_LOCK, {"lock": lock})).scalar_one():
            raise CommandeEnCours(
                "Une requête avec la même clé d'idempotence est en cours : attendez un instant et renvoyez-la, "
                "vous recevrez sa réponse.",
                headers={"Retry-After": "1"},
            )
        row = (await connection.execute(_FIND, {"key": self.key})).one_or_none()
        if row is None:
            return None
        if not hmac.compare_digest(row.fingerprint, self.fingerprint):
            raise CleIdempotenceReprise(
                "Cette clé d'idempotence a déjà servi pour une autre requête : prenez-en une nouvelle pour chaque commande."
            )
        return WireAnswer(
            row.status, msgspec.json.decode(row.headers), await self._open(keys, row.subject, row.body), row.subject
        )

    async def keep(self, connection: AsyncConnection, keys: KeyStore, answer: WireAnswer, at: datetime) -> None:
        """Write the answer, last, in the transaction of the effects."""
        body = answer.body
        if answer.subject is not None:
            body = seal((await keys.obtain([answer.subject]))[answer.subject], self._place(answer.subject), body)
        await connection.execute(
            _KEEP,
            {
                "key": self.key,
                "fingerprint": self.fingerprint,
                "status": answer.status,
                "headers": msgspec.json.encode(answer.headers),
                "subject": answer.subject,
                "body": body,
                "at": at,
            },
        )

    async def _open(self, keys: KeyStore, subject: str | None, body: bytes) -> bytes:
        if subject is None:
            return body
        opened = unseal_known(await keys.find([subject]), subject, self._place(subject), body)
        if opened is None:
            raise ReponseEffacee(
                "La commande a bien été faite ; sa réponse portait sur une personne dont les données ont été effacées."
            )
        return opened

    def _place(self, subject: str) -> bytes:
        return b"idempotency\x1f" + self.key + b"\x1f" + subject.encode()


async def purge(engine: AsyncEngine, before: datetime) -> int:
    """Forget the answers kept before an instant, by short transactions: the clock's work. Returns how many there were."""
    count = 0
    while True:
        async with engine.begin() as connection:
            gone = (await connection.execute(_PURGE, {"before": before, "batch": _PURGE_BATCH})).rowcount
        count += gone
        if gone < _PURGE_BATCH:
            return count
