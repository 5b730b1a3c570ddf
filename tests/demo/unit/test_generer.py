"""The command that writes everything, and its manifest."""

import json
from datetime import date

import pytest
from typer.testing import CliRunner

from demo.dossier import GUICHETS
from demo.generer import application
from demo.manifeste import Parametres, generer
from demo.region import lire_region


def lancer(*arguments):
    return CliRunner().invoke(application, [str(argument) for argument in arguments])


def test_la_commande_ecrit_tout_et_le_manifeste_le_decrit(tmp_path):
    resultat = lancer("--dossier", tmp_path, "--demandes", 1_000, "--logements", 300, "--json")
    assert resultat.exit_code == 0
    manifeste = json.loads(resultat.stdout)
    assert manifeste == json.loads((tmp_path / "manifeste.json").read_text())
    # 1,000 demandes: 10 refused, 5 drafts; then 3 drafts, and twice 2 taken before the break.
    assert manifeste["attendu"] == {"importees": 989, "incompletes": 8, "refusees": 10, "fichiers_interrompus": 2}
    assert [f["role"] for f in manifeste["demandes"]] == ["principal", "brouillons-etat", "tronque", "encodage"]
    assert {ligne["code"] for ligne in manifeste["demandes"][0]["lignes_refusees"]} >= {"depot-futur", "code-inconnu"}
    ecrits = {chemin.relative_to(tmp_path).as_posix() for chemin in tmp_path.rglob("*") if chemin.is_file()}
    cites = {f["chemin"] for f in manifeste["demandes"]} | {manifeste["conventions"], "manifeste.json"}
    cites |= {p[cle] for p in manifeste["parcs"] for cle in ("rpls", "liberations")}
    assert ecrits == cites
    for parc in manifeste["parcs"]:
        assert len((tmp_path / parc["liberations"]).read_text().splitlines()) == parc["nombre_liberations"]


def test_les_memes_parametres_donnent_les_memes_octets(tmp_path):
    parametres = Parametres(demandes=120, graine=9, le=date(2026, 11, 1), exercice=2026, logements=80)
    for nom in ("un", "deux"):
        generer(parametres, lire_region(), tmp_path / nom)
    for chemin in (tmp_path / "un").rglob("*.*"):
        assert chemin.read_bytes() == (tmp_path / "deux" / chemin.relative_to(tmp_path / "un")).read_bytes()


def test_le_recit_pour_une_personne(tmp_path):
    resultat = lancer("--dossier", tmp_path, "--demandes", 20, "--logements", 10, "--no-avaries", "--version", "02.00")
    assert resultat.exit_code == 0
    assert "20 importées, 0 incomplètes, 0 refusées" in resultat.stdout


@pytest.mark.parametrize(
    ("arguments", "dit"), [(("--version", "03.00"), "03.00"), (("--demandes", 1_000_001), "1000000")]
)
def test_un_parametre_refuse_est_nomme(tmp_path, arguments, dit):
    resultat = lancer("--dossier", tmp_path / "x", *arguments)
    assert resultat.exit_code == 2
    assert dit in resultat.stderr


def test_les_guichets_de_la_population_sont_ceux_de_la_region():
    assert {guichet for table in GUICHETS.values() for guichet in table.valeurs} == set(lire_region().guichets)
