"""The books after the faults: what the databases and the mail server hold, against what was acknowledged."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from services.chassis.database import plain
from tests.faults.charge import MULHOUSE, STRASBOURG, Acquis
from tests.notifications.integration.monde import Boite

SERVICES = ("demande", "cotation", "flux", "notifications")
_MESSAGE_ID = re.compile(rb"^Message-ID: *(?:\r\n )?<([^>]+)>", re.IGNORECASE | re.MULTILINE)


@dataclass
class Livres:
    """The four databases of a region, read at rest."""

    bases: Mapping[str, asyncpg.Connection]

    @classmethod
    async def ouvrir(cls, environnement: Mapping[str, str]) -> "Livres":
        """Connect to the databases that the region's settings name."""
        return cls({s: await asyncpg.connect(plain(environnement[f"LOGIS_{s.upper()}_DSN"])) for s in SERVICES})

    async def fermer(self) -> None:
        """Close every connection."""
        for base in self.bases.values():
            await base.close()

    async def demandes(self) -> dict[str, int]:
        """Version by demande."""
        rows = await self.bases["demande"].fetch(
            "select stream, version from stream_head where stream like 'demande-%'"
        )
        return {row["stream"].removeprefix("demande-"): row["version"] for row in rows}

    async def notes(self) -> Counter[tuple[str, str, int]]:
        """How many times each (demande, place, situation) was given a score."""
        rows = await self.bases["cotation"].fetch(
            "select stream, convert_from(data, 'utf8') from event where type = 'cotation_etablie'"
        )
        return Counter((stream, lue["lieu"], lue["situation"]) for stream, data in rows for lue in [json.loads(data)])

    async def messages(self) -> list[asyncpg.Record]:
        """Every message."""
        rows: list[asyncpg.Record] = await self.bases["notifications"].fetch("select * from message")
        return rows

    async def charges(self) -> Counter[str]:
        """How many times each offer's right was posted."""
        rows = await self.bases["flux"].fetch("select transfert from ecriture_v1 where nature = 'COMPTABILISE'")
        return Counter(str(row["transfert"]) for row in rows)

    async def orientations(self) -> Counter[str]:
        """How many times each release was given its turn."""
        rows = await self.bases["flux"].fetch(
            "select convert_from(data, 'utf8')::jsonb ->> 'liberation' from event where type = 'orientation_decidee'"
        )
        return Counter(row[0] for row in rows)

    async def par_base(self, requete: str) -> dict[str, int]:
        """A count in each database."""
        return {service: await base.fetchval(requete) for service, base in self.bases.items()}


async def comparer(livres: Livres, acquis: Acquis, boite: Boite) -> dict[str, Any]:
    """Hold the books to what was acknowledged; returns what was counted."""
    demandes = await livres.demandes()
    loges = set(acquis.baux.values())
    assert set(demandes) == set(acquis.demandes) | loges, "a deposit lost, or one that nobody was told of"
    assert {une: demandes[une] for une in acquis.demandes} == acquis.demandes, "a change lost or doubled"
    assert len(set(acquis.numeros)) == len(acquis.numeros) == len(demandes), "a number given twice"
    notes = await livres.notes()
    assert max(notes.values()) == 1, "a score given twice for one situation"
    notees = {(stream.removeprefix("cotation-"), lieu) for stream, lieu, _ in notes}
    dues = {(une, lieu) for une in acquis.demandes for lieu in (STRASBOURG, MULHOUSE)}
    assert notees >= dues, "a place without a score"  # a demande let before it was scored never is
    assert {une for une, _ in notees} <= set(demandes), "a score for a demande that is not there"
    charges = await livres.charges()
    assert set(charges.values()) <= {1}, "a right posted twice"
    assert set(charges) == acquis.charges, "a right due and not posted, or posted and not due"
    orientations = await livres.orientations()
    assert dict(orientations) == dict.fromkeys(acquis.orientations, 1), "a turn lost or taken twice"
    assert not any((await livres.par_base("select count(*) from parked_event")).values()), "an event was parked"
    assert set((await livres.par_base("select max(number) from journal_epoch")).values()) == {1}, (
        "a restart is no new epoch"
    )
    courrier = await _courrier(livres, acquis, boite)
    return {
        "demandes": len(demandes),
        "changements": sum(acquis.demandes.values()) - len(acquis.demandes),
        "notes": notes.total(),
        "orientations": len(orientations),
        "baux": len(acquis.baux),
        "charges": charges.total(),
        **courrier,
    }


async def _courrier(livres: Livres, acquis: Acquis, boite: Boite) -> dict[str, int]:
    """One message for each cause, one mail for each message: a second copy, after a kill, bears the same Message-ID."""
    messages = await livres.messages()
    causes = Counter((m["modele"], m["destinataire"], m["objet"]) for m in messages)
    assert set(causes.values()) == {1}, "a message written twice"
    assert Counter(m["modele"] for m in messages)["attestation"] == len(acquis.numeros), "an attestation lost"
    assert {m["etat"] for m in messages} <= {"envoye", "annule", "a_imprimer"}
    par_courriel = {m["id"] for m in messages if m["etat"] == "envoye" and m["canal"] == "courriel"}
    recus = Counter(_identifiant(brut) for _, brut in boite.recus)
    assert set(recus) == par_courriel, "a mail lost, or one that no message explains"
    premiers = {adresse for adresse, _ in boite.recus}
    assert premiers == set(acquis.adresses), "an applicant without a mail"
    return {"messages": len(messages), "courriels": recus.total(), "courriels_repetes": recus.total() - len(recus)}


def _identifiant(brut: bytes) -> UUID:
    found = _MESSAGE_ID.search(brut)
    assert found is not None, "a mail without Message-ID"
    return UUID(found[1].decode().partition("@")[0])
