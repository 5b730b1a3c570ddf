"""From a dwelling put at disposal to its lease: searched, designated, decided, offered, refused, offered again, signed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from demo.scenario.appels import commander, faire, lire
from demo.scenario.attente import attendre
from demo.scenario.logements import MiseADisposition
from demo.scenario.maison import Maison

_CHERCHES = 10
CANDIDATS = 3
"""Demandes named for a dwelling (R441-3)."""

MOTIF_DU_REFUS = "TAILLE"
"""Codelist motif_refus_demandeur."""


@dataclass(frozen=True, slots=True)
class Attribution:
    """The acts of those who let one dwelling, each with the token of who does it. titulaire: the holder's dwelling, as the
    ledger tells it; designe: the organisation that names the candidates."""

    mise: MiseADisposition
    titulaire: dict[str, Any]
    designe: str
    bailleur: httpx.AsyncClient
    designataire: httpx.AsyncClient
    jour: str

    @property
    def chemin(self) -> str:
        """Where the register keeps this attribution."""
        return f"/demande/v1/mises-a-disposition/{self.mise.id}"

    async def chercher(self) -> list[dict[str, Any]]:
        """The eligible demandes, the best ranked first."""
        recherche = {"mise_a_disposition": self.mise.id, "limite": _CHERCHES}
        trouves = await faire(self.designataire, "/demande/v1/recherches", recherche)
        return [candidat for candidat in trouves["candidats"] if candidat["eligible"]]

    async def designer(self, candidats: Sequence[dict[str, Any]]) -> None:
        """Have the candidates ranked exactly, then name them, citing that ranking."""
        demandes = [candidat["demande"] for candidat in candidats]
        offert = await lire(self.designataire, self.chemin)
        logement = {cle: offert[cle] for cle in ("commune", "quartier", "typologie") if offert[cle]}
        a_classer = {"mise_a_disposition": self.mise.id, "logement": logement, "demandes": demandes}
        classement = (await faire(self.designataire, "/cotation/v1/classements", a_classer))["classement"]
        await faire(self.designataire, f"{self.chemin}/designations", {"demandes": demandes, "classement": classement})

    async def decider(self, candidats: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """The commission ranks them all; gives them back, the first with an offer."""
        decisions = [
            {"demande": candidat["demande"], "decision": "ATTR_RANG", "rang": rang}
            for rang, candidat in enumerate(candidats, start=1)
        ]
        seance = {"seance_le": self.jour, "decisions": decisions}
        tenue = await faire(self.bailleur, f"{self.chemin}/decisions", seance)
        return list(tenue["candidats"])

    async def refuser(self, offre: dict[str, Any]) -> str:
        """The candidate refuses; the landlord finds that the offer was suitable. Returns the register's cursor after that."""
        proposition = f"/demande/v1/propositions/{offre['proposition']}"
        await commander(self.bailleur, f"{proposition}/refus", {"motif": MOTIF_DU_REFUS})
        appreciee = await commander(self.bailleur, f"{proposition}/appreciation", {"adaptee": True})
        return appreciee.headers["Logis-Curseur"]

    async def suivant(self) -> dict[str, Any]:
        """The candidate to whom the dwelling is offered now."""
        lue = await lire(self.bailleur, self.chemin)
        return next(candidat for candidat in lue["candidats"] if candidat["issue"] == "OFFRE")

    async def louer(self, offre: dict[str, Any]) -> None:
        """The candidate accepts and signs."""
        await faire(self.bailleur, f"/demande/v1/propositions/{offre['proposition']}/acceptation", {})
        bail = {"signe_le": self.jour, "bailleur_siren": self.mise.siren, "deja_locataire": False,
                "accord_collectif": "AUCUN", "dalo": False, "prioritaire": False}  # fmt: skip
        await faire(self.bailleur, f"{self.chemin}/bail", bail)


async def ouvrir(maison: Maison, mise: MiseADisposition, jour: str) -> Attribution:
    """Begin to let a dwelling, once the register has heard of it. The holder names, unless it leaves that to the landlord."""
    bailleur = await maison.client(mise.bailleur, "bailleur")
    titulaire = await lire(bailleur, f"/flux/v1/mises-a-disposition/{mise.id}")
    designe = await _designataire(bailleur, titulaire)
    designataire = bailleur if designe == mise.bailleur else await maison.client(designe, "reservataire")
    une = Attribution(mise, titulaire, designe, bailleur, designataire, jour)
    await _connue(une)
    return une


async def attribuer(une: Attribution, candidats: Sequence[dict[str, Any]]) -> None:
    """Let a dwelling to the second of its candidates, after the refusal of the first."""
    await une.designer(candidats)
    await une.refuser((await une.decider(candidats))[0])
    await une.louer(await une.suivant())


async def _designataire(bailleur: httpx.AsyncClient, titulaire: dict[str, Any]) -> str:
    if titulaire["organisation"] == titulaire["bailleur"]:
        return str(titulaire["bailleur"])
    convention = await lire(bailleur, f"/flux/v1/conventions/{titulaire['convention']}")
    return str(convention["termes"]["delegataire"] or titulaire["organisation"])


async def _connue(une: Attribution) -> None:
    """Wait until the ledger's event has reached the register. Raises TimeoutError."""

    async def lue() -> bool | None:
        return (await une.bailleur.get(une.chemin)).status_code == httpx.codes.OK or None

    await attendre(lue, f"la mise à disposition {une.mise.id} au registre")
