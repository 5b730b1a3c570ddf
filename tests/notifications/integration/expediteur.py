"""A sender in a process of its own: sends what is due, then ends. Run as a program, told by LOGIS_* variables."""

import asyncio
import sys

from services.chassis.fabric import open_fabric
from services.chassis.settings import Settings
from services.notifications.adapters.postier import Postier
from services.notifications.policies.envoi import Envoi
from services.notifications.service import assemble


async def main(lot: int) -> None:
    """Send by batches of `lot` until nothing is due."""
    async with open_fabric("notifications", Settings()) as fabric:
        envoi = Envoi(fabric, assemble(fabric).store, Postier(fabric.settings), lot=lot)
        try:
            while await envoi.tour(asyncio.Event()):
                pass
        finally:
            await envoi.postier.fermer()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
