"""What `logis verify` says of the register and of every journal: nothing when all is well, each planted fault by its name."""

import asyncio
from datetime import date
from uuid import uuid4

import pytest

from services.chassis.fabric import Fabric
from services.chassis.verification.journal import chains, consumers, parked
from services.cotation.service import SERVICE as COTER
from services.demande.service import SERVICE
from services.demande.use_cases.horloge import passer
from services.demande.verification import verifier
from services.verification_notes import notes_recues
from tests.demande.integration.monde import Registre
from tests.demande.integration.notes import consommateur, jusqua, noter

MODELE, NUMEROS = "demande : modèle de lecture", "demande : numéros uniques"
DELAIS = "demande : délais au dernier jour clos"
OFFRES, MISES = "demande : propositions", "demande : mises à disposition"

FAUTES = {
    "update demande_v1 set situation = 99": {MODELE},
    "delete from demande_v1": {MODELE},
    "update mise_a_disposition_v1 set phase = 'LOUEE'": {MISES},
    "delete from mise_a_disposition_v1": {MISES},
    f"insert into proposition_v1 values ('{uuid4()}', '{uuid4()}', '{uuid4()}', 'EN_COURS', 1, now(), now())": {OFFRES},
    "delete from stream_head where stream like 'numero-%'": {NUMEROS},
}


async def _ecarts(fabric: Fabric) -> dict[str, tuple[int, int]]:
    controles = await verifier(fabric, SERVICE.assemble(fabric).store)
    return {un.nom: (un.examines, len(un.ecarts)) for un in controles}


@pytest.mark.parametrize("faute", FAUTES)
async def test_chaque_faute_plantee_dans_le_registre_est_trouvee(monde: Registre, faute: str) -> None:
    await monde.deposer(None)
    await monde.mettre_a_disposition()
    sain = await _ecarts(monde.fabric)
    await monde.fabric.database.pool.execute(faute)

    trouves = {nom for nom, (_, ecarts) in (await _ecarts(monde.fabric)).items() if ecarts}

    assert sain == {MODELE: (1, 0), DELAIS: (0, 0), NUMEROS: (1, 0), OFFRES: (0, 0), MISES: (1, 0)}
    assert trouves == FAUTES[faute]


async def test_un_delai_sans_effet_est_trouve(monde: Registre) -> None:
    """A notice that was due on a day closed, and never left; a demande that came in since the day was closed is not late."""
    await monde.deposer(None, depot=date(2025, 12, 10))
    await passer(monde.fabric, SERVICE.assemble(monde.fabric).store, date(2026, 11, 10))
    await monde.deposer(None, depot=date(2025, 12, 10))
    assert (await _ecarts(monde.fabric))[DELAIS] == (1, 0)
    await monde.fabric.database.pool.execute("delete from event where type = 'preavis_emis'")
    assert (await _ecarts(monde.fabric))[DELAIS] == (1, 1)


async def test_un_numero_donne_deux_fois_est_trouve(monde: Registre) -> None:
    """Two demandes whose events carry the same print: the second is named."""
    await monde.deposer(None)
    await monde.deposer(None)
    await monde.fabric.database.pool.execute("""
        update event set data = convert_to(regexp_replace(convert_from(data, 'UTF8'), '"empreinte":"[^"]*"',
          (select substring(convert_from(data, 'UTF8') from '"empreinte":"[^"]*"') from event
           where type = 'demande_enregistree' order by position limit 1)), 'UTF8')
        where type = 'demande_enregistree'""")

    numeros = (await _ecarts(monde.fabric))[NUMEROS]

    assert numeros[0] == 2
    assert numeros[1] >= 2  # the second holder, and the number that nobody was registered with


@pytest.mark.parametrize(
    "faute",
    [
        "update event set data = data || ' '::bytea where type = 'demande_enregistree'",
        "delete from event where type = 'demande_enregistree'",
        "update stream_head set hash = sha256('x') where stream like 'demande-%'",
        "delete from stream_head where stream like 'demande-%'",
    ],
)
async def test_un_journal_recrit_est_trouve(monde: Registre, faute: str) -> None:
    fabric = monde.fabric
    await monde.deposer(None)
    sain = await chains("demande", fabric.database, fabric.journal)
    await fabric.database.pool.execute(faute)

    controle = await chains("demande", fabric.database, fabric.journal)

    assert sain.conforme
    assert sain.examines > 0
    assert controle.ecarts


async def test_ce_qu_un_consommateur_a_pris_ou_garde_de_faux_est_trouve(cote: tuple[Fabric, Fabric]) -> None:
    """Its count, its checksum, a mark too far; a score that is not the one in force."""
    demande, cotation = cote
    for _ in range(3):
        await noter(cotation, uuid4(), "10")
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(consommateur(demande).run(stop))
        try:
            await jusqua(demande, "select count(*) from note_v1", 3)
            await jusqua(demande, "select sum(events) from consumer_mark", 3)
        finally:
            stop.set()
    pool = demande.database.pool
    publication = COTER.assemble(cotation).publication

    async def pris() -> list[int]:
        return [len(un.ecarts) for un in await consumers(publication, cotation.journal, {"demande": pool})]

    assert await pris() == [0]
    await pool.execute("create table sain as table consumer_mark")
    for faute in ("events = events + 1", "checksum = checksum + 1", "epoch = 0, xid = 0, position = 0"):
        await pool.execute(f"update consumer_mark set {faute} where events > 0")
        assert (await pris())[0] > 0, faute
        await pool.execute("delete from consumer_mark")
        await pool.execute("insert into consumer_mark table sain")
    assert (await notes_recues(pool, cotation.database.pool)).document()["ecarts"] == 0
    await pool.execute("update note_v1 set total = 11 where demande = (select demande from note_v1 limit 1)")
    recues = await notes_recues(pool, cotation.database.pool)
    assert (recues.examines, len(recues.ecarts)) == (3, 1)


async def test_qui_n_est_plus_note_n_est_plus_classe(cote: tuple[Fabric, Fabric]) -> None:
    demande, cotation = cote
    une, autre = uuid4(), uuid4()
    await noter(cotation, une, "10")
    await noter(cotation, autre, "12")
    await noter(cotation, une, "0", hors="deja-loge")
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(consommateur(demande).run(stop))
        try:
            await jusqua(demande, "select sum(events) from consumer_mark", 3)
        finally:
            stop.set()
    pool = demande.database.pool
    assert [row["demande"] for row in await pool.fetch("select demande from note_v1 where not hors")] == [autre]
    assert not (await notes_recues(pool, cotation.database.pool)).ecarts
    await pool.execute("update note_v1 set hors = false where demande = $1", une)
    assert len((await notes_recues(pool, cotation.database.pool)).ecarts) == 1


async def test_ce_qui_attend_de_cote_est_dit(monde: Registre) -> None:
    base = monde.fabric.database
    assert not (await parked("demande", base)).ecarts
    await base.pool.execute("""
        insert into parked_event (consumer, source, subject, "partition", cursor, event, error)
        values ('demande.notes', 'cotation', 'une-demande', 3, '1.1.1', '{}', 'KeyError')""")
    assert (await parked("demande", base)).ecarts == ("demande.notes : une-demande attend, KeyError",)
