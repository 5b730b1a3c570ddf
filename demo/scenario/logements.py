"""The landlords' side: park loaded, conventions signed, dwellings freed and oriented, all over HTTP with their tokens."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import httpx
import msgspec

from demo.manifeste import FichierParc, Manifeste
from demo.scenario.appels import acceptee, commander, faire
from demo.scenario.maison import Maison

_A_LA_FOIS = 4


@dataclass(frozen=True, slots=True)
class MiseADisposition:
    """A dwelling put at the disposal of a holder, with the decision that says why it is its turn."""

    id: str
    bailleur: str
    siren: str
    orientation: dict[str, Any]


@dataclass
class Logements:
    """What was done, and what the sequences of orientation say: the largest deviation and its bound, in dwellings."""

    charges: int = 0
    conventions: int = 0
    liberations: int = 0
    orientees: int = 0
    soustraites: int = 0
    par_titulaire: Counter[str] = field(default_factory=Counter)
    ecart_max: Fraction = Fraction(0)
    borne: Fraction = Fraction(0)
    mises_a_disposition: list[MiseADisposition] = field(default_factory=list)


async def loger(maison: Maison, manifeste: Manifeste, dossier: Path, jour: str, nombre: int) -> Logements:
    """Each landlord loads its park and its conventions, then frees and orients its first `nombre` dwellings vacated by `jour`.

    The landlords work side by side, each in its own order: what comes out does not depend on who is first.
    """
    conventions = msgspec.json.decode((dossier / manifeste.conventions).read_bytes())
    faits = await asyncio.gather(
        *(_loger_un(maison, parc, conventions, dossier, jour, nombre) for parc in manifeste.parcs)
    )
    return _ensemble(faits)


def _ensemble(faits: Sequence[Logements]) -> Logements:
    return Logements(
        charges=sum(fait.charges for fait in faits),
        conventions=sum(fait.conventions for fait in faits),
        liberations=sum(fait.liberations for fait in faits),
        orientees=sum(fait.orientees for fait in faits),
        soustraites=sum(fait.soustraites for fait in faits),
        par_titulaire=sum((fait.par_titulaire for fait in faits), Counter()),
        ecart_max=max(fait.ecart_max for fait in faits),
        borne=max(fait.borne for fait in faits),
        mises_a_disposition=[mise for fait in faits for mise in fait.mises_a_disposition],
    )


async def _loger_un(
    maison: Maison, parc: FichierParc, conventions: Sequence[dict[str, Any]], dossier: Path, jour: str, nombre: int
) -> Logements:
    client, fait = await maison.client(parc.bailleur, "bailleur"), Logements()
    octets = await asyncio.to_thread((dossier / parc.rpls).read_bytes)
    transmis = await client.post(
        "/flux/v1/logements/transmissions", content=octets, headers={"Content-Type": "text/csv"}
    )
    fait.charges = acceptee(transmis).json()["inscrits"]
    for convention in conventions:
        if convention["bailleur"] == parc.siren:
            await _signer(client, convention)
            fait.conventions += 1
    lignes = (dossier / parc.liberations).read_bytes().splitlines()
    vacances = [v for ligne in lignes if (v := msgspec.json.decode(ligne))["liberation"] <= jour][:nombre]
    await _liberer(client, parc, vacances, fait)
    return fait


async def _signer(client: httpx.AsyncClient, convention: dict[str, Any]) -> None:
    """Prepare a convention, then sign it: its shares are checked against the ceilings of the law (F7)."""
    ecartes = ("bailleur", "type_reservataire", "signature")
    termes = {nom: valeur for nom, valeur in convention.items() if nom not in ecartes}
    prete = await commander(client, "/flux/v1/conventions", termes)
    chemin = f"/flux/v1/conventions/{prete.json()['convention']}/signature"
    await commander(client, chemin, {"le": convention["signature"]}, {"If-Match": prete.headers["ETag"]})


async def _liberer(
    client: httpx.AsyncClient, parc: FichierParc, vacances: Sequence[dict[str, Any]], fait: Logements
) -> None:
    """Announce the vacancies, a few at once as a landlord's system would, then orient each in the order of the releases."""
    places = asyncio.Semaphore(_A_LA_FOIS)

    async def annoncer(vacance: dict[str, Any]) -> dict[str, Any]:
        async with places:
            return await faire(client, "/flux/v1/liberations", _annonce(vacance))

    for liberation in await asyncio.gather(*map(annoncer, vacances)):
        fait.liberations += 1
        if liberation["statut"] != "A_ORIENTER":
            fait.soustraites += 1
            continue
        orientation = await faire(client, f"/flux/v1/liberations/{liberation['liberation']}/orientation", {})
        fait.orientees += 1
        fait.par_titulaire[orientation["retenu"]] += 1
        fait.ecart_max = max(fait.ecart_max, Fraction(orientation["ecart_max"]))
        fait.borne = max(fait.borne, Fraction(orientation["borne"]))
        if mise := orientation["mise_a_disposition"]:
            fait.mises_a_disposition.append(MiseADisposition(mise, parc.bailleur, parc.siren, orientation))


def _annonce(vacance: dict[str, Any]) -> dict[str, Any]:
    return {
        "bailleur": vacance["bailleur"],
        "rpls": vacance["identifiant_rpls"],
        "occurrence": vacance["occurrence"],
        "origine": vacance["origine"],
        "preavis_le": vacance["preavis"],
        "libere_le": vacance["liberation"],
        "disponible_le": vacance["disponible"],
        "loyer_centimes": 100 * vacance["loyer"],
        "charges_centimes": 100 * vacance["charges"],
        "soustraction": vacance.get("soustraction"),
        "operation": vacance.get("operation"),
    }
