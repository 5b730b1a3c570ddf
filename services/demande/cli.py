"""`logis demande`: the register from the command line."""

from services.chassis.service_cli import service_cli
from services.demande.service import SERVICE

demande = service_cli(SERVICE)
