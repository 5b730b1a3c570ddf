"""`GET /v1/cotations/{demande_id}` and its explanation: the score of each place wished (D17), and why (D24, D25)."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from services.chassis.access.gate import Acces
from services.chassis.fabric import Fabric
from services.chassis.http.documentation import problems
from services.chassis.http.own_writes import caught_up
from services.cotation.api.erreurs import CotationInconnue
from services.cotation.domain.decimales import ecrire
from services.cotation.domain.explication import Explication, expliquer
from services.cotation.domain.faits import faits_du_lieu
from services.cotation.domain.recit_de_position import phrase_de_position
from services.cotation.grilles import Grilles
from services.cotation.projections.cotation_v1 import NoteLue, notes_de
from services.cotation.projections.situation_v1 import situations_du
from services.cotation.use_cases.situer import Position, situer


class PositionLue(BaseModel):
    """Where a score stands among similar applications (D18), for one typology wished.

    classe: read its distribution by `GET /v1/classes/{classe}`; criteres: what these applications have in common, in the words
    of the grid's similarity key; elargie: a wider class than the grid's, which was too small. rang: equal scores share it;
    quartile: 1 is the best; all null when even the widest class is so small that a person could be singled out.
    """

    typologie: str
    classe: str
    criteres: list[str]
    elargie: bool
    rang: int | None
    effectif: int | None
    quartile: int | None
    phrase: str


class Note(BaseModel):
    """The score of one place wished. total: exact decimal; provisoire: evidence is awaited; hors: why it is not scored."""

    lieu: str
    grille: str
    version: str
    situation: int
    total: str
    provisoire: bool
    hors: str | None
    au: date
    positions: list[PositionLue] | None = None


class Cotations(BaseModel):
    """The scores of a demande. auteur: whose scoring this is: applicants may be shown others (Action Logement's)."""

    demande: UUID
    auteur: str = "cotation de l'EPCI"
    notes: list[Note]


class ExplicationLue(BaseModel):
    """How the score comes out, criterion by criterion, in French that an applicant understands."""

    demande: UUID
    note: Note
    explication: Explication


def router(fabric: Fabric, grilles: Grilles) -> APIRouter:
    """The routes on one service's database."""
    routes = APIRouter(prefix="/v1/cotations", tags=["cotations"])
    Fresh = Annotated[bool, Depends(caught_up("cotation"))]  # noqa: N806 (a type)

    @routes.get("/{demande_id}", summary="Lire les notes d'une demande", responses=problems(CotationInconnue))
    async def lire_les_cotations(demande_id: UUID, acces: Acces, _: Fresh) -> Cotations:
        notes, positions = await situer(fabric, grilles, demande_id)
        acces.check(owners=[], communes=_communes(_connues(notes)))
        await acces.trace([str(demande_id)])
        lues = [_note(note, [position_lue(une) for une in positions[note.lieu]]) for note in notes]
        return Cotations(demande=demande_id, notes=lues)

    @routes.get("/{demande_id}/explication", summary="Expliquer une note", responses=problems(CotationInconnue))
    async def expliquer_une_cotation(
        demande_id: UUID, acces: Acces, _: Fresh, lieu: Annotated[str | None, Query(max_length=64)] = None
    ) -> ExplicationLue:
        notes = await _notes(fabric, demande_id)
        acces.check(owners=[], communes=_communes(notes))
        await acces.trace([str(demande_id)])
        note = next((note for note in notes if lieu in (None, note.lieu)), None)
        if note is None:
            raise CotationInconnue(
                "Cette demande n'est pas notée pour ce lieu. Lisez ses notes pour connaître ses lieux."
            )
        return await _explication(fabric, grilles, demande_id, note)

    return routes


async def _notes(fabric: Fabric, demande: UUID) -> list[NoteLue]:
    async with fabric.database.autocommit.connect() as connection:
        notes = await notes_de(connection, demande)
    return _connues(notes)


def _connues(notes: list[NoteLue]) -> list[NoteLue]:
    if not notes:
        raise CotationInconnue(
            "Aucune note n'est connue pour cette demande. Vérifiez son identifiant et ses lieux souhaités."
        )
    return notes


async def _explication(fabric: Fabric, grilles: Grilles, demande: UUID, note: NoteLue) -> ExplicationLue:
    """The score computed again from the facts and the grid it rests on, line by line."""
    async with fabric.database.autocommit.connect() as connection:
        if note.version not in grilles.par_version:
            await grilles.refresh(connection)
        place = (demande, note.situation, note.au)
        situation = (await situations_du(connection, fabric.keys, [place])).get(place)
    if situation is None:
        raise CotationInconnue("Les faits de cette demande ont été effacés : la note reste, son explication non.")
    grille = grilles.par_version[note.version]
    faits = faits_du_lieu(situation, note.lieu)
    explication = expliquer(grille.grille, grille.evaluer(faits, note.au), faits)
    return ExplicationLue(demande=demande, note=_note(note), explication=explication)


def _note(note: NoteLue, positions: list[PositionLue] | None = None) -> Note:
    return Note(
        lieu=note.lieu,
        grille=note.grille,
        version=note.version,
        situation=note.situation,
        total=ecrire(note.total),
        provisoire=note.provisoire,
        hors=note.hors,
        au=note.au,
        positions=positions,
    )


def position_lue(position: Position) -> PositionLue:
    """A position as it is said."""
    rang = position.rang
    return PositionLue(
        typologie=position.classe.typologie,
        classe=position.classe.nom,
        criteres=list(position.classe.criteres),
        elargie=position.elargie,
        rang=rang.rang if rang else None,
        effectif=rang.effectif if rang else None,
        quartile=position.quartile,
        phrase=phrase_de_position(
            position.classe, (rang.rang, rang.effectif) if rang else None, elargie=position.elargie
        ),
    )


def _communes(notes: list[NoteLue]) -> list[str]:
    return [note.lieu.partition(":")[0] for note in notes]
