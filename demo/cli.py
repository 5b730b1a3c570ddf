"""`logis demo`: the main job on the demonstration region, from import to verification, as integrators would run it.

Exit codes: 0 done and conform; 1 the verification found discrepancies.
"""

import asyncio
import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from demo.manifeste import Manifeste, Parametres, generer
from demo.region import lire_region
from demo.scenario.attribution import attribuer
from demo.scenario.cotations import Cotations, suivre_les_cotations
from demo.scenario.logements import loger
from demo.scenario.maison import Maison, lire_json, maison
from demo.scenario.rapport import Rapport
from demo.scenario.suivie import suivre_une_demande

LE = date(2026, 11, 1)
_MESSAGES_SECONDES = 300


def demo(
    *,
    demandes: Annotated[int, typer.Option(min=10, max=1_000_000, help="Demandes importées.")] = 10_000,
    liberations: Annotated[int, typer.Option(min=0, max=400, help="Libérations orientées, par bailleur.")] = 60,
    baux: Annotated[int, typer.Option(min=0, max=400, help="Baux signés, chacun après un refus.")] = 6,
    kafka: Annotated[bool, typer.Option("--kafka", help="Faire passer les événements par un broker Kafka.")] = False,
    en_json: Annotated[bool, typer.Option("--json", help="Le rapport en JSON, pour les machines.")] = False,
    graine: Annotated[int, typer.Option(help="Graine de la population : même graine, même population.")] = 1,
    dossier: Annotated[
        Path | None, typer.Option(help="Où garder la région ; par défaut, un dossier effacé à la fin.")
    ] = None,
) -> None:
    """Jouer la démonstration : une région, ses demandes, ses notes, ses logements, puis tout vérifier."""
    ou = dossier or Path(tempfile.mkdtemp(prefix="logis-demo-"))
    rapport = Rapport()
    erreurs = Console(stderr=True)
    try:
        with Progress(
            SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=erreurs
        ) as progres:
            deroulement = _Deroulement(progres, rapport)
            manifeste = _preparer(deroulement, ou, demandes, graine)
            with deroulement.etape("region", "La région démarre"):
                ouverte = maison(ou.absolute() / "region", kafka=kafka)
                une = ouverte.__enter__()
            try:
                asyncio.run(_jouer(deroulement, une, manifeste, ou / "donnees", liberations, baux))
            finally:
                ouverte.__exit__(None, None, None)
    finally:
        if dossier is None:
            shutil.rmtree(ou, ignore_errors=True)
    if en_json:
        typer.echo(json.dumps(rapport.document(), ensure_ascii=False))
    else:
        rapport.afficher(Console(highlight=False))
    raise typer.Exit(0 if rapport.verification["conforme"] else 1)


class _Deroulement:
    """The steps as they go: shown while they last, timed in the report."""

    def __init__(self, progres: Progress, rapport: Rapport) -> None:
        self._progres = progres
        self.rapport = rapport

    @contextmanager
    def etape(self, nom: str, phrase: str) -> Iterator[None]:
        """Time one step."""
        tache, debut = self._progres.add_task(phrase, total=1), time.monotonic()
        yield
        self.rapport.durees_s[nom] = round(time.monotonic() - debut, 2)
        self._progres.update(tache, completed=1)


def _preparer(deroulement: _Deroulement, ou: Path, demandes: int, graine: int) -> Manifeste:
    with deroulement.etape("population", f"{demandes} demandes sont tirées"):
        return generer(Parametres(demandes, graine, LE, LE.year), lire_region(), ou / "donnees")


async def _jouer(
    deroulement: _Deroulement, maison: Maison, manifeste: Manifeste, donnees: Path, liberations: int, baux: int
) -> None:
    rapport = deroulement.rapport
    suivi = Cotations()
    with deroulement.etape("import", "Les demandes sont importées"):
        rapport.demandes = await _importer(maison, donnees / manifeste.demandes[0].chemin)
    with deroulement.etape("cotation", "Chaque lieu souhaité est noté"):
        await suivre_les_cotations(maison, suivi, rapport.demandes["importees"])
        rapport.cotations = {"etablies": suivi.etablies, "demandes_cotees": len(suivi.notes)}
    with deroulement.etape("suivie", "Une demande est suivie"):
        rapport.suivie = await suivre_une_demande(maison)
    with deroulement.etape("logements", "Des logements sont libérés et orientés"):
        faits = await loger(maison, manifeste, donnees, LE.isoformat(), liberations)
        rapport.logements, rapport.conventions, rapport.liberations = (
            faits.charges,
            faits.conventions,
            faits.liberations,
        )
        rapport.orientations = {
            "faites": faits.orientees,
            "ecart_max": str(faits.ecart_max),
            "borne": str(faits.borne),
            "par_titulaire": faits.par_titulaire,
        }
    with deroulement.etape("attributions", "Des logements sont attribués"):
        attributions = await attribuer(maison, faits, datetime.now().astimezone().date().isoformat(), baux)
        rapport.designes, rapport.refus, rapport.baux = attributions.designes, attributions.refus, attributions.baux
        rapport.chute = attributions.chute
    with deroulement.etape("messages", "Les attestations partent"):
        await _attendre_le_courrier(maison)
        rapport.messages = maison.courrier.recus
    with deroulement.etape("verification", "Tout est vérifié"):
        sortie = await asyncio.to_thread(maison.logis, "verify", "--json", "--attendre", "120", accepte=(0, 1))
        rapport.verification = lire_json(sortie.stdout)
    await maison.fermer()


async def _importer(maison: Maison, fichier: Path) -> dict[str, Any]:
    arguments = ("demande", "importer", str(fichier), "--le", LE.isoformat(), "--json")
    sortie = await asyncio.to_thread(maison.logis, *arguments, accepte=(0, 1))
    bilan: dict[str, Any] = lire_json(sortie.stdout)
    return bilan


async def _attendre_le_courrier(maison: Maison) -> None:
    """Until the mail server has received nothing for three seconds."""
    limite = time.monotonic() + _MESSAGES_SECONDES
    while time.monotonic() < limite:
        avant = maison.courrier.recus
        await asyncio.sleep(3)
        if maison.courrier.recus == avant:
            return
