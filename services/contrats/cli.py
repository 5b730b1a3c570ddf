"""`logis contracts`: write the published interfaces again, or check that they are what the code says.

Exit codes: 0 up to date, or written; 1 out of date; 3 a contract would break those who rely on it.
"""

import asyncio
import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from contracts.evenements import TYPES
from contracts.situation.export import en_objet
from services.contrats.evenements import asyncapi, schema_de
from services.contrats.openapi import openapi_de
from services.contrats.rupture import ruptures_d_asyncapi, ruptures_d_openapi, ruptures_de_schema, ruptures_de_situation
from services.region_cli import ALL

FOLDER = Path("contracts")
_ASYNCAPI, _SITUATION = FOLDER / "asyncapi.json", FOLDER / "situation.json"
OUT_OF_DATE = 1
BROKEN = 3


def contracts(
    *,
    check: Annotated[bool, typer.Option("--check", help="Comparer seulement, ne rien écrire.")] = False,
    accepter: Annotated[bool, typer.Option("--accepter-ruptures", help="Écrire même ce qui rompt un contrat.")] = False,
) -> None:
    """Écrire les interfaces publiées : schémas des événements, AsyncAPI, OpenAPI, catalogue de la situation."""
    documents = asyncio.run(_documents())
    ruptures = [phrase for path, document in documents.items() for phrase in _ruptures(path, document)]
    ruptures += [f"{path.stem} : le type publié a disparu" for path in _gone(documents)]
    for phrase in ruptures:
        typer.echo(f"Rupture : {phrase}", err=True)
    if ruptures and not (accepter and not check):
        typer.echo(
            "Publiez un nouveau type ou une nouvelle version majeure, ou écrivez avec --accepter-ruptures.", err=True
        )
        raise typer.Exit(BROKEN)
    stale = [path for path, document in documents.items() if _text(document) != _committed_text(path)]
    if check:
        for path in stale:
            typer.echo(f"{path} n'est plus à jour : lancez « make contracts ».", err=True)
        raise typer.Exit(OUT_OF_DATE if stale else 0)
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_text(documents[path]))
    for path in _gone(documents):
        path.unlink()
    typer.echo(f"{len(documents)} contrats, {len(stale)} écrit(s).")


async def _documents() -> dict[Path, dict[str, Any]]:
    documents: dict[Path, dict[str, Any]] = {FOLDER / "schemas" / f"{nom}.json": schema_de(nom) for nom in TYPES}
    documents[_ASYNCAPI] = asyncapi()
    documents[_SITUATION] = en_objet()
    for service in ALL:
        with tempfile.TemporaryDirectory() as dossier:
            documents[FOLDER / "openapi" / f"{service.name}.json"] = await openapi_de(service, Path(dossier))
    return documents


def _ruptures(path: Path, document: Mapping[str, Any]) -> Iterator[str]:
    committed = _committed_text(path)
    if not committed:
        return
    before = json.loads(committed)
    if path.parent.name == "schemas":
        yield from ruptures_de_schema(path.stem, before, document)
    elif path.parent.name == "openapi":
        yield from ruptures_d_openapi(path.stem, before, document)
    elif path == _ASYNCAPI:
        yield from ruptures_d_asyncapi(before, document)
    elif path == _SITUATION:
        yield from ruptures_de_situation(before, document)


def _gone(documents: Mapping[Path, object]) -> list[Path]:
    return sorted(set((FOLDER / "schemas").glob("*.json")) - documents.keys())


def _committed_text(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def _text(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
