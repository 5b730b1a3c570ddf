"""The register's notebook is the chassis's."""

from services.chassis.events.carnet import Carnet, Page

__all__ = ["Carnet", "Page"]
