"""The report of the demonstration, for a director or for a machine."""

from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.panel import Panel
from rich.table import Table


@dataclass
class Rapport:
    """What the demonstration did. The names are those of `logis demo --json`."""

    demandes: dict[str, Any] = field(default_factory=dict)
    cotations: dict[str, Any] = field(default_factory=dict)
    logements: int = 0
    conventions: int = 0
    liberations: int = 0
    orientations: dict[str, Any] = field(default_factory=dict)
    designes: int = 0
    refus: int = 0
    baux: int = 0
    chute: dict[str, str] = field(default_factory=dict)
    messages: int = 0
    verification: dict[str, Any] = field(default_factory=dict)
    durees_s: dict[str, float] = field(default_factory=dict)
    suivie: dict[str, Any] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """The whole report, as JSON says it."""
        return dict(vars(self))

    def afficher(self, console: Console) -> None:
        """The report, for people."""
        console.print(_chiffres(self))
        if self.suivie:
            console.print(_demande_suivie(self.suivie))
        console.print(_orientations(self.orientations))
        console.print(_verification(self.verification))


def _chiffres(rapport: Rapport) -> Table:
    table = Table("étape", "résultat", "durée", title="La région de démonstration", title_justify="left")
    demandes, cotations, orientations = rapport.demandes, rapport.cotations, rapport.orientations
    lignes = {
        "import": f"{_n(demandes['importees'])} demandes, {_n(demandes['incompletes'])} à compléter, "
        f"{_n(demandes['refusees'])} refusées et dites ligne par ligne",
        "cotation": f"{_n(cotations['etablies'])} notes pour {_n(cotations['demandes_cotees'])} demandes, "
        "une par lieu souhaité",
        "logements": f"{_n(rapport.logements)} logements, {rapport.conventions} conventions, "
        f"{_n(rapport.liberations)} libérations, {_n(orientations['faites'])} orientées",
        "attributions": f"{_n(rapport.designes)} candidats désignés, {_n(rapport.refus)} refus, {_n(rapport.baux)} baux signés"
        + (
            f" ; un refus fait passer une note de {rapport.chute['avant']} à {rapport.chute['apres']}"
            if rapport.chute
            else ""
        ),
        "messages": f"{_n(rapport.messages)} messages reçus par le serveur de courriel",
        "verification": "conforme" if rapport.verification["conforme"] else "NON CONFORME",
    }
    for etape, resultat in lignes.items():
        table.add_row(etape, resultat, f"{rapport.durees_s.get(etape, 0):.1f} s")
    return table


def _demande_suivie(suivie: dict[str, Any]) -> Panel:
    lignes = [f"Demande {suivie['demande']}, déposée le {suivie['deposee_le']} par un guichet."]
    for explication in suivie["explications"]:
        lignes += ["", f"[bold]{explication['titre']}[/bold]", *(f"  {phrase}" for phrase in explication["calcul"])]
    lignes += ["", f"Puis un motif change : {suivie['changement']}"]
    return Panel("\n".join(lignes), title="Une demande, de son dépôt à ses points", title_align="left")


def _orientations(orientations: dict[str, Any]) -> Table:
    table = Table("titulaire", "logements", title="Orientations, par titulaire", title_justify="left")
    for titulaire, nombre in sorted(orientations["par_titulaire"].items(), key=lambda item: -item[1]):
        table.add_row(titulaire, str(nombre))
    table.add_row(
        "[bold]écart le plus grand à la part due[/bold]", f"{orientations['ecart_max']} (borne {orientations['borne']})"
    )
    return table


def _verification(verification: dict[str, Any]) -> Table:
    table = Table("contrôle", "examinés", "écarts", title="Vérification", title_justify="left")
    for controle in verification["controles"]:
        table.add_row(controle["nom"], _n(controle["examines"]), str(controle["ecarts"]))
    return table


def _n(nombre: int) -> str:
    return f"{nombre:,}".replace(",", " ")
