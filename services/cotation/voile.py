"""What hides the resource band in the name of a class."""

from functools import partial

from services.chassis.fabric import Fabric
from services.cotation.domain.classe import Voile


def voile_de(fabric: Fabric) -> Voile:
    """The region's blind index: whoever has the database alone cannot tell one band from another by its name."""
    return partial(fabric.blind_index.of, "classe")
