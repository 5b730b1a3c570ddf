"""`logis grille` as a person runs it: the published examples, one by one, and the refusals."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from services.logis import application

app = application(["grille"])

GRILLES = Path(__file__).parents[3] / "contracts" / "grilles"
REELLES = ("paris-2014", "rennes-2015", "rhone-primo", "strasbourg-2019", "toulouse-metropole")
PUBLIES: list[dict[str, Any]] = json.loads((GRILLES / "examples.json").read_text())["examples"]

lancer = CliRunner().invoke


def grille(nom: str) -> str:
    """Path of a published grid."""
    return str(GRILLES / f"{nom}.json")


def ecrire(dossier: Path, nom: str, valeur: Any) -> str:
    """Path of a JSON file just written."""
    chemin = dossier / nom
    chemin.write_text(valeur if isinstance(valeur, str) else json.dumps(valeur))
    return str(chemin)


@pytest.mark.parametrize("nom", REELLES)
def test_verifier_accepte_les_grilles_publiees_avec_leurs_exemples(nom: str) -> None:
    sortie = lancer(app, ["grille", "verifier", grille(nom), "--exemples", str(GRILLES / "examples.json")])
    assert (sortie.exit_code, sortie.stdout) == (0, "Grille valide.\n")


@pytest.mark.parametrize("exemple", PUBLIES, ids=lambda exemple: exemple["id"])
def test_evaluer_retrouve_chaque_exemple_publie(exemple: dict[str, Any], tmp_path: Path) -> None:
    faits = ecrire(tmp_path, "faits.json", exemple["facts"])
    sortie = lancer(app, ["grille", "evaluer", "--grille", grille(exemple["grid"]), "--faits", faits, "--json"])
    assert sortie.exit_code == 0
    resultat = json.loads(sortie.stdout)
    assert resultat["total"] == exemple["expected"]["total"]
    comptees = {ligne["regle"]: ligne["valeur"] for ligne in resultat["lignes"] if ligne["compte"]}
    attendues = {regle: valeur.removeprefix("coef ") for regle, valeur in exemple["expected"]["breakdown"].items()}
    assert comptees | {"factor": resultat["facteur"]} == {"factor": "1"} | attendues
    assert all(ligne["raison"] and ligne["phrase"] for ligne in resultat["lignes"])


def test_un_tableau_donne_un_tableau_et_des_lignes_des_lignes() -> None:
    toulouse = ["grille", "evaluer", "--grille", grille("toulouse-metropole"), "--faits", "-", "--json"]
    jeune, ancien = {"demande": {"anciennete_mois": 5}}, {"demande": {"anciennete_mois": 40}}
    tableau = lancer(app, toulouse, input=json.dumps([ancien, jeune]))
    assert [resultat["total"] for resultat in json.loads(tableau.stdout)] == ["60", "5"]
    lignes = lancer(app, toulouse, input=f"{json.dumps(jeune)}\n\n{json.dumps(ancien)}\n")
    assert [json.loads(ligne)["total"] for ligne in lignes.stdout.splitlines()] == ["5", "60"]
    assert json.loads(lancer(app, toulouse, input="[]").stdout) == []


def test_une_ligne_mauvaise_est_refusee_a_sa_place_et_les_autres_sont_notees() -> None:
    lignes = '{"demande": {"anciennete_mois": 5}}\n[1]\n{"a": 1, "a": 2}\npas du json\n{}\n'
    sortie = lancer(
        app,
        ["grille", "evaluer", "--grille", grille("toulouse-metropole"), "--faits", "-", "--json"],
        input=lignes,
    )
    rendus = [json.loads(ligne) for ligne in sortie.stdout.splitlines()]
    assert sortie.exit_code == 1
    assert [rendu.get("total") or rendu["erreur"]["code"] for rendu in rendus] == [
        "5",
        "faits-attendus",
        "cle-en-double",
        "json-invalide",
        "0",
    ]


@pytest.mark.duty("cotation:D16", "cotation:D17", "cotation:D20", "cotation:D24", "cotation:D25")
def test_l_explication_dit_le_calcul_et_le_refus(tmp_path: Path) -> None:
    faits = ecrire(tmp_path, "faits.json", PUBLIES[0]["facts"])
    sortie = lancer(
        app,
        ["grille", "expliquer", "--grille", grille("strasbourg-2019"), "--faits", faits, "--le", "2026-01-31"],
    )
    assert sortie.exit_code == 0
    assert sortie.stdout.splitlines()[:5] == [
        "Votre demande obtient 6,4 points (Eurométropole de Strasbourg, au 31 janvier 2026).",
        "  Votre ancienneté repart du refus fait 6 mois après le dépôt : elle est de 4 mois au lieu de courir depuis le"
        " dépôt.",
        "  La base est « Ancienneté de la demande » : 4 points.",
        "  Les majorations s'additionnent : 1 + 0,3 (Situation de logement précaire ou critique) + 0,3 (Situation"
        " professionnelle précaire) = 1,6.",
        "  4 × 1,6 = 6,4 points.",
    ]
    assert "  Un refus fait repartir l'ancienneté à zéro, à la date du refus." in sortie.stdout.splitlines()
    assert "Cette note résulte d'un traitement algorithmique : vous pouvez demander au guichet" in sortie.stdout
    assert "ACDI / AGI, si labellisation — non compté" in sortie.stdout


def test_la_difference_apres_le_refus_est_dite_et_exacte(tmp_path: Path) -> None:
    apres = PUBLIES[0]["facts"]
    avant = json.loads(json.dumps(apres))
    avant["demande"] |= {"refus": [], "anciennete_mois": 10}
    fichiers = [ecrire(tmp_path, "avant.json", avant), ecrire(tmp_path, "apres.json", apres)]
    commande = ["grille", "comparer", *fichiers, "--grille", grille("strasbourg-2019")]
    assert lancer(app, commande).stdout.splitlines() == [
        "Votre note passe de 16 points à 6,4 points (−9,6 points).",
        "−9,6 points : refus d'une proposition 6 mois après le dépôt ; l'ancienneté passe de 10 mois à 4 mois.",
        "    Ancienneté de la demande : 10 points → 4 points",
    ]
    change = json.loads(lancer(app, [*commande, "--json"]).stdout)
    assert (change["difference"], [(c["cause"], c["points"]) for c in change["causes"]]) == (
        "-9.6",
        [("refus", "-9.6")],
    )


def test_deux_resultats_se_comparent_sans_les_faits(tmp_path: Path) -> None:
    base = ["grille", "evaluer", "--grille", grille("strasbourg-2019"), "--json", "--faits", "-"]
    apres = PUBLIES[0]["facts"]
    avant = json.loads(json.dumps(apres))
    avant["demande"] |= {"refus": [], "anciennete_mois": 10}
    fichiers = [
        ecrire(tmp_path, nom, lancer(app, base, input=json.dumps(faits)).stdout)
        for nom, faits in (("avant.json", avant), ("apres.json", apres))
    ]
    change = json.loads(lancer(app, ["grille", "comparer", *fichiers, "--json"]).stdout)
    assert (change["avant"], change["apres"]) == ("16", "6.4")
    assert [(cause["cause"], cause["points"]) for cause in change["causes"]] == [("refus", "-9.6")]


@pytest.mark.parametrize("nom", REELLES)
def test_migrer_donne_une_grille_valide_au_format_1_0(nom: str, tmp_path: Path) -> None:
    sortie = lancer(app, ["grille", "migrer", grille(nom)])
    assert sortie.exit_code == 0
    assert json.loads(sortie.stdout)["format"] == "cotation-grid/1.0"
    migree = ecrire(tmp_path, "grille.json", sortie.stdout)
    publies = str(GRILLES / "examples.json")
    assert lancer(app, ["grille", "verifier", migree, "--exemples", publies]).stdout == "Grille valide.\n"


def test_les_poids_gardent_l_ordre_et_les_ecarts(tmp_path: Path) -> None:
    ordre = ecrire(tmp_path, "ordre.txt", "DALO\n+3\nHANDICAP = VIOLENCES  # au même rang\nSUROCC\nENFANTS\n")
    lu = json.loads(lancer(app, ["grille", "poids", "--ordre", ordre, "--json"]).stdout)
    assert [(p["critere"], p["points"]) for p in lu["poids"]] == [
        ("DALO", 50),
        ("HANDICAP", 21),
        ("VIOLENCES", 21),
        ("SUROCC", 14),
        ("ENFANTS", 7),
    ]
    assert lu["ordres"] == ["DALO > HANDICAP = VIOLENCES", "HANDICAP = VIOLENCES > SUROCC", "SUROCC > ENFANTS"]


def test_un_fichier_absent_est_dit_en_clair_et_sort_par_2() -> None:
    sortie = lancer(app, ["grille", "verifier", "nulle-part.json", "--json"])
    assert sortie.exit_code == 2
    assert [faute["code"] for faute in json.loads(sortie.stdout)["fautes"]] == ["fichier-illisible"]
