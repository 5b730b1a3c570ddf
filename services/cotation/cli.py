"""`logis grille`: what a person does with a scoring grid from the command line."""

import typer

grille = typer.Typer(name="grille", help="Vérifier, évaluer, expliquer et comparer une grille de cotation.")


@grille.callback()
def commandes() -> None:
    """Vérifier, évaluer, expliquer et comparer une grille de cotation."""
