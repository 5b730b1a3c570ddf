"""Files as the generator writes them: every spoiled line found where the manifest says, in constant memory."""

import json
import tracemalloc
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from contracts.sne.anomalies import Suite
from demo.manifeste import Parametres, generer
from demo.population import Population
from demo.region import lire_region
from demo.territoire import epcis
from services.demande.adapters.sne import DemandeLue, FichierRefuse, Refusee, lire
from tests.demande.sne import dossier_attendu, personnes_attendues, recherche_attendue

LE = date(2026, 11, 1)
SEUL_LE_REGISTRE = "numero-unique-deja-attribue"
"""What the reader cannot see: only the register knows whose number it is."""


@pytest.fixture(scope="module", params=[("02.01", 0), ("02.00", 0), ("02.01", 250)])
def envoi(request, tmp_path_factory):
    """2,000 demandes in one file (both versions), then by 250: twenty spoiled, each of the ten ways twice."""
    version, par_fichier = request.param
    dossier = tmp_path_factory.mktemp("envoi")
    parametres = Parametres(2_000, 3, LE, 2026, version=version, par_fichier=par_fichier, logements=1)
    generer(parametres, lire_region(), dossier)
    return dossier, json.loads((dossier / "manifeste.json").read_text())


def lus(dossier: Path, chemin: str):
    with (dossier / chemin).open("rb") as flux:
        return list(lire(flux, le=LE))


def situees(constats):
    return Counter((c.ligne, c.champ, c.code) for c in constats)


def attendues(lignes):
    return Counter((ligne["ligne"], ligne["champ"], ligne["code"]) for ligne in lignes)


def test_chaque_ligne_du_manifeste_est_trouvee_et_aucune_autre(envoi):
    dossier, manifeste = envoi
    codes = Counter()
    for fichier in manifeste["demandes"]:
        lectures = lus(dossier, fichier["chemin"])
        refus = [c for une in lectures if isinstance(une, Refusee) for c in une.constats]
        manques = [c for une in lectures if isinstance(une, DemandeLue) for c in une.manques]
        arrets = [une.constat for une in lectures if isinstance(une, FichierRefuse)]
        vus = [ligne for ligne in fichier["lignes_refusees"] if ligne["code"] != SEUL_LE_REGISTRE]
        assert situees(refus) == attendues(vus)
        assert situees(manques) == attendues(fichier["lignes_incompletes"])
        assert situees(arrets) == attendues(fichier["lignes_fichier"])
        assert {c.suite for c in refus} <= {Suite.REFUS}
        assert not any(une.signalements for une in lectures if isinstance(une, DemandeLue))
        codes.update(c.code for c in (*refus, *manques, *arrets))
    assert len(codes) >= 9 + 4 + 1


def test_ce_que_le_registre_seul_peut_refuser_porte_sa_ligne(envoi):
    dossier, manifeste = envoi
    for fichier in manifeste["demandes"]:
        lignes = {une.ligne_numero for une in lus(dossier, fichier["chemin"]) if isinstance(une, DemandeLue)}
        assert {ligne["ligne"] for ligne in fichier["lignes_refusees"] if ligne["code"] == SEUL_LE_REGISTRE} <= lignes


def test_le_rang_et_la_position_disent_ou_reprendre(envoi):
    dossier, manifeste = envoi
    for fichier in manifeste["demandes"]:
        octets = (dossier / fichier["chemin"]).read_bytes()
        lectures = [une for une in lus(dossier, fichier["chemin"]) if not isinstance(une, FichierRefuse)]
        assert [une.ordre for une in lectures] == list(range(1, len(lectures) + 1))
        fins = [octets[une.position - 18 : une.position] for une in lectures]
        assert fins == [b"</demandeLogement>"] * len(lectures)


def test_les_demandes_lues_avant_une_coupure_sont_celles_qui_furent_ecrites(envoi):
    dossier, manifeste = envoi
    bailleurs = {epci.departement: lire_region().bailleurs_de(epci.departement) for epci in epcis().values()}
    population = Population(2_000, graine=3, le=LE, bailleurs=bailleurs)
    for rang_annexe, role in ((1, "tronque"), (2, "encodage")):
        fichier = next(f for f in manifeste["demandes"] if f["role"] == role)
        *avant, arret = lus(dossier, fichier["chemin"])
        assert isinstance(arret, FichierRefuse)
        assert len(avant) == 2
        for rang, lue in enumerate(avant):
            dessinee = population.demande(2_000 + 3 * rang_annexe + rang)
            assert lue.personnes == personnes_attendues(dessinee)
            assert lue.dossier == dossier_attendu(dessinee)
            assert lue.recherche == recherche_attendue(dessinee)


def test_la_memoire_ne_suit_pas_la_longueur_du_fichier(tmp_path):
    """Peak of Python memory while reading 150 then 1,500 demandes one by one: within 1.2 of one another."""
    sommets = []
    for nombre in (150, 1_500):
        dossier = tmp_path / str(nombre)
        generer(Parametres(nombre, 5, LE, 2026, logements=1, avaries=False), lire_region(), dossier)
        chemin = next((dossier / "sne").iterdir())
        with chemin.open("rb") as flux:
            assert sum(1 for _ in lire(flux, le=LE)) == nombre
        tracemalloc.start()
        with chemin.open("rb") as flux:
            for _ in lire(flux, le=LE):
                pass
        sommets.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert sommets[1] < 1.2 * sommets[0]
