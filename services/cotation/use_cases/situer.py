"""The position of a demande among similar ones (D18), and the distribution of a class: exact, never of a class too small."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.chassis.fabric import Fabric
from services.cotation.domain.classe import Classe, Tranche, tranches
from services.cotation.grilles import Grilles
from services.cotation.projections.cotation_v1 import NoteLue, notes_de
from services.cotation.projections.position_v1 import Rang, histogramme, rangs

_SNAPSHOT = {"isolation_level": "REPEATABLE READ"}
_QUARTILES = 4


@dataclass(frozen=True, slots=True)
class Position:
    """Where a note stands in a class. classe: the one it was compared in, wider than its own when `elargie`.

    rang: None when even the widest class is too small for anything to be said of it.
    """

    classe: Classe
    elargie: bool
    rang: Rang | None

    @property
    def quartile(self) -> int | None:
        """1 for the best quarter of the class, 4 for the last."""
        return None if self.rang is None else -(-_QUARTILES * self.rang.rang // self.rang.effectif)


@dataclass(frozen=True, slots=True)
class Distribution:
    """The notes of a class, by bands, the highest first. tranches: empty when even the widest class is too small."""

    classe: Classe
    elargie: bool
    effectif: int | None
    tranches: Sequence[Tranche]
    quartiles: tuple[Decimal, Decimal, Decimal] | None


@dataclass(frozen=True, slots=True)
class _Cherchee:
    """A position being looked for: wider and wider classes, until one is large enough."""

    lieu: str
    note: Decimal
    classes: Sequence[Classe]
    minimum: int


async def situer(fabric: Fabric, grilles: Grilles, demande: UUID) -> tuple[list[NoteLue], dict[str, list[Position]]]:
    """The scores in force of a demande, and their positions by place, read at one instant."""
    async with fabric.database.engine.connect() as connection:
        await connection.execution_options(**_SNAPSHOT)
        await grilles.refresh(connection)
        notes = await notes_de(connection, demande)
        cherchees = [
            _Cherchee(note.lieu, note.total, Classe(nom).elargies(), _minimum(grilles, note))
            for note in notes
            for nom in note.classes
        ]
        trouvees = await _chercher(connection, cherchees)
    positions: dict[str, list[Position]] = {note.lieu: [] for note in notes}
    for cherchee, position in zip(cherchees, trouvees, strict=True):
        positions[cherchee.lieu].append(position)
    return notes, positions


async def distribuer(fabric: Fabric, grilles: Grilles, classe: Classe) -> Distribution | None:
    """The distribution of a class, or of a wider one when it is too small; None when nobody is in it."""
    async with fabric.database.engine.connect() as connection:
        await connection.execution_options(**_SNAPSHOT)
        await grilles.refresh(connection)
        grille = grilles.en_vigueur(fabric.today()).get(classe.epci)
        if grille is None:
            return None
        minimum = grille.grille.similarite.effectif_minimal
        for rang, une in enumerate(classe.elargies()):
            notes = await histogramme(connection, une.bornes)
            effectif = sum(combien for _, combien in notes)
            if effectif == 0:
                return None
            if effectif >= minimum:
                return Distribution(une, rang > 0, effectif, tranches(notes, minimum), _quartiles(notes, effectif))
    return Distribution(classe, False, None, (), None)


async def _chercher(connection: AsyncConnection, cherchees: Sequence[_Cherchee]) -> list[Position]:
    trouvees: dict[int, Position] = {}
    tour = 0
    while restent := [numero for numero in range(len(cherchees)) if numero not in trouvees]:
        essais = {numero: cherchees[numero].classes[tour:] for numero in restent}
        trouvees |= {
            numero: Position(cherchees[numero].classes[0], False, None) for numero in restent if not essais[numero]
        }
        essais = {numero: classes for numero, classes in essais.items() if classes}
        demandes = [(classes[0].bornes, cherchees[numero].note) for numero, classes in essais.items()]
        lus = await rangs(connection, demandes) if demandes else []
        for (numero, classes), rang in zip(essais.items(), lus, strict=True):
            if rang.effectif >= cherchees[numero].minimum:
                trouvees[numero] = Position(classes[0], tour > 0, rang)
        tour += 1
    return [trouvees[numero] for numero in range(len(cherchees))]


def _minimum(grilles: Grilles, note: NoteLue) -> int:
    return grilles.par_version[note.version].grille.similarite.effectif_minimal


def _quartiles(notes: Sequence[tuple[Decimal, int]], effectif: int) -> tuple[Decimal, Decimal, Decimal]:
    """The notes that a quarter, a half and three quarters of the class do not exceed: the smallest such ones."""
    rangs_ = [-(-effectif * part // _QUARTILES) for part in (1, 2, 3)]
    found, cumul, attendus = list[Decimal](), 0, iter(rangs_)
    attendu = next(attendus)
    for note, combien in reversed(notes):
        cumul += combien
        while len(found) < len(rangs_) and cumul >= attendu:
            found.append(note)
            attendu = next(attendus, effectif + 1)
    return found[0], found[1], found[2]
