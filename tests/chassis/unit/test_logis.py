"""The `logis` command presents itself and its sub-commands."""

from typer.testing import CliRunner

from services.logis import app


def test_the_help_lists_the_sub_commands() -> None:
    result = CliRunner().invoke(app, ["--help"])
    assert result.exit_code == 0
    assert "grille" in result.stdout
    assert "flux" in result.stdout
