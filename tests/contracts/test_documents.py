"""The front documents say what is there: every relative link, `make` target, `logis` command and option that they name exists."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer.main

from services.logis import application

ROOT = Path(__file__).parents[2]
FRONT = [ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CHANGELOG.md", "contracts/CHANGELOG.md")]
SAID = [*FRONT, *sorted((ROOT / "docs").rglob("*.md")), ROOT / "demo/README.md", ROOT / "deploy/kafka/README.md"]

_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
_CODE = re.compile(r"^```[a-z]*\n(.*?)^```$|`([^`\n]+)`", re.MULTILINE | re.DOTALL)
_MAKE = re.compile(r"\bmake ([a-z]+)\b")
_LOGIS = re.compile(r"(?<![\w./-])logis ([a-z]+(?: [a-z]+)*)([^|`\n]*)")
_OPTION = re.compile(r"(?<!\S)--[a-z-]+")


def _code(text: str) -> str:
    """The code of a document, continued lines joined."""
    found = "\n".join(block or span for block, span in _CODE.findall(text))
    return found.replace("\\\n", " ")


def dead_links(path: Path, text: str) -> list[str]:
    """Relative links that lead nowhere."""
    links = (link for link in _LINK.findall(text) if "://" not in link and not link.startswith("mailto:"))
    return [link for link in links if not (path.parent / link).exists()]


def unknown_targets(text: str) -> list[str]:
    """`make` targets that the Makefile does not have."""
    known = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    return [target for target in _MAKE.findall(_code(text)) if target not in known]


def unknown_commands(text: str) -> list[str]:
    """`logis` commands, sub-commands and options that the command line does not have."""
    return [fault for words, rest in _LOGIS.findall(_code(text)) for fault in _faults(words.split(), rest)]


def _faults(words: list[str], rest: str) -> Iterator[str]:
    command = _logis(words[0])
    for word in words:
        if not hasattr(command, "get_command"):
            break
        command = command.get_command(command.context_class(command), word)
        if command is None:
            yield f"logis {' '.join(words)}"
            return
    known = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    yield from (f"logis {' '.join(words)} {option}" for option in _OPTION.findall(rest) if option not in known)


@cache
def _logis(name: str) -> Any:
    """The command line for `name`. Typer carries its own copy of click, so groups are known by their shape."""
    return typer.main.get_command(application([name]))


@pytest.mark.parametrize("path", SAID, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(path: Path) -> None:
    assert dead_links(path, path.read_text()) == []


@pytest.mark.parametrize("path", FRONT, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_named_exists(path: Path) -> None:
    text = path.read_text()
    assert unknown_targets(text) == []
    assert unknown_commands(text) == []


def test_the_readme_names_the_commands_of_every_service() -> None:
    """Were the patterns to find nothing, the tests above would say that all is well."""
    named = {words.split()[0] for words, _ in _LOGIS.findall(_code(FRONT[0].read_text()))}
    assert {"up", "token", "verify", "demande", "flux", "grille", "notifications"} <= named


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("`logis grille verifer`", "logis grille verifer"),
        ("```\nlogis up --kafak\n```", "logis up --kafak"),
        ("`logis demnade importer F`", "logis demnade importer"),
        ("```\nlogis demande importer F --blanc\n```", "logis demande importer --blanc"),
    ],
)
def test_a_command_that_does_not_exist_is_found(text: str, fault: str) -> None:
    assert unknown_commands(text) == [fault]


def test_a_target_and_a_link_that_do_not_exist_are_found() -> None:
    assert unknown_targets("`make kafak` and `make up`") == ["kafak"]
    assert dead_links(ROOT / "README.md", "[a](docs/nowhere.md) [b](docs/law.md#register) [c](https://x.example)") == [
        "docs/nowhere.md"
    ]
