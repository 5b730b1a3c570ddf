"""Hostile files: a clear refusal, in little work, and never a traceback.

Work is counted in calls: a million and a half, the most that one of these files asks for, take a quarter of a second.
"""

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from services.logis import application
from tests.appels import compter_les_appels

app = application(["grille"])

GRILLES = Path(__file__).parents[3] / "contracts" / "grilles"
STRASBOURG = (GRILLES / "strasbourg-2019.json").read_text()
lancer = CliRunner().invoke
CALLS = 3_000_000


def lancer_en_comptant(arguments: list[str], entree: str | bytes | None = None) -> Result:
    """Run the command; it must end within CALLS calls of Python and C functions."""
    sortie, calls = compter_les_appels(lambda: lancer(app, arguments, input=entree))
    assert calls < CALLS
    return sortie


def _regle(**cles: Any) -> dict[str, Any]:
    return {"id": "R", "label": "R", "bloc": "b", "when": {"always": True}, "points": 1} | cles


def _grille(regles: list[dict[str, Any]], **cles: Any) -> str:
    base = {"format": "cotation-grid/0.1", "id": "g", "name": "G", "aggregation": {"mode": "additive"}}
    return json.dumps(base | {"blocs": [{"id": "b", "label": "B"}], "rules": regles} | cles)


def _non(profondeur: int) -> str:
    condition = '{"always":true}'
    for _ in range(profondeur):
        condition = f'{{"not":{condition}}}'
    return _grille([_regle(when="ICI")]).replace('"ICI"', condition)


def _explosion() -> str:
    """(a or b) and (a or b) and … : 2^200 conjunctions if it were developed."""
    paire = {"any": [{"field": f"x.{nom}", "op": "gt", "value": 1} for nom in "ab"]}
    return _grille([_regle(when={"all": [paire] * 200})])


def _variantes() -> str:
    une = [{"when": {"field": "x.y", "op": "eq", "value": rang}, "points": 1} for rang in range(200)]
    regles = [_regle(id=f"R{rang}", points=None, variants=une) for rang in range(40)]
    return _grille([{cle: valeur for cle, valeur in regle.items() if valeur is not None} for regle in regles])


def _groupes() -> str:
    regles = [_regle(id=f"R{r}", when={"field": "x.y", "op": "gt", "value": r}) for r in range(500)]
    groupes = [{"id": f"g{r}", "mode": "first", "rules": [f"R{x}" for x in range(100)]} for r in range(300)]
    return _grille(regles, exclusion_groups=groupes)


CORPUS: dict[str, str | bytes] = {
    "cent mégaoctets": b" " * 100_000_000,
    "cent mégaoctets de crochets": b"[" * 100_000_000,
    "imbrication de dix mille": "[" * 10_000,
    "imbrication d'objets": '{"a":' * 10_000,
    "conditions imbriquées": _non(5_000),
    "conditions un peu imbriquées": _non(40),
    "vide": "",
    "espaces": "  \n ",
    "nul": "null",
    "un nombre": "12",
    "une chaîne jamais fermée": '"' + "a" * 900_000,
    "barres obliques": '"' + "\\" * 900_001,
    "pas d'UTF-8": b"\xff\xfe{}",
    "octets nuls": b'{"format": "cotation-grid/0.1\x00"}',
    "demi-codet": '{"format": "\\ud800", "id": "\\udfff"}',
    "nombre géant": STRASBOURG.replace('"value": 33', '"value": ' + "9" * 500_000),
    "exposant géant": STRASBOURG.replace('"value": 33', '"value": 1e9999999'),
    "exposant petit": STRASBOURG.replace('"value": 33', '"value": 1e-9999999'),
    "NaN": STRASBOURG.replace('"value": 33', '"value": NaN'),
    "infini": STRASBOURG.replace('"value": 33', '"value": -Infinity'),
    "clés en double": STRASBOURG.replace('"segment": "all"', '"segment": "all", "segment": "mutation"'),
    "cent mille clés": "{" + ",".join(f'"k{i}":1' for i in range(70_000)) + "}",
    "code dans un champ": STRASBOURG.replace("menage.handicap", "x").replace(
        "expulsion.menace", "__import__('os').system('touch pris-par-une-grille')"
    ),
    "code dans un opérateur": STRASBOURG.replace('"op": "gt"', '"op": "gt); import os"'),
    "code dans un identifiant": STRASBOURG.replace('"id": "ACDI"', '"id": "A\\n    raise SystemExit"'),
    "échappement de terminal": STRASBOURG.replace('"id": "ACDI"', '"id": "\\u001b[2J\\u001b]0;pris\\u0007"'),
    "mille règles": _grille([_regle(id=f"R{r}") for r in range(1_000)]),
    "explosion de cas": _explosion(),
    "variantes en masse": _variantes(),
    "groupes en masse": _groupes(),
    "types faux partout": _grille(
        [_regle(when=[], points={}, id=3, label=[], bloc=None, evidence=7)], caps=[], decay={}
    ),
    "regles en objet": json.dumps({"format": "cotation-grid/0.1", "rules": {}, "blocs": 3, "decay": [[]]}),
    "decay faux": _grille([_regle()], decay=[{"trigger": [], "effect": "x"}, 3, {"effect": {"kind": {}}}]),
    "format en objet": '{"format": {"a": 1}}',
    "1.0 faux partout": json.dumps(
        {"format": "cotation-grid/1.0", "perimetre": 3, "calcul": [], "regles": [[]], "exemples": [{"faits": []}]}
    ),
}


@pytest.mark.parametrize("nom", CORPUS)
@pytest.mark.parametrize("commande", ["verifier", "migrer"])
def test_un_fichier_hostile_est_refuse_vite_et_en_clair(nom: str, commande: str, tmp_path: Path) -> None:
    contenu = CORPUS[nom]
    chemin = tmp_path / "grille.json"
    chemin.write_bytes(contenu if isinstance(contenu, bytes) else contenu.encode())
    sortie = lancer_en_comptant(["grille", commande, str(chemin), *(["--json"] if commande == "verifier" else [])])
    assert sortie.exception is None or isinstance(sortie.exception, SystemExit)
    assert sortie.exit_code in (0, 1, 2)
    verdict = json.loads(sortie.stdout)
    if sortie.exit_code:
        assert verdict["fautes"]
        assert all(faute["phrase"] and faute["remede"] for faute in verdict["fautes"])
    assert not Path("pris-par-une-grille").exists()


def test_ce_qui_est_refuse_l_est_par_son_code() -> None:
    attendus = {
        "cent mégaoctets": (2, "texte-trop-grand"),
        "imbrication de dix mille": (2, "imbrication-excessive"),
        "vide": (2, "json-invalide"),
        "pas d'UTF-8": (2, "encodage-invalide"),
        "nombre géant": (1, "nombre-refuse"),
        "NaN": (1, "nombre-refuse"),
        "clés en double": (1, "cle-en-double"),
        "code dans un champ": (1, "chemin-invalide"),
        "mille règles": (1, "liste-trop-longue"),
        "variantes en masse": (1, "grille-trop-grande"),
        "groupes en masse": (1, "grille-trop-grande"),
        "imbrication d'objets": (2, "imbrication-excessive"),
        "exposant géant": (1, "nombre-refuse"),
        "demi-codet": (2, "caractere-invalide"),
    }
    for nom, (sortie, code) in attendus.items():
        contenu = CORPUS[nom]
        rendu = lancer(app, ["grille", "verifier", "-", "--json"], input=contenu)
        codes = {faute["code"] for faute in json.loads(rendu.stdout)["fautes"]}
        assert (nom, rendu.exit_code, code in codes) == (nom, sortie, True)


def test_un_terminal_ne_recoit_aucun_ordre_d_un_fichier() -> None:
    sortie = lancer(app, ["grille", "verifier", "-"], input=CORPUS["échappement de terminal"])
    assert sortie.exit_code == 1
    assert "\x1b" not in sortie.stdout


@pytest.mark.parametrize("graine", range(40))
def test_un_fichier_coupe_ou_abime_ne_donne_jamais_de_trace(graine: int) -> None:
    hasard = random.Random(graine)
    texte = STRASBOURG
    if graine % 2:
        texte = texte[: hasard.randrange(len(texte))]
    for _ in range(graine % 5):
        place = hasard.randrange(max(1, len(texte)))
        texte = texte[:place] + hasard.choice('{}[]",:0-eE\\ntrufals') + texte[place + 1 :]
    sortie = lancer(app, ["grille", "verifier", "-", "--json"], input=texte)
    assert sortie.exception is None or isinstance(sortie.exception, SystemExit)
    assert json.loads(sortie.stdout)["valide"] is (sortie.exit_code == 0)


@pytest.mark.parametrize("nom", ["imbrication de dix mille", "nombre géant", "vide", "pas d'UTF-8", "NaN", "un nombre"])
@pytest.mark.parametrize("commande", ["evaluer", "expliquer"])
def test_des_faits_hostiles_sont_refuses_de_meme(nom: str, commande: str) -> None:
    grille = str(GRILLES / "strasbourg-2019.json")
    sortie = lancer_en_comptant(["grille", commande, "--grille", grille, "--faits", "-", "--json"], CORPUS[nom])
    assert sortie.exception is None or isinstance(sortie.exception, SystemExit)
    assert sortie.exit_code in (1, 2)
    assert "code" in sortie.stdout


@pytest.mark.parametrize("fichier", ["/proc/self/mem", ".", "absent", "a\0b"])
@pytest.mark.parametrize("place", ["grille", "faits"])
def test_ce_qui_ne_peut_etre_lu_est_dit(fichier: str, place: str) -> None:
    """A file that opens and then refuses to be read, a folder, nothing, a path that is none."""
    fichiers = {"grille": str(GRILLES / "strasbourg-2019.json"), "faits": "-"} | {place: fichier}
    options = [mot for nom, chemin in fichiers.items() for mot in (f"--{nom}", chemin)]
    sortie = lancer(app, ["grille", "evaluer", *options, "--json"], input="{}")
    assert sortie.exit_code == 2, sortie.output
    assert [faute["code"] for faute in json.loads(sortie.stdout)["fautes"]] == ["fichier-illisible"]


@pytest.mark.parametrize(
    ("commande", "code"),
    [("grille verifier - --json", "entree-fermee"), ("flux calculer rounding --json", "illisible")],
)
def test_une_entree_standard_fermee_est_dite(commande: str, code: str) -> None:
    ligne = f"exec {sys.executable} -m services.logis {commande} <&-"
    sortie = subprocess.run(["sh", "-c", ligne], capture_output=True, text=True, check=False)
    assert (sortie.returncode, code in sortie.stdout, sortie.stderr) == (2, True, "")


def test_mille_avertissements_ne_cachent_pas_un_refus() -> None:
    texte = _grille([_regle(points="beaucoup")], **{f"cle{rang}": 1 for rang in range(1_000)})
    sortie = lancer(app, ["grille", "verifier", "-", "--json"], input=texte)
    assert sortie.exit_code == 1
    assert [faute["pointeur"] for faute in json.loads(sortie.stdout)["fautes"]] == ["/rules/0/points"]
