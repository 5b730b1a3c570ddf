"""Versions of a resource on the wire: ETag in answers, If-Match in changes."""

import re
from typing import Annotated

from fastapi import Depends, Header

from services.chassis.http.documentation import MANDATORY
from services.chassis.http.refusals import ParametresInvalides, VersionAbsente
from services.chassis.problems import Fault

_ETAG = re.compile(r'^"([0-9]{1,9})"$')


def etag(version: int) -> str:
    """The strong ETag of a version of a stream."""
    return f'"{version}"'


async def if_match(
    value: Annotated[
        str | None,
        Header(
            alias="If-Match",
            description='ETag lu avec la ressource, par exemple "3".',
            json_schema_extra={MANDATORY: _ETAG.pattern},
        ),
    ] = None,
) -> int:
    """The version that a change was decided on. Raises VersionAbsente (428), ParametresInvalides (400).

    `*`, a list and a weak ETag are refused: each would let through a change decided on another version.
    """
    if value is None:
        raise VersionAbsente(
            "Cette modification demande la version que vous avez lue : envoyez l'en-tête If-Match avec l'ETag de la ressource."
        )
    match = _ETAG.fullmatch(value.strip())
    if match is None:
        raise ParametresInvalides(
            "L'en-tête If-Match n'est pas un ETag de Logis.",
            errors=(
                Fault("/header/If-Match", "format", 'Donnez un seul ETag, tel que vous l\'avez lu, par exemple "3".'),
            ),
        )
    return int(match[1])


IfMatch = Annotated[int, Depends(if_match)]
