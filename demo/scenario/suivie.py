"""Two demandes followed from the imported file: the one that refuses a dwelling, the one that is housed there."""

from collections.abc import Sequence
from typing import Any

import httpx
import msgspec

from demo.scenario.appels import acceptee, lire, lister
from demo.scenario.attente import attendre
from demo.scenario.attribution import Attribution
from demo.scenario.maison import Maison


class Note(msgspec.Struct, frozen=True):
    """What an applicant is told of a score. comptees: what counts, with its points."""

    total: str
    titre: str
    calcul: list[str]
    comptees: list[tuple[str, str]]


class Changement(msgspec.Struct, frozen=True):
    """Why a score changed, cause by cause, as the applicant is told."""

    avant: str
    apres: str
    recit: list[str]


class Demande(msgspec.Struct):
    """A demande as its desk and its landlord see it. rang: in the ranking shown to whoever names the candidates."""

    demande: str
    numero: str
    deposee_le: str
    lieu: str
    rang: int
    taux_effort_pct: str | None
    note: Note
    changement: Changement | None = None
    repondre_avant: str | None = None
    statut: str = ""
    messages: list[str] = []


class GrandLivre(msgspec.Struct, frozen=True):
    """The holder's account before and after, and the lines of this dwelling's right. ecritures: nature and day."""

    engages_avant: int
    imputes_avant: int
    engages_apres: int
    imputes_apres: int
    ecritures: list[tuple[str, str]]


class Suivie(msgspec.Struct):
    """A dwelling from its orientation to its lease. titulaire: whose turn it was; designe: who named the candidates."""

    mise_a_disposition: str
    bailleur: str
    commune: str
    typologie: str
    titulaire: str
    designe: str
    rang_d_orientation: int
    ecart_max: str
    borne: str
    designer_avant: str
    refusante: Demande
    retenue: Demande
    grand_livre: GrandLivre
    jour: str


async def suivre(maison: Maison, une: Attribution, candidats: Sequence[dict[str, Any]]) -> Suivie:
    """Let a dwelling to the second candidate after the refusal of the first, reading what each may know on the way."""
    guichet = await maison.client("eurometropole-strasbourg", "guichet")
    refusante, retenue = [await _demande(guichet, candidat) for candidat in candidats[:2]]
    compte = await _compte(une)
    await une.designer(candidats)
    offre = (await une.decider(candidats))[0]
    refusante.repondre_avant = offre["repondre_avant"]
    curseur = await une.refuser(offre)
    refusante.changement = await _changement(guichet, refusante, curseur)
    suivante = await une.suivant()
    retenue.repondre_avant = suivante["repondre_avant"]
    await une.louer(suivante)
    livre = await _imputation(une, compte)
    for demande in (refusante, retenue):
        demande.statut = (await lire(guichet, f"/demande/v1/demandes/{demande.demande}"))["statut"]
    return await _recit(une, refusante, retenue, livre)


async def relever_les_messages(maison: Maison, suivie: Suivie) -> None:
    """What both applicants were told, in order, once all has been sent."""
    client = await maison.gestionnaire()
    for demande in (suivie.refusante, suivie.retenue):
        recus = [m async for m in lister(client, "/notifications/v1/messages", destinataire=demande.demande)]
        demande.messages = [message["modele"] for message in reversed(recus)]


async def _recit(une: Attribution, refusante: Demande, retenue: Demande, livre: GrandLivre) -> Suivie:
    attribution, orientation = await lire(une.bailleur, une.chemin), une.mise.orientation
    return Suivie(
        mise_a_disposition=une.mise.id,
        bailleur=une.mise.bailleur,
        commune=attribution["commune"],
        typologie=attribution["typologie"],
        titulaire=une.titulaire["titulaire"],
        designe=une.designe,
        rang_d_orientation=orientation["rang"],
        ecart_max=orientation["ecart_max"],
        borne=orientation["borne"],
        designer_avant=une.titulaire["designer_avant"],
        refusante=refusante,
        retenue=retenue,
        grand_livre=livre,
        jour=une.jour,
    )


async def _demande(guichet: httpx.AsyncClient, candidat: dict[str, Any]) -> Demande:
    lue = await lire(guichet, f"/demande/v1/demandes/{candidat['demande']}")
    return Demande(
        demande=candidat["demande"],
        numero=lue["numero"],
        deposee_le=candidat["deposee_le"],
        lieu=candidat["lieu"],
        rang=candidat["rang"],
        taux_effort_pct=candidat["taux_effort_pct"],
        note=await _note(guichet, candidat["demande"], candidat["lieu"]),
    )


async def _note(guichet: httpx.AsyncClient, demande: str, lieu: str) -> Note:
    lue = await lire(guichet, f"/cotation/v1/cotations/{demande}/explication", lieu=lieu)
    dite = lue["explication"]
    comptees = [(une["libelle"], une["apport"]) for une in dite["comptees"]]
    return Note(lue["note"]["total"], dite["titre"], dite["calcul"], comptees)


async def _changement(guichet: httpx.AsyncClient, demande: Demande, curseur: str) -> Changement | None:
    """The last change of a score. curseur: what it must take into account. Raises TimeoutError when it never does."""
    chemin = f"/cotation/v1/cotations/{demande.demande}/changements"

    async def a_jour() -> dict[str, Any] | None:
        lus = await guichet.get(chemin, params={"lieu": demande.lieu}, headers={"Logis-Curseur": curseur})
        return acceptee(lus).json() if lus.headers["Logis-A-Jour"] == "oui" else None

    lu = (await attendre(a_jour, f"la note de la demande {demande.demande}, à jour"))["changement"]
    return lu and Changement(lu["avant"]["total"], lu["apres"]["total"], lu["recit"])


async def _compte(une: Attribution) -> dict[str, Any]:
    """The holder's account for this dwelling's perimeter, read with the token of whoever names."""
    orientation = une.mise.orientation
    parametres = {"exercice": orientation["exercice"], "titulaire": une.titulaire["titulaire"]}
    async for compte in lister(une.designataire, "/flux/v1/comptes", **parametres):
        if (compte["bailleur"], compte["strate"]) == (une.mise.bailleur, orientation["perimetre"]):
            return compte
    raise LookupError(f"Aucun compte ne tient le droit de la mise à disposition {une.mise.id}.")


async def _imputation(une: Attribution, avant: dict[str, Any]) -> GrandLivre:
    """The account once the lease has been charged. Raises TimeoutError."""

    async def impute() -> dict[str, Any] | None:
        compte = await _compte(une)
        return compte if compte["imputes"] > avant["imputes"] else None

    apres = await attendre(impute, f"le bail de la mise à disposition {une.mise.id} au grand livre")
    ecritures = [
        (ecriture["nature"], ecriture["le"])
        async for ecriture in lister(une.designataire, f"/flux/v1/comptes/{apres['compte']}/ecritures")
        if ecriture["transfert"] == une.mise.id
    ]
    return GrandLivre(avant["engages"], avant["imputes"], apres["engages"], apres["imputes"], ecritures)
