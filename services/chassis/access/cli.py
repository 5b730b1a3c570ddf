"""`logis token`: a development token, signed by the local key."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from services.chassis.access.development import FOLDER, LONGEST, DevelopmentKeys

_DURATION = re.compile(r"(\d{1,4})(m|h|j)")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "j": timedelta(days=1)}
_ROLE = re.compile(r"[a-z][a-z0-9-]*")


def token(
    *,
    organisation: Annotated[str, typer.Option(help="Organisation du fichier de région, par exemple ville-strasbourg.")],
    role: Annotated[list[str], typer.Option(help="Rôle tenu ; répéter l'option pour en donner plusieurs.")],
    duree: Annotated[str, typer.Option(help="Durée de validité : 30m, 8h, 2j… (30 jours au plus).")] = "8h",
    acteur: Annotated[str | None, typer.Option(help="Sujet du jeton ; par défaut celui de l'organisation.")] = None,
    audience: Annotated[str, typer.Option(envvar="LOGIS_AUDIENCE", help="Public du jeton.")] = "logis",
    cles: Annotated[Path, typer.Option(help="Dossier de la clé de signature et du JWKS.")] = FOLDER,
) -> None:
    """Signer un jeton de développement avec la clé locale, et l'écrire sur la sortie."""
    for name in role:
        if not _ROLE.fullmatch(name):
            raise typer.BadParameter(f"« {name} » n'est pas un rôle : des minuscules, des chiffres et des tirets.")
    signed = DevelopmentKeys(cles).sign(
        organisation=organisation,
        roles=role,
        acteur=acteur or f"local:{organisation}",
        audience=audience,
        now=datetime.now(UTC),
        duration=_duration(duree),
    )
    typer.echo(signed)


def _duration(text: str) -> timedelta:
    match = _DURATION.fullmatch(text)
    found = int(match[1]) * _UNITS[match[2]] if match else timedelta(0)
    if not timedelta(0) < found <= LONGEST:
        raise typer.BadParameter(f"« {text} » n'est pas une durée acceptée : écrivez 30m, 8h ou 2j, 30 jours au plus.")
    return found
