"""`logis demo`, small: the main job on real parts, and a report that says what happened."""

import json
import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path


def test_the_demonstration_ends_conform(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "services.logis",
        "demo",
        "--demandes",
        "300",
        "--liberations",
        "8",
        "--baux",
        "2",
        "--json",
    ]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LOGIS_")}
    done = subprocess.run(
        [*command, "--dossier", str(tmp_path)], capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 0, done.stderr[-3000:]
    report = json.loads(done.stdout)
    demandes = report["demandes"]
    assert demandes["importees"] + demandes["incompletes"] + demandes["refusees"] == 300
    assert demandes["lignes_refusees"]
    assert all(set(line) >= {"ligne", "champ", "code", "message"} for line in demandes["lignes_refusees"])
    assert report["cotations"]["demandes_cotees"] == demandes["importees"]
    assert report["cotations"]["etablies"] >= demandes["importees"]
    assert report["liberations"] == 16
    assert 0 < report["orientations"]["faites"] <= 16
    assert Fraction(report["orientations"]["ecart_max"]) <= Fraction(report["orientations"]["borne"])
    assert report["baux"] == report["refus"]
    assert report["messages"] > 100
    assert report["verification"]["conforme"]
    assert all(controle["ecarts"] == 0 for controle in report["verification"]["controles"])
    assert sum(controle["examines"] for controle in report["verification"]["controles"]) > 3_000
