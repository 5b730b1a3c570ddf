"""The `logis` command presents itself and its sub-commands, and loads only the one that is called."""

import subprocess
import sys

from typer.testing import CliRunner

from services.logis import application


def test_the_help_lists_the_sub_commands() -> None:
    result = CliRunner().invoke(application(["--help"]), ["--help"])
    assert result.exit_code == 0
    for name in ("up", "token", "kafka", "grille", "flux", "demande", "cotation"):
        assert name in result.stdout


def test_checking_a_grid_does_not_load_what_serves_an_api() -> None:
    code = "import sys; from services.logis import application; application(['grille']); sys.exit('fastapi' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
