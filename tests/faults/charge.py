"""The load: desks that deposit and change demandes, a landlord that frees, orients, attributes and lets dwellings."""

import asyncio
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from random import Random
from typing import Any

from tests.faults.client import Client
from tests.flux.integration.conftest import annonce, fichier_rpls, logement_rpls, termes

LOGEMENTS = 400
STRASBOURG, MULHOUSE = "67482", "68224"
SIREN = "999000110"
CONVENTIONS = (("etat-67", "25", "DROIT_ETAT"), ("action-logement", "18", "FINANCEMENT"))
PART_DU_BAILLEUR = "part-trois-rivieres"
MOTIFS = itertools.cycle([["01"], ["13"], ["11"], ["09", "12"]])


@dataclass
class Acquis:
    """What was acknowledged. demandes: version by identifier, those let apart; numeros, adresses: of every demande;
    orientations: offer by release; charges: offers whose right is posted; baux: demande housed by offer."""

    demandes: dict[str, int] = field(default_factory=dict)
    numeros: list[str] = field(default_factory=list)
    adresses: list[str] = field(default_factory=list)
    orientations: dict[str, str] = field(default_factory=dict)
    charges: set[str] = field(default_factory=set)
    baux: dict[str, str] = field(default_factory=dict)


@dataclass
class Charge:
    """Runs until `fin`; each client finishes what it has begun."""

    guichets: list[Client]
    bailleur: Client
    graine: int
    acquis: Acquis = field(default_factory=Acquis)
    fin: asyncio.Event = field(default_factory=asyncio.Event)
    _rangs: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def ecrites(self) -> int:
        """How many writes were acknowledged."""
        return sum(len(client.acquittements) for client in (*self.guichets, self.bailleur))

    async def preparer(self) -> None:
        """The landlord's park and its conventions."""
        lignes = [logement_rpls(_rpls(rang)) for rang in range(LOGEMENTS)]
        await self.bailleur.ecrire(
            "POST",
            "/flux/v1/logements/transmissions",
            content=fichier_rpls(lignes, SIREN),
            entetes={"Content-Type": "text/csv"},
        )
        for reservataire, part, contrepartie in CONVENTIONS:
            prete = await self.bailleur.ecrire(
                "POST", "/flux/v1/conventions", json=termes(reservataire, part, contrepartie=contrepartie)
            )
            await self.bailleur.ecrire(
                "POST",
                f"/flux/v1/conventions/{prete.corps['convention']}/signature",
                json={"le": "2025-11-12"},
                entetes={"If-Match": prete.entetes["ETag"]},
            )

    async def mener(self) -> None:
        """Everybody works until `fin`."""
        async with asyncio.TaskGroup() as ensemble:
            for rang, guichet in enumerate(self.guichets):
                ensemble.create_task(self._tenir_le_guichet(guichet, Random(f"{self.graine}-{rang}")))
            ensemble.create_task(self._louer())

    async def _tenir_le_guichet(self, guichet: Client, alea: Random) -> None:
        while not self.fin.is_set():
            demande, etag = await self._deposer(guichet)
            for _ in range(alea.choice((0, 1, 2))):
                corps = {"dossier": {"motifs": next(MOTIFS), "logement": {"modeles": ["LP"], "loyer": 600}}}
                change = await guichet.ecrire(
                    "PATCH", f"/demande/v1/demandes/{demande}/sections", json=corps, entetes={"If-Match": etag}
                )
                etag = change.entetes["ETag"]
                self.acquis.demandes[demande] = _version(etag)

    async def _deposer(self, client: Client) -> tuple[str, str]:
        rang = next(self._rangs)
        adresse = f"demandeur-{rang}@example.org"
        depose = await client.ecrire("POST", "/demande/v1/demandes", json=_depot(rang, adresse))
        demande, etag = depose.corps["demande"], depose.entetes["ETag"]
        self.acquis.demandes[demande] = _version(etag)
        self.acquis.numeros.append(depose.corps["numero"])
        self.acquis.adresses.append(adresse)
        return demande, etag

    async def _louer(self) -> None:
        for rang in range(LOGEMENTS):
            if self.fin.is_set():
                return
            liberation = await self._ecrire("/flux/v1/liberations", annonce(_rpls(rang)))
            identifiant = liberation["liberation"]
            oriente = await self._ecrire(f"/flux/v1/liberations/{identifiant}/orientation", {})
            mise = oriente["mise_a_disposition"]
            self.acquis.orientations[identifiant] = mise
            if oriente["retenu"] == PART_DU_BAILLEUR:  # no convention, so counted as soon as offered
                self.acquis.charges.add(mise)
            if rang % 2 == 0:
                await self._attribuer(mise)

    async def _attribuer(self, mise: str) -> None:
        """One candidate, named, awarded, who accepts and signs."""
        demande, _ = await self._deposer(self.guichets[0])
        chemin, jour = f"/demande/v1/mises-a-disposition/{mise}", _aujourd_hui().isoformat()
        offert = await self.bailleur.lire(chemin)
        logement = {cle: offert[cle] for cle in ("commune", "quartier", "typologie") if offert[cle]}
        a_classer = {"mise_a_disposition": mise, "logement": logement, "demandes": [demande]}
        seul = {
            "demandes": [demande],
            "classement": (await self._ecrire("/cotation/v1/classements", a_classer))["classement"],
            "moins_de_trois": "INSUFFISANCE_DE_CANDIDATS",
        }
        await self._ecrire(f"{chemin}/designations", seul)
        decisions = [{"demande": demande, "decision": "ATTR_RANG", "rang": 1}]
        tenue = await self._ecrire(f"{chemin}/decisions", {"seance_le": jour, "decisions": decisions})
        await self._ecrire(f"/demande/v1/propositions/{tenue['candidats'][0]['proposition']}/acceptation", {})
        bail = {"signe_le": jour, "bailleur_siren": SIREN, "deja_locataire": False, "accord_collectif": "AUCUN",
                "dalo": False, "prioritaire": False}  # fmt: skip
        await self._ecrire(f"{chemin}/bail", bail)
        self.acquis.baux[mise] = demande
        self.acquis.charges.add(mise)
        del self.acquis.demandes[demande]  # its stream goes on by itself: the lease strikes it off

    async def _ecrire(self, chemin: str, corps: dict[str, Any]) -> Any:
        return (await self.bailleur.ecrire("POST", chemin, json=corps)).corps


def _rpls(rang: int) -> str:
    return f"67482{rang:05}"


def _version(etag: str) -> int:
    return int(etag.strip('"'))


def _aujourd_hui() -> date:
    return datetime.now(UTC).date()


def _depot(rang: int, adresse: str) -> dict[str, Any]:
    """A demande wished in the two EPCI, whose resources are known: it may be awarded a dwelling."""
    return {
        "deposee_le": "2025-03-14",
        "guichet": "G6702",
        "recherche": {"typologies": ["T3"], "lieux": [{"commune": STRASBOURG}, {"commune": MULHOUSE}]},
        "dossier": {"motifs": ["01"], "logement": {"modeles": ["LP"], "loyer": 600}},
        "personnes": {
            "p1": {
                "role": "demandeur", "nom": f"Essai{rang}", "prenom": "Camille", "naissance": "1990-02-03",
                "courriel": adresse, "avis_electroniques": True,
                "revenus": [{"annee": 2024, "montant": 12_000}], "recues": [{"nature": "SAL", "montant": 1_500}],
            },
            "p2": {"role": "a_charge", "naissance": "2018-05-06"},
        },
    }  # fmt: skip
