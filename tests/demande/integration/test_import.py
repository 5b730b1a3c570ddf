"""Importing files of the national register: every good demande once, every bad one told, whatever happens meanwhile."""

import asyncio
from datetime import date
from pathlib import Path

import pytest

from demo.manifeste import Manifeste, Parametres, generer
from demo.region import lire_region
from services.chassis.events.context import Context
from services.chassis.fabric import Fabric
from services.demande.domain.demande import Statut
from services.demande.domain.dossier import Role
from services.demande.domain.importation import Bilan
from services.demande.flots import DEMANDE
from services.demande.service import SERVICE
from services.demande.use_cases.controler_fichier import controler_fichier
from services.demande.use_cases.importer_fichier import Avance, Importation, importer_fichier
from tests.demande.integration.conftest import Registre

LE = date(2026, 11, 1)


@pytest.fixture(scope="module")
def envoi(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Manifeste]:
    """2,000 demandes as the SNE would send them, one in a hundred spoiled, and what is expected of them."""
    dossier = tmp_path_factory.mktemp("envoi")
    return dossier, generer(Parametres(2_000, 1, LE, 2026, "02.01", 0, 10, avaries=True), lire_region(), dossier)


def _principal(envoi: tuple[Path, Manifeste]) -> Path:
    return envoi[0] / envoi[1].demandes[0].chemin


async def _importer(fabric: Fabric, fichier: Path, avance: Avance = lambda _octets: None) -> Bilan:
    store = SERVICE.assemble(fabric).store
    context = Context("import", "demonstration", fabric.now())
    return await importer_fichier(fichier, LE, Importation(store, fabric.blind_index, context, avance))


async def _compter(fabric: Fabric) -> dict[str, int]:
    rows = await fabric.database.pool.fetch("select statut, count(*) from demande_v1 group by statut")
    return dict(rows)


async def _sans_fautes(fabric: Fabric, bilan: Bilan) -> None:
    """As many demandes as the report says, as many numbers as registered demandes, and as many keys as subjects."""
    comptes = await _compter(fabric)
    numeros = await fabric.database.pool.fetchval("select count(*) from stream_head where stream like 'numero-%'")
    assert comptes == {"ACTIVE": bilan.importees, "BROUILLON": bilan.incompletes}
    assert numeros == bilan.importees


async def test_every_line_is_taken_or_told(registre: Registre, envoi: tuple[Path, Manifeste]) -> None:
    attendu = envoi[1].demandes[0]
    async with registre() as fabric:
        bilan = await _importer(fabric, _principal(envoi))
        assert (bilan.importees, bilan.incompletes, bilan.refusees, bilan.deja_connues) == (
            attendu.attendu.importees,
            attendu.attendu.incompletes,
            attendu.attendu.refusees,
            0,
        )
        assert {(ligne.ligne, ligne.champ, ligne.code) for ligne in bilan.lignes_refusees} == {
            (ligne.ligne, ligne.champ, ligne.code) for ligne in attendu.lignes_refusees
        }
        await _sans_fautes(fabric, bilan)


def test_a_check_alone_says_the_same(envoi: tuple[Path, Manifeste]) -> None:
    attendu = envoi[1].demandes[0].attendu
    bilan = controler_fichier(_principal(envoi), LE)
    assert (bilan.importees, bilan.incompletes, bilan.refusees) == (
        attendu.importees,
        attendu.incompletes,
        attendu.refusees,
    )


async def test_a_repeated_import_writes_nothing(registre: Registre, envoi: tuple[Path, Manifeste]) -> None:
    async with registre() as fabric:
        premier = await _importer(fabric, _principal(envoi))
        evenements = await fabric.database.pool.fetchval("select count(*) from event")
        second = await _importer(fabric, _principal(envoi))
        assert await fabric.database.pool.fetchval("select count(*) from event") == evenements
    assert (second.importees, second.incompletes) == (0, 0)
    assert second.deja_connues == premier.importees + premier.incompletes
    assert second.lignes_refusees == premier.lignes_refusees


class _Coupure(Exception):
    pass


async def test_an_import_that_is_cut_goes_on_where_it_was(registre: Registre, envoi: tuple[Path, Manifeste]) -> None:
    """Cut after each batch in turn: the last run's report is that of a single run."""
    coupures = 0

    def couper(_octets: int) -> None:
        raise _Coupure

    async with registre() as fabric:
        while True:
            try:
                bilan = await _importer(fabric, _principal(envoi), couper)
            except _Coupure:
                coupures += 1
                if coupures > 30:
                    raise
                continue
            break
        assert coupures >= 10
        await _sans_fautes(fabric, bilan)
        assert bilan.importees == envoi[1].demandes[0].attendu.importees


async def test_two_imports_of_one_file_at_once_write_it_once(registre: Registre, envoi: tuple[Path, Manifeste]) -> None:
    async with registre() as un, registre() as autre:
        bilans = await asyncio.gather(_importer(un, _principal(envoi)), _importer(autre, _principal(envoi)))
        attendu = envoi[1].demandes[0].attendu
        assert sum(bilan.importees for bilan in bilans) == attendu.importees
        comptes = await _compter(un)
        assert comptes == {"ACTIVE": attendu.importees, "BROUILLON": attendu.incompletes}


async def test_a_broken_file_gives_what_stands_before_the_fault(
    registre: Registre, envoi: tuple[Path, Manifeste]
) -> None:
    (tronque,) = (fichier for fichier in envoi[1].demandes if fichier.role == "tronque")
    async with registre() as fabric:
        bilan = await _importer(fabric, envoi[0] / tronque.chemin)
    assert bilan.interrompu is not None
    assert bilan.interrompu.code == "fichier-illisible"
    assert bilan.importees == tronque.attendu.importees


@pytest.mark.duty("demande:D07", "demande:D08", "demande:D09")
async def test_a_registered_demande_has_its_number_its_date_and_its_clocks(
    registre: Registre, envoi: tuple[Path, Manifeste]
) -> None:
    async with registre() as fabric:
        await _importer(fabric, _principal(envoi))
        store = SERVICE.assemble(fabric).store
        rows = await fabric.database.pool.fetch("select demande from demande_v1 where statut = 'ACTIVE' limit 300")
        demandes = await store.states(DEMANDE, [row["demande"] for row in rows], personal=True)
        numeros = [stream.state.numero for stream in demandes.values()]
        assert len(set(numeros)) == len(numeros) == 300
        for stream in demandes.values():
            demande = stream.state
            assert demande.statut is Statut.ACTIVE
            assert demande.numero is not None
            assert demande.deposee_le is not None
            assert demande.deposee_le <= LE
            assert demande.valable_jusqu_au is not None


async def test_nothing_personal_is_written_in_clear(registre: Registre, envoi: tuple[Path, Manifeste]) -> None:
    async with registre() as fabric:
        await _importer(fabric, _principal(envoi))
        store = SERVICE.assemble(fabric).store
        row = await fabric.database.pool.fetchrow("select demande from demande_v1 where statut = 'ACTIVE' limit 1")
        demande = (await store.states(DEMANDE, [row["demande"]], personal=True))[str(row["demande"])].state
        personne = next(p for _, p in demande.personnes if p is not None and p.role is Role.DEMANDEUR)
        for secret in (personne.nom, personne.prenom, demande.numero):
            found = await fabric.database.pool.fetchval(
                "select count(*) from event where position(convert_to($1, 'UTF8') in data || sealed || metadata) > 0",
                f'"{secret}"',
            )
            assert found == 0
