"""What `logis verify` checks of the register."""

from typing import Any

from services.chassis.events.unit_of_work import EventStore
from services.chassis.fabric import Fabric
from services.chassis.verification.controle import Controle
from services.chassis.verification.journal import streams
from services.demande.domain.evenements import DemandeEnregistree
from services.demande.flots import CATALOGUE, DEMANDE, NUMERO
from services.demande.projections.demande_v1 import row

_ROWS = """
    select demande, version, statut, situation, deposee_le, territoire, guichet, valable_jusqu_au, attestee,
           array_to_string(lieux, ' ') as lieux, array_to_string(typologies, ' ') as typologies
    from demande_v1"""


async def verifier(fabric: Fabric, store: EventStore) -> list[Controle]:
    """The register's own checks."""
    return [await _modele_de_lecture(fabric, store), await _numeros(fabric, store)]


async def _modele_de_lecture(fabric: Fabric, store: EventStore) -> Controle:
    """Each row of the read model is the fold of its stream, and each stream has its row."""
    kept: dict[Any, tuple[Any, ...]] = {r["demande"]: tuple(r) for r in await fabric.database.pool.fetch(_ROWS)}
    examined, found = 0, []
    async for head, loaded in streams(fabric.database, fabric.journal, f"{DEMANDE.category}-"):
        examined += 1
        due = row(head.stream, head.version, store.fold(DEMANDE, loaded, {}).state)
        if kept.pop(due[0], None) != due:
            found.append(f"{head.stream} : la ligne du modèle de lecture n'est pas le repli de ses événements")
    found += [f"demande-{demande} : une ligne sans événement" for demande in kept]
    return Controle("demande : modèle de lecture", examined, tuple(found))


async def _numeros(fabric: Fabric, store: EventStore) -> Controle:
    """Each number belongs to one demande, which was registered with it; no two demandes have one number."""
    holders: dict[str, str] = {}
    async for head, loaded in streams(fabric.database, fabric.journal, f"{NUMERO.category}-"):
        holders[head.stream.removeprefix("numero-")] = store.fold(NUMERO, loaded, {}).state.demande or ""
    found, seen = [], set[str]()
    async for head, loaded in streams(fabric.database, fabric.journal, f"{DEMANDE.category}-"):
        for recorded in loaded.events:
            event = CATALOGUE.decode(recorded, {}) if recorded.event.type == "demande_enregistree" else None
            if isinstance(event, DemandeEnregistree):
                if event.empreinte in seen:
                    found.append(f"{head.stream} : son numéro est déjà celui d'une autre demande")
                if holders.get(event.empreinte) != head.stream.removeprefix("demande-"):
                    found.append(f"{head.stream} : son numéro ne lui est pas attribué")
                seen.add(event.empreinte)
    found += [f"numero-{empreinte} : attribué sans demande" for empreinte in holders.keys() - seen]
    return Controle("demande : numéros uniques", len(holders), tuple(found))
