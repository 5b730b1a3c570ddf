"""The main job, step by step, each timed: what a real region does side by side is done side by side."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from rich.progress import Progress

from demo.manifeste import Manifeste
from demo.region import Region
from demo.scenario.appels import lire
from demo.scenario.attente import attendre
from demo.scenario.attributions import Attributions, tout_attribuer
from demo.scenario.cotations import Cotations, suivre_les_cotations
from demo.scenario.grand_livre import lire_le_grand_livre
from demo.scenario.logements import Logements, loger
from demo.scenario.maison import Maison, lire_json
from demo.scenario.rapport import Rapport
from demo.scenario.suivie import relever_les_messages
from demo.scenario.webhooks import abonner, attendre_les_appels

_MESSAGES_SECONDES = 3_600


@dataclass
class Etapes:
    """The steps as they go: shown while they last, timed in the report."""

    progres: Progress
    rapport: Rapport

    @contextmanager
    def etape(self, nom: str, phrase: str) -> Iterator[None]:
        """Time one step."""
        tache, debut = self.progres.add_task(phrase, total=1), time.monotonic()
        yield
        self.rapport.durees_s[nom] = round(time.monotonic() - debut, 2)
        self.progres.update(tache, completed=1)


@dataclass(frozen=True, slots=True)
class Joue:
    """What is played. donnees: the folder of the generated files; le: day of the register; liberations: of each landlord."""

    region: Region
    manifeste: Manifeste
    donnees: Path
    le: date
    liberations: int
    baux: int


async def jouer(etapes: Etapes, maison: Maison, joue: Joue) -> None:
    """Everything, from the import to the verification; the report is filled on the way."""
    rapport = etapes.rapport
    try:
        ouverts = await abonner(maison, [bailleur.id for bailleur in joue.region.bailleurs])
        async with asyncio.TaskGroup() as ensemble:
            ensemble.create_task(_demandes(etapes, maison, joue))
            logements = ensemble.create_task(_logements(etapes, maison, joue))
        with etapes.etape("attributions", "Des logements sont attribués"):
            jour = datetime.now().astimezone().date().isoformat()
            mises = logements.result().mises_a_disposition
            attributions = await tout_attribuer(maison, joue.region, mises, jour, joue.baux)
            rapport.designes, rapport.refus, rapport.baux = attributions.designes, attributions.refus, attributions.baux
        with etapes.etape("messages", "Les avis partent"):
            await _messages(maison, attributions)
            rapport.messages, rapport.suivie = maison.courrier.recus, attributions.suivie
        rapport.grand_livre = await lire_le_grand_livre(await maison.gestionnaire(), joue.le.year)
        with etapes.etape("verification", "Tout est vérifié"):
            rapport.verification = lire_json(
                await maison.logis("verify", "--json", "--attendre", "120", accepte=(0, 1))
            )
        rapport.webhooks = await attendre_les_appels(maison, ouverts)
    finally:
        await maison.fermer()


async def _demandes(etapes: Etapes, maison: Maison, joue: Joue) -> None:
    """The register's side: the file is imported, then the end of the scoring is awaited: it goes on meanwhile."""
    rapport, suivi = etapes.rapport, Cotations()
    with etapes.etape("import", "Les demandes sont importées"):
        fichier = joue.donnees / joue.manifeste.demandes[0].chemin
        arguments = ("demande", "importer", str(fichier), "--le", joue.le.isoformat(), "--json")
        rapport.demandes = lire_json(await maison.logis(*arguments, accepte=(0, 1)))
    with etapes.etape("cotation", "Chaque lieu souhaité est noté"):
        await suivre_les_cotations(await maison.gestionnaire(), suivi, rapport.demandes["importees"])
        rapport.cotations = {"etablies": suivi.etablies, "demandes_cotees": len(suivi.cotees)}


async def _logements(etapes: Etapes, maison: Maison, joue: Joue) -> Logements:
    """The landlords' side, which waits for no demande."""
    rapport = etapes.rapport
    with etapes.etape("logements", "Des logements sont libérés et orientés"):
        faits = await loger(maison, joue.manifeste, joue.donnees, joue.le.isoformat(), joue.liberations)
    rapport.logements, rapport.conventions, rapport.liberations = faits.charges, faits.conventions, faits.liberations
    rapport.orientations = {
        "faites": faits.orientees,
        "soustraites": faits.soustraites,
        "ecart_max": str(faits.ecart_max),
        "borne": str(faits.borne),
        "par_titulaire": faits.par_titulaire,
    }
    return faits


async def _messages(maison: Maison, attributions: Attributions) -> None:
    """Until the last lease has its message and nothing waits to leave."""
    client = await maison.gestionnaire()

    async def lus(**filtre: Any) -> list[dict[str, Any]]:
        return list((await lire(client, "/notifications/v1/messages", **filtre))["elements"])

    async def tous_partis() -> bool | None:
        baux = {message["objet"] for message in await lus(modele="bail-signe", limite=200)}
        return (attributions.derniere in {"", *baux} and not await lus(etat="a_envoyer", limite=1)) or None

    await attendre(tous_partis, "le départ de chaque courriel", _MESSAGES_SECONDES)
    if attributions.suivie is not None:
        await relever_les_messages(maison, attributions.suivie)
