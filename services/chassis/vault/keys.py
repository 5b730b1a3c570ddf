"""The keys of the vault: one per subject, made on first use, destroyed for good."""

import secrets
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Protocol, Self

import asyncpg
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.chassis.database import plain
from services.chassis.vault.kek import KEY_BYTES, FileKekRing, KekRing, KekUnavailable

_NONCE_BYTES = 12
_CACHE_SIZE = 50_000
_ROTATION_BATCH = 2_000
_RING_LOCK = 0x4B454B  # shared while a key is wrapped and inserted, exclusive when the ring changes


class KeyStore(Protocol):
    """Keys by subject. A subject is a stream, or a stream and a person's local identifier; it says nothing of the person."""

    async def obtain(self, subjects: Iterable[str]) -> Mapping[str, bytes]:
        """The key (32 bytes) of every subject, made if it never existed. Committed when this returns, whatever follows."""

    async def find(self, subjects: Iterable[str]) -> Mapping[str, bytes]:
        """The keys that exist; a subject that was erased is absent."""

    async def destroy(self, subjects: Iterable[str]) -> int:
        """Forget the keys of the subjects; returns how many there were. Safe to repeat."""


class MemoryKeyStore:
    """Keys that last as long as the process: unit tests."""

    def __init__(self) -> None:
        self._keys: dict[str, bytes] = {}

    async def obtain(self, subjects: Iterable[str]) -> Mapping[str, bytes]:
        return {subject: self._keys.setdefault(subject, secrets.token_bytes(KEY_BYTES)) for subject in subjects}

    async def find(self, subjects: Iterable[str]) -> Mapping[str, bytes]:
        return {subject: self._keys[subject] for subject in subjects if subject in self._keys}

    async def destroy(self, subjects: Iterable[str]) -> int:
        return sum(self._keys.pop(subject, None) is not None for subject in set(subjects))


class PostgresKeyStore:
    """Keys in their own database, each wrapped by AES-256-GCM under the ring's current key, bound to its subject.

    Unwrapped keys are cached in the process (least recently used out first). A key destroyed by another process stays in
    that cache until it is evicted or `forget` is called: erasure therefore ends with a `forget` in every process, which the
    register's `demande.effacee` event brings.
    """

    def __init__(self, pool: asyncpg.Pool, ring: KekRing) -> None:
        self._pool = pool
        self._ring = ring
        self._cache: OrderedDict[str, bytes] = OrderedDict()

    @classmethod
    async def open(cls, dsn: str, ring: KekRing, *, application_name: str, size: int = 2) -> Self:
        """A store on the keys database. dsn: `postgresql+asyncpg://…`."""
        pool = await asyncpg.create_pool(
            plain(dsn), min_size=0, max_size=size, timeout=10, server_settings={"application_name": application_name}
        )
        return cls(pool, ring)

    async def close(self) -> None:
        await self._pool.close()

    async def obtain(self, subjects: Iterable[str]) -> Mapping[str, bytes]:
        wanted = list(dict.fromkeys(subjects))
        found = dict(await self.find(wanted))
        missing = [subject for subject in wanted if subject not in found]
        if missing:
            made = await self._make(missing)
            found |= made
            if len(made) < len(missing):
                found |= await self.find(subject for subject in missing if subject not in made)
        return found

    async def find(self, subjects: Iterable[str]) -> Mapping[str, bytes]:
        wanted = dict.fromkeys(subjects)
        found = {subject: self._cache[subject] for subject in wanted if subject in self._cache}
        unknown = [subject for subject in wanted if subject not in found]
        if unknown:
            rows = await self._pool.fetch(
                "select subject, kek, wrapped from sealing_key where subject = any($1::text[])", unknown
            )
            keks = {kek_id: self._ring.get(kek_id) for kek_id in {row["kek"] for row in rows}}
            for subject, kek_id, wrapped in rows:
                found[subject] = _unwrap(keks[kek_id], subject, wrapped)
        self._remember(found)
        return found

    async def destroy(self, subjects: Iterable[str]) -> int:
        gone = list(dict.fromkeys(subjects))
        self.forget(gone)
        rows = await self._pool.fetch("delete from sealing_key where subject = any($1::text[]) returning 1", gone)
        self.forget(gone)
        return len(rows)

    def forget(self, subjects: Iterable[str]) -> None:
        """Drop the subjects from this process's cache."""
        for subject in subjects:
            self._cache.pop(subject, None)

    def _remember(self, keys: Mapping[str, bytes]) -> None:
        for subject, key in keys.items():
            self._cache[subject] = key
            self._cache.move_to_end(subject)
        while len(self._cache) > _CACHE_SIZE:
            self._cache.popitem(last=False)

    async def _make(self, subjects: list[str]) -> Mapping[str, bytes]:
        """Insert fresh keys and return them; where another process was first, its key stays and is not among them."""
        random = secrets.token_bytes(KEY_BYTES * len(subjects))
        fresh = {subject: random[KEY_BYTES * n : KEY_BYTES * (n + 1)] for n, subject in enumerate(subjects)}
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute("select pg_advisory_xact_lock_shared($1)", _RING_LOCK)
            kek_id, kek = self._ring.current()
            cipher = AESGCM(kek)
            rows = await connection.fetch(
                "insert into sealing_key (subject, kek, wrapped)"
                " select u.subject, $2, u.wrapped from unnest($1::text[], $3::bytea[]) u(subject, wrapped)"
                " on conflict do nothing returning subject",
                subjects,
                kek_id,
                [_wrap(cipher, subject, key) for subject, key in fresh.items()],
            )
        made = {row[0]: fresh[row[0]] for row in rows}
        self._remember(made)
        return made


async def rotate(store_dsn: str, ring: FileKekRing) -> tuple[int, list[str]]:
    """Wrap every living key under a new key-encryption key, then destroy the old ones: an erasure is then final in WAL,
    dumps and backups too. Run again after a crash, it finishes. Returns (keys rewrapped, key-encryption keys destroyed)."""
    connection = await asyncpg.connect(plain(store_dsn))
    try:
        current = ring.add()
        # A process that read the ring before may still be inserting under the old key: wait for it. Later ones read the new.
        async with connection.transaction():
            await connection.execute("select pg_advisory_xact_lock($1)", _RING_LOCK)
        count = await _rewrap_all(connection, ring, current)
    finally:
        await connection.close()
    return count, ring.destroy_old()


async def _rewrap_all(connection: asyncpg.Connection, ring: KekRing, current: str) -> int:
    cipher = AESGCM(ring.get(current))
    count = 0
    while rows := await connection.fetch(
        "select subject, kek, wrapped from sealing_key where kek <> $1 limit $2", current, _ROTATION_BATCH
    ):
        keks = {kek_id: ring.get(kek_id) for kek_id in {row["kek"] for row in rows}}
        await connection.execute(
            "update sealing_key k set kek = $1, wrapped = u.wrapped"
            " from unnest($2::text[], $3::bytea[]) u(subject, wrapped) where k.subject = u.subject",
            current,
            [row["subject"] for row in rows],
            [_wrap(cipher, row["subject"], _unwrap(keks[row["kek"]], row["subject"], row["wrapped"])) for row in rows],
        )
        count += len(rows)
    return count


def _wrap(cipher: AESGCM, subject: str, key: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, key, subject.encode())


def _unwrap(kek: bytes, subject: str, wrapped: bytes) -> bytes:
    try:
        return AESGCM(kek).decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], subject.encode())
    except InvalidTag as altered:
        raise KekUnavailable(
            f"the wrapped key of {subject} does not open: altered, or moved from another subject"
        ) from altered
