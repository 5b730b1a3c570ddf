"""`logis flux`: the arithmetic of reservation quotas from the command line."""

import typer

flux = typer.Typer(name="flux", help="Calculer, convertir et simuler les droits de réservation.")


@flux.callback()
def commandes() -> None:
    """Calculer, convertir et simuler les droits de réservation."""
