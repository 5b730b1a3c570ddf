"""Reading in a process of its own: the same batches, never far ahead of who takes them, and no process left behind."""

import asyncio
import time
from asyncio.subprocess import Process
from datetime import date
from pathlib import Path

import pytest

from demo.manifeste import Parametres, generer
from demo.region import lire_region
from services.demande.adapters.sne import LectureInterrompue, lire, lots_a_part
from services.demande.adapters.sne.lots import lots

LE = date(2026, 11, 1)
TAILLE = 100
_PATIENCE_SECONDES = 60


@pytest.fixture(scope="module")
def fichier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """2,500 demandes, 7 MB: far more than what may be read ahead."""
    dossier = tmp_path_factory.mktemp("envoi")
    manifeste = generer(Parametres(2_500, 9, LE, 2026, logements=1), lire_region(), dossier)
    return dossier / manifeste.demandes[0].chemin


@pytest.fixture
def lecteurs(monkeypatch: pytest.MonkeyPatch) -> list[Process]:
    """The processes that the test starts."""
    demarres: list[Process] = []
    demarrer = asyncio.create_subprocess_exec

    async def noter(*arguments, **options) -> Process:
        demarres.append(await demarrer(*arguments, **options))
        return demarres[-1]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", noter)
    return demarres


async def test_les_lots_sont_ceux_que_l_on_lirait_soi_meme(fichier):
    with fichier.open("rb") as flux:
        attendus = list(lots(lire(flux, le=LE), apres=0, taille=TAILLE))
    async with lots_a_part(fichier, le=LE, apres=0, taille=TAILLE) as recus:
        assert [lot async for lot in recus] == attendus


async def test_la_lecture_reprend_apres_un_rang(fichier):
    async with lots_a_part(fichier, le=LE, apres=2_450, taille=TAILLE) as recus:
        (dernier,) = [lot async for lot in recus]
    assert sorted(lue.ordre for lue in (*dernier.demandes, *dernier.refusees)) == list(range(2_451, 2_501))


async def test_un_lecteur_tue_se_dit_et_ne_passe_pas_pour_une_fin_de_fichier(fichier, lecteurs):
    async with lots_a_part(fichier, le=LE, apres=0, taille=TAILLE) as recus:
        await anext(recus)
        lecteurs[0].kill()
        with pytest.raises(LectureInterrompue, match="relancez"):
            async for _ in recus:
                pass


async def test_un_fichier_disparu_se_dit(tmp_path, lecteurs):
    async with lots_a_part(tmp_path / "absent.xml", le=LE, apres=0, taille=TAILLE) as recus:
        with pytest.raises(LectureInterrompue, match="code 74"):
            await anext(recus)


async def test_personne_ne_reste_apres_une_lecture_abandonnee(fichier, lecteurs):
    with pytest.raises(ZeroDivisionError):
        async with lots_a_part(fichier, le=LE, apres=0, taille=TAILLE) as recus:
            await anext(recus)
            raise ZeroDivisionError
    assert lecteurs[0].returncode is not None


async def test_le_lecteur_attend_celui_qui_ecrit(fichier, lecteurs):
    """One batch taken: the reader falls asleep on a full pipe, long before the end of the file."""
    async with lots_a_part(fichier, le=LE, apres=0, taille=TAILLE) as recus:
        await anext(recus)
        lecteur, echeance, endormi = lecteurs[0], time.monotonic() + _PATIENCE_SECONDES, 0
        while endormi < 10:
            assert lecteur.returncode is None, "the reader went to the end without being waited for"
            assert time.monotonic() < echeance
            etat = Path(f"/proc/{lecteur.pid}/stat").read_text().rpartition(")")[2].split()[0]
            endormi = endormi + 1 if etat == "S" else 0
            await asyncio.sleep(0.02)
        assert 1 + len([lot async for lot in recus]) == 2_500 // TAILLE
