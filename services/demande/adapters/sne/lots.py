"""What was read, in batches, and how a batch crosses from the process that reads to the one that writes."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

import msgspec

from services.demande.adapters.sne.resultat import DemandeLue, FichierRefuse, Lecture, Refusee

LONGUEUR_OCTETS = 4
"""A batch is preceded by its length, big-endian; a length of zero is the end of the file."""


@dataclass(frozen=True, slots=True)
class Lot:
    """Consecutive demandes of a file. arret: where the rest of it could not be read.

    ordre, position: of the last one (see DemandeLue); ordre is 0 when the batch only says where the file breaks.
    """

    demandes: tuple[DemandeLue, ...]
    refusees: tuple[Refusee, ...]
    arret: FichierRefuse | None
    ordre: int
    position: int


_LOT = msgspec.msgpack.Decoder(Lot)


def lots(lectures: Iterator[Lecture], *, apres: int, taille: int) -> Iterator[Lot]:
    """The readings by batches of `taille`, those up to the place `apres` passed over."""
    restent = (une for une in lectures if isinstance(une, FichierRefuse) or une.ordre > apres)
    while lues := list(islice(restent, taille)):
        yield Lot(
            demandes=tuple(une for une in lues if isinstance(une, DemandeLue)),
            refusees=tuple(une for une in lues if isinstance(une, Refusee)),
            arret=next((une for une in lues if isinstance(une, FichierRefuse)), None),
            ordre=max((une.ordre for une in lues if not isinstance(une, FichierRefuse)), default=0),
            position=lues[-1].position,
        )


def ecrire_lots(lots: Iterator[Lot], vers: BinaryIO) -> None:
    """Send every batch, then the end. Raises BrokenPipeError when nobody reads any more."""
    for lot in lots:
        octets = msgspec.msgpack.encode(lot)
        vers.write(len(octets).to_bytes(LONGUEUR_OCTETS, "big") + octets)
        vers.flush()
    vers.write(bytes(LONGUEUR_OCTETS))
    vers.flush()


def lire_lot(octets: bytes) -> Lot:
    """A batch as it was sent."""
    return _LOT.decode(octets)
