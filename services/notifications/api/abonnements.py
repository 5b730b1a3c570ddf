"""`/v1/abonnements`: webhooks, opened, tested, turned, closed by the organisation that receives them."""

from datetime import datetime
from functools import partial
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Response
from pydantic import AwareDatetime, BaseModel, Field

from contracts.evenements import TYPES
from contracts.problems import Fault
from services.chassis.access.gate import Acces, Access
from services.chassis.access.permissions import Extent
from services.chassis.events.unit_of_work import EventStore
from services.chassis.fabric import Fabric
from services.chassis.http.commands import Answer, Command, Creation, run_command
from services.chassis.http.documentation import problems
from services.chassis.http.lists import Page, Pagination
from services.chassis.http.refusals import DonneesInvalides
from services.chassis.http.schemas import Corps
from services.chassis.http.versions import IfMatch, etag
from services.notifications.adapters import abonnements
from services.notifications.adapters.abonnements import AbonnementLu, sujet
from services.notifications.adapters.appel import Interdite, resoudre
from services.notifications.domain.abonnement import TOUS, EtatAbonnement
from services.notifications.domain.erreurs import AbonnementInactif, AbonnementInconnu, AdresseInterdite
from services.notifications.use_cases.abonnements import (
    Ouverture,
    Secrete,
    changer_etat,
    essayer_abonnement,
    ouvrir_abonnement,
    relancer_depuis,
    renouveler_secret,
)


class Demande(Corps):
    """What is asked: an https address, the event types wanted (`*` for all), a word for oneself."""

    url: Annotated[str, Field(min_length=1, max_length=1_000, examples=["https://si.bailleur.example/logis"])]
    types: Annotated[list[str], Field(min_length=1, max_length=100, examples=[["logement.mis-a-disposition.v1"]])]
    description: Annotated[str, Field(max_length=200)] = ""


class Abonnement(BaseModel):
    """A subscription. cle_publique: verifies the `v1a` signatures (Ed25519); raison: why Logis suspended it."""

    abonnement: UUID
    organisation: str
    url: str
    types: list[str]
    description: str
    etat: str
    raison: str | None
    version: int
    cle_publique: str
    cree_a: datetime


class AbonnementOuvert(Abonnement):
    """A subscription and its secret, shown this once: it verifies the `v1` signatures (HMAC-SHA256)."""

    secret: str


class Relance(Corps):
    """From when on what was given up starts again."""

    depuis: AwareDatetime


class Relancees(BaseModel):
    """How many deliveries started again."""

    relancees: int


class Essai(BaseModel):
    """The delivery of a test event: follow it in the list of deliveries."""

    livraison: UUID


def router(fabric: Fabric, store: EventStore) -> APIRouter:
    """The routes on one service's database."""
    routes = APIRouter(prefix="/v1/abonnements", tags=["abonnements"])

    @routes.post("", status_code=201, response_model=AbonnementOuvert, summary="S'abonner à des événements",
                 responses=problems(DonneesInvalides, AdresseInterdite))  # fmt: skip
    async def ouvrir_un_abonnement(body: Demande, request: Creation, acces: Acces) -> Response:
        acces.check(owners=[acces.identity.organisation], communes=[])
        ouverture = Ouverture(
            acces.identity.organisation, await _adresse(fabric, body.url), _types(body.types), body.description
        )
        use_case = partial(ouvrir_abonnement, uuid4(), ouverture, fabric.keys)
        return await run_command(store, request, use_case, partial(_secrete, 201))

    @routes.get("", summary="Lister les abonnements, les derniers d'abord")
    async def lister_les_abonnements(acces: Acces, page: Pagination) -> Page[Abonnement]:
        reach = acces.reach()
        organisation = None if reach.autre is Extent.OUI else reach.organisation
        async with fabric.database.autocommit.connect() as connection:
            found = await abonnements.lister(connection, organisation, page.after(tuple[datetime, UUID]), page.fetch)
        return page.page(found, key=lambda lu: (lu.cree_a, lu.id), item=lambda lu: Abonnement(**_contenu(lu)))

    @routes.get("/{abonnement_id}", summary="Lire un abonnement", responses=problems(AbonnementInconnu))
    async def lire_un_abonnement(abonnement_id: UUID, response: Response, acces: Acces) -> Abonnement:
        lu = await trouve(fabric, abonnement_id, acces)
        response.headers["ETag"] = etag(lu.version)
        return Abonnement(**_contenu(lu))

    @routes.post("/{abonnement_id}/secret", response_model=AbonnementOuvert, summary="Renouveler le secret",
                 responses=problems(AbonnementInconnu))  # fmt: skip
    async def renouveler_un_secret(abonnement_id: UUID, version: IfMatch, request: Creation, acces: Acces) -> Response:
        await trouve(fabric, abonnement_id, acces)
        use_case = partial(renouveler_secret, abonnement_id, version, fabric.keys)
        return await run_command(store, request, use_case, partial(_secrete, 200))

    @routes.post("/{abonnement_id}/fermeture", status_code=204, summary="Ne plus être appelé",
                 responses=problems(AbonnementInconnu))  # fmt: skip
    async def fermer_un_abonnement(abonnement_id: UUID, version: IfMatch, request: Command, acces: Acces) -> Response:
        await trouve(fabric, abonnement_id, acces)
        use_case = partial(changer_etat, abonnement_id, version, EtatAbonnement.FERME)
        return await run_command(store, request, use_case, _change)

    @routes.post("/{abonnement_id}/reactivation", status_code=204, summary="Être appelé de nouveau",
                 responses=problems(AbonnementInconnu))  # fmt: skip
    async def reactiver_un_abonnement(
        abonnement_id: UUID, version: IfMatch, request: Command, acces: Acces
    ) -> Response:
        await trouve(fabric, abonnement_id, acces)
        use_case = partial(changer_etat, abonnement_id, version, EtatAbonnement.ACTIF)
        return await run_command(store, request, use_case, _change)

    @routes.post("/{abonnement_id}/essai", status_code=202, response_model=Essai, summary="Recevoir un événement d'essai",
                 responses=problems(AbonnementInconnu, AbonnementInactif))  # fmt: skip
    async def essayer_un_abonnement(abonnement_id: UUID, request: Creation, acces: Acces) -> Response:
        await trouve(fabric, abonnement_id, acces)
        use_case = partial(essayer_abonnement, abonnement_id, str(uuid4()), fabric.region.code)
        return await run_command(store, request, use_case, lambda made: Answer.public(202, Essai(livraison=made)))

    @routes.post("/{abonnement_id}/relance", response_model=Relancees, summary="Relancer ce qui a échoué",
                 responses=problems(AbonnementInconnu, AbonnementInactif))  # fmt: skip
    async def relancer_un_abonnement(abonnement_id: UUID, body: Relance, request: Creation, acces: Acces) -> Response:
        await trouve(fabric, abonnement_id, acces)
        use_case = partial(relancer_depuis, abonnement_id, body.depuis)
        return await run_command(store, request, use_case, lambda n: Answer.public(200, Relancees(relancees=n)))

    return routes


async def trouve(fabric: Fabric, abonnement_id: UUID, acces: Access) -> AbonnementLu:
    """A subscription that the caller may reach. Raises AbonnementInconnu, AccesRefuse."""
    async with fabric.database.autocommit.connect() as connection:
        scelle = await abonnements.lire(connection, abonnement_id)
    if scelle is None:
        raise AbonnementInconnu(
            "Aucun abonnement ne porte cet identifiant : reprenez-le dans la liste des abonnements."
        )
    acces.check(owners=[scelle.lu.organisation], communes=[])
    return scelle.lu


async def _adresse(fabric: Fabric, url: str) -> str:
    try:
        await resoudre(url, bouclage=fabric.settings.webhook_loopback)
    except (Interdite, OSError, UnicodeError, TimeoutError) as refused:
        said = str(refused) if isinstance(refused, Interdite) else "Cette machine est introuvable : vérifiez son nom."
        raise AdresseInterdite(
            "L'abonnement n'est pas ouvert : l'adresse ne peut pas être appelée.",
            errors=(Fault("/url", "adresse-interdite", said),),
        ) from refused
    return url


def _types(types: list[str]) -> tuple[str, ...]:
    faults = tuple(
        Fault(
            f"/types/{rang}", "type-inconnu", "Ce type d'événement n'existe pas : choisissez-le dans la documentation."
        )
        for rang, type_ in enumerate(types)
        if type_ != TOUS and type_ not in TYPES
    )
    if faults:
        raise DonneesInvalides("L'abonnement n'est pas ouvert : corrigez les types indiqués.", errors=faults)
    return tuple(dict.fromkeys(types))


def _contenu(lu: AbonnementLu) -> dict[str, Any]:
    return {
        "abonnement": lu.id,
        "organisation": lu.organisation,
        "url": lu.url,
        "types": lu.types,
        "description": lu.description,
        "etat": lu.etat,
        "raison": lu.raison,
        "version": lu.version,
        "cle_publique": lu.cle_publique,
        "cree_a": lu.cree_a,
    }


def _secrete(status: int, secrete: Secrete) -> Answer:
    """The stored answer holds a secret: it is sealed with the key that seals the secret itself."""
    content = AbonnementOuvert(**_contenu(secrete.lu), secret=secrete.secret)
    lien = f"/v1/abonnements/{secrete.lu.id}"
    return Answer.personal(sujet(secrete.lu.id), status, content, ETag=etag(secrete.lu.version), Location=lien)


def _change(version: int) -> Answer:
    return Answer.public(204, ETag=etag(version))
