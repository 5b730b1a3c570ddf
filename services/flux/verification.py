"""The ledger's part of `logis verify`: read models, sums, charges and sequences, against the journal."""

from collections import Counter
from fractions import Fraction
from typing import Any

from sqlalchemy import text

from services.chassis.events.context import Context
from services.chassis.events.unit_of_work import Aggregate, EventStore, Written
from services.chassis.fabric import Fabric
from services.chassis.journal.records import LoadedStream, RecordedEvent
from services.chassis.verification import Controle
from services.chassis.verification.journal import streams
from services.flux.domain.compte import Compte, TransfertComptabilise, TransfertContrePasse
from services.flux.domain.orientation.regles import GLOBALE
from services.flux.domain.sequence import OrientationDecidee, Sequence
from services.flux.flots import COMPTE, SEQUENCE
from services.flux.projections import TABLES
from services.flux.projections.compte_v1 import ecritures
from services.flux.projections.table_d_etat import Rangee, TableDEtat

_ECRITURES = text("""
    select compte, numero, transfert, nature, debit, credit, nombre, le, connue_a from ecriture_v1
    order by compte, numero""")
_LIVRES = text("""
    select compte, droits_debits_en_attente - logements_credits_en_attente as attente,
      droits_debits + logements_debits - droits_credits - logements_credits as reste
    from compte_v1 order by compte""")


async def verifier(fabric: Fabric, store: EventStore) -> list[Controle]:
    """Every check of the ledger."""
    return [
        *[await _modele(fabric, store, table) for table in TABLES],
        *await _grand_livre(fabric, store),
        await _suites(fabric, store),
    ]


async def _modele(fabric: Fabric, store: EventStore, table: TableDEtat) -> Controle:
    """A read model holds the fold of each stream, and nothing else."""
    async with fabric.database.engine.connect() as connection:
        rows = [tuple(row) for row in (await connection.execute(table.lecture())).all()]
    gardees = {row[: len(table.cle)]: row for row in rows}
    examinees, ecarts = 0, []
    async for head, loaded in streams(fabric.database, fabric.journal, f"{table.aggregate.category}-"):
        etat = store.fold(table.aggregate, loaded, {}).state
        for attendue in table.rangees_de(head.stream, head.version, etat):
            examinees += 1
            cle = attendue[: len(table.cle)]
            if gardees.pop(cle, None) != attendue:
                ecarts.append(f"{_dite(cle)} n'est pas le repli de {head.stream}")
    ecarts += [f"{_dite(cle)} n'a pas de flux" for cle in gardees]
    return Controle(f"flux : modèle {table.name}", examinees, tuple(ecarts))


async def _grand_livre(fabric: Fabric, store: EventStore) -> list[Controle]:
    """Lines are those of the accounts' events; debits equal credits; a release is charged once at the most."""
    attendues: set[Rangee] = set()
    charges: Counter[str] = Counter()
    desequilibres = []
    comptes = 0
    async for head, loaded in streams(fabric.database, fabric.journal, f"{COMPTE.category}-"):
        comptes += 1
        compte = _rejouer_le_compte(store, loaded, attendues, charges)
        if not compte.est_equilibre:
            desequilibres.append(f"{head.stream} : les débits ne font pas les crédits")
    async with fabric.database.engine.connect() as connection:
        gardees = {tuple(row) for row in (await connection.execute(_ECRITURES)).all()}
        livres = (await connection.execute(_LIVRES)).all()
    desequilibres += [f"compte {r.compte} : somme {r.attente or r.reste}" for r in livres if r.attente or r.reste]
    doubles = [
        f"libération {liberation} imputée {n} fois" for liberation, n in sorted(charges.items()) if n not in (0, 1)
    ]
    lignes = [f"compte {row[0]}, écriture {row[1]}" for row in sorted(attendues ^ gardees, key=str)]
    return [
        Controle("flux : écritures du grand livre", len(attendues), tuple(lignes)),
        Controle("flux : débits égaux aux crédits", comptes, tuple(desequilibres)),
        Controle("flux : une libération imputée une fois au plus", len(charges), tuple(doubles)),
    ]


def _rejouer_le_compte(store: EventStore, loaded: LoadedStream, lignes: set[Rangee], charges: Counter[str]) -> Compte:
    compte = COMPTE.initial
    for recorded in loaded.events:
        event = store.catalogue.decode(recorded, {})
        compte = COMPTE.evolve(event, compte)
        lignes.update(ecritures(_ecrit(recorded, event, compte, COMPTE)))
        if isinstance(event, TransfertComptabilise):
            charges[event.liberation] += event.nombre
        elif isinstance(event, TransfertContrePasse):
            charges[event.liberation] -= event.nombre
    return compte


async def _suites(fabric: Fabric, store: EventStore) -> Controle:
    """Replayed, a sequence gives the counters that each decision noted, without a number skipped, within its bound."""
    examinees, ecarts = 0, []
    async for head, loaded in streams(fabric.database, fabric.journal, f"{SEQUENCE.category}-"):
        sequence = SEQUENCE.initial
        for recorded in loaded.events:
            event = store.catalogue.decode(recorded, {})
            avant, sequence = sequence, SEQUENCE.evolve(event, sequence)
            if isinstance(event, OrientationDecidee):
                examinees += 1
                ecarts += [f"{head.stream} n° {event.rang} : {ecart}" for ecart in _ecarts(avant, event, sequence)]
    return Controle("flux : suites d'orientations rejouées", examinees, tuple(ecarts))


def _ecarts(avant: Sequence, note: OrientationDecidee, apres: Sequence) -> list[str]:
    assert avant.etat is not None
    assert apres.etat is not None
    etat, trouves = apres.etat, []
    if not note.rang == avant.etat.rang + 1 == etat.rang:
        trouves.append(f"numéro {note.rang} après {avant.etat.rang}")
    rejoues = {
        nom: (str(etat.credit(nom)), etat.recus[GLOBALE][rang]) for rang, nom in enumerate(etat.regles.titulaires)
    }
    if rejoues != {compteur.titulaire: (compteur.credit, compteur.orientes) for compteur in note.compteurs}:
        trouves.append("les compteurs rejoués ne sont pas ceux de la décision")
    if sum(etat.credits[GLOBALE]):
        trouves.append("les crédits ne s'annulent pas")
    if str(etat.ecart_max()) != note.ecart_max or Fraction(note.ecart_max) > Fraction(note.borne):
        trouves.append(f"écart {note.ecart_max}, borne {note.borne}")
    return trouves


def _ecrit(recorded: RecordedEvent, event: Any, state: Any, aggregate: Aggregate[Any]) -> Written:
    """A stored event as its projection saw it."""
    context = Context.decode(recorded.event.metadata, recorded.event.recorded_at)
    return Written(recorded.cursor, recorded.stream, recorded.version, event, context, state, aggregate)


def _dite(cle: Rangee) -> str:
    return " ".join(map(str, cle))
