"""Lists by keyset: an opaque cursor that holds all it needs, a link to the next page, no offset, no total.

The cursor is a place in the order of the list, bound to the list and its filters, with a checksum: it gives no right and is
not a secret, so it is not signed; it goes through addresses, so its keys are never personal.
"""

import base64
import binascii
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import urlencode

import msgspec
from fastapi import Depends, Query, Request
from pydantic import BaseModel, Field

from services.chassis.http.exchange import local_path
from services.chassis.http.refusals import CurseurInvalide

T = TypeVar("T")
R = TypeVar("R")
K = TypeVar("K")

LARGEST_PAGE = 200
_DEFAULT_PAGE = 50
_LONGEST_CURSOR = 1_024
_CHECKSUM_BYTES = 8
_OWN = frozenset({"curseur", "limite"})


class Page(BaseModel, Generic[T]):
    """One page of a list. suivant: relative link to the next page, null on the last one."""

    elements: list[T]
    suivant: str | None = Field(
        default=None, description="Lien relatif vers la page suivante ; absent sur la dernière."
    )


@dataclass(frozen=True, slots=True)
class PageRequest:
    """What page is asked for. limit: from 1 to 200; list_id: digest of the path and of the filters."""

    limit: int
    cursor: str | None
    list_id: bytes
    filters: tuple[tuple[str, str], ...] = ()

    @property
    def fetch(self) -> int:
        """How many rows to read: one more than the page, which tells whether there is a next one."""
        return self.limit + 1

    def after(self, kind: type[K]) -> K | None:
        """The key (a tuple type, e.g. `tuple[date, UUID]`) after which the page begins; None for the first page.

        Raises CurseurInvalide: not ours, cut, or given for another list or other filters.
        """
        if self.cursor is None:
            return None
        try:
            raw = base64.b64decode(self.cursor + "=" * (-len(self.cursor) % 4), altchars=b"-_", validate=True)
            content = raw[:-_CHECKSUM_BYTES]
            if self._written(content) != self.cursor:
                raise ValueError("altered")
            return msgspec.convert(msgspec.msgpack.decode(content), kind, strict=False)
        except (binascii.Error, ValueError, msgspec.MsgspecError) as refused:
            raise CurseurInvalide(
                "Ce curseur n'est pas de cette liste, ou ses filtres ont changé : reprenez la liste depuis sa première page."
            ) from refused

    def page(self, rows: Sequence[R], *, key: Callable[[R], tuple[Any, ...]], item: Callable[[R], T]) -> Page[T]:
        """The page made of at most `fetch` rows. key: the place of a row in the order of the list."""
        shown = rows[: self.limit]
        if len(rows) <= self.limit:
            return Page(elements=[item(row) for row in shown])
        cursor = self._written(msgspec.msgpack.encode(key(shown[-1])))
        query = urlencode([*self.filters, ("limite", str(self.limit)), ("curseur", cursor)])
        return Page(elements=[item(row) for row in shown], suivant=f"?{query}")

    def _written(self, content: bytes) -> str:
        checksum = hashlib.blake2b(content, digest_size=_CHECKSUM_BYTES, key=self.list_id).digest()
        return base64.urlsafe_b64encode(content + checksum).rstrip(b"=").decode()


async def page_request(
    request: Request,
    limite: Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="Éléments par page.")] = _DEFAULT_PAGE,
    curseur: Annotated[
        str | None, Query(max_length=_LONGEST_CURSOR, description="Pris dans le lien `suivant`.")
    ] = None,
) -> PageRequest:
    """Dependency: the page that a request asks for."""
    filters = tuple(sorted((name, value) for name, value in request.query_params.multi_items() if name not in _OWN))
    named = msgspec.json.encode([local_path(request.scope), filters])
    return PageRequest(limite, curseur, hashlib.sha256(named).digest(), filters)


Pagination = Annotated[PageRequest, Depends(page_request)]
