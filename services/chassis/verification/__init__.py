"""`logis verify`: what is kept is compared with what it must be, and each check says how much it looked at."""

from services.chassis.verification.controle import Controle

__all__ = ["Controle"]
