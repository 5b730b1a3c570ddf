"""`docs/settings.md`: the one table of the settings, written from their model. Run by `make contracts`."""

import sys
from pathlib import Path

from pydantic import SecretStr

from services.chassis.settings import Settings, expected, variable

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"

_HEAD = """\
# Réglages

Écrit par `make contracts` depuis `services/chassis/settings.py` : ne pas modifier ici.

Chaque processus lit ses réglages dans son environnement. Un réglage absent ou faux est nommé en une phrase et le processus
s'arrête avec le code 78. Les réglages sans valeur par défaut ne sont demandés qu'aux processus qui s'en servent :
tous (sauf `migrate`) `LOGIS_REGION` et `LOGIS_KEK_FILE` ; tous `LOGIS_KEYS_DSN` et l'adresse de leur propre base ; `api`
`LOGIS_JWKS` et `LOGIS_ISSUER` ; `LOGIS_KAFKA_BOOTSTRAP` quand `LOGIS_TRANSPORT=kafka`.

| variable | rôle | attendu | par défaut |
|---|---|---|---|
"""


def table() -> str:
    """The page, byte for byte."""
    return _HEAD + "".join(_row(name) for name in Settings.model_fields)


def _row(name: str) -> str:
    field = Settings.model_fields[name]
    default = "" if field.default is None or isinstance(field.default, SecretStr) else f"`{field.default}`"
    return f"| `{variable(name)}` | {field.description} | {expected(name)} | {default} |\n"


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(PAGE.read_text(encoding="utf-8") != table())
    PAGE.write_text(table(), encoding="utf-8")
