"""`logis cotation`: the processes of the scoring."""

from services.chassis.service_cli import service_cli
from services.cotation.service import SERVICE

cotation = service_cli(SERVICE)
