"""`logis notifications`: the processes of the notifications."""

from services.chassis.service_cli import service_cli
from services.notifications.service import SERVICE

notifications = service_cli(SERVICE)
