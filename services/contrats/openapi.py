"""The OpenAPI document of each service, from its own application put together on a fabric that connects to nothing."""

from pathlib import Path
from typing import Any

from services.chassis.fabric import open_fabric
from services.chassis.http.draining import Drain
from services.chassis.processes import application
from services.chassis.service import Service
from services.chassis.settings import Settings
from services.chassis.up import REGION
from services.chassis.vault.kek import FileKekRing

_NOWHERE = "postgresql+asyncpg://logis@127.0.0.1:9/logis"
_ADDRESS = "http://127.0.0.1:9"


async def openapi_de(service: Service, dossier: Path) -> dict[str, Any]:
    """The document. dossier: an empty folder, for the key ring that an application cannot do without."""
    jwks = dossier / "jwks.json"
    jwks.write_text('{"keys": []}')
    addresses = {f"{name}_{kind}": value for name in ("demande", "cotation", "flux", "notifications")
                 for kind, value in (("dsn", _NOWHERE), ("url", _ADDRESS))}  # fmt: skip
    settings = Settings.model_validate(
        addresses
        | {
            "region": REGION.absolute(),
            "keys_dsn": _NOWHERE,
            "kek_file": FileKekRing.create(dossier / "trousseau.json").path,
            "jwks": str(jwks),
            "issuer": "logis",
        }
    )
    async with open_fabric(service.name, settings) as fabric:
        return application(service, fabric, Drain()).openapi()
