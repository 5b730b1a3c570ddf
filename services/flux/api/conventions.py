"""`/v1/conventions`: prepared, signed, amended, ended, read, listed."""

from datetime import date
from fractions import Fraction
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field
from sqlalchemy import or_, select

from contracts.problems import Fault
from services.chassis.access.gate import Acces
from services.chassis.directory import Nature, Region
from services.chassis.events.unit_of_work import EventStore
from services.chassis.fabric import Fabric
from services.chassis.http.commands import Answer, Command, Creation, run_command
from services.chassis.http.documentation import problems
from services.chassis.http.lists import Page, Pagination
from services.chassis.http.own_writes import caught_up
from services.chassis.http.refusals import CurseurInvalide, DonneesInvalides
from services.chassis.http.schemas import Corps
from services.chassis.http.versions import IfMatch, etag
from services.chassis.problems import StaleVersion
from services.flux.api.bornes import Identifiant, Jour
from services.flux.domain.convention import Contrepartie, Gestion, PartConvenue, Statut, Termes
from services.flux.domain.erreurs import ConventionInconnue, ConventionRefusee, PlafondDepasse
from services.flux.domain.identifiants import id_convention
from services.flux.domain.imputation import Contingent, Unite
from services.flux.domain.signature import fautes_des_termes
from services.flux.projections.convention_v1 import CONVENTION_V1, lire_termes
from services.flux.use_cases.conventionner import (
    avenanter_convention,
    preparer_convention,
    resilier_convention,
    signer_convention,
)
from services.flux.use_cases.orienter import TYPE_PART_PROPRE

_TABLE = CONVENTION_V1.table
Pourcentage = Annotated[str, Field(pattern=r"^\d{1,3}(\.\d{1,4})?$", examples=["25", "12.5"])]
Insee = Annotated[str, Field(pattern=r"^[0-9AB]{5}$", examples=["67482"])]


class Part(Corps):
    """A share of the flow on a perimeter, in per cent. qpv: in priority districts alone, outside alone, or both (null)."""

    communes: Annotated[list[Insee], Field(min_length=1, max_length=2_000)]
    pourcentage: Pourcentage
    depuis: Jour
    jusqu_au: Jour
    contrepartie: Contrepartie
    qpv: bool | None = None
    mode_conversion: Annotated[int, Field(ge=1, le=4)] = 4
    justification: Annotated[str, Field(max_length=500)] = ""

    def convenue(self) -> PartConvenue:
        """The share of the domain."""
        return PartConvenue(
            tuple(sorted(set(self.communes))), str(Fraction(self.pourcentage) / 100), self.depuis, self.jusqu_au,
            self.contrepartie, self.qpv, self.mode_conversion, self.justification,
        )  # fmt: skip


class TermesDeConvention(Corps):
    """The terms (flux.md §6.2). The landlord is the caller. designation_mois: the region's when it is not said (L31);
    taux_rotation: per cent of the park relet in a year (A11 2°)."""

    numero: Annotated[str, Field(min_length=1, max_length=100)]
    reservataire: Identifiant
    departement: Annotated[str, Field(pattern=r"^[0-9AB]{2,3}$")]
    effet: Jour
    fin: Jour
    gestion: Gestion = Gestion.DIRECTE
    delegataire: Identifiant | None = None
    designation_mois: Annotated[int | None, Field(ge=0, le=6)] = None
    politique_imputation: Unite = Unite.BAIL_SIGNE
    rendu_compte: bool = False
    refus_compte: bool = False
    neuf_compte: bool = False
    dalo_autre_contingent: Contingent = Contingent.RESERVATAIRE
    stipulation_hors_qpv: bool = False
    stipulations: Annotated[str, Field(max_length=4_000)] = ""
    taux_rotation: Pourcentage | None = None
    parts: Annotated[list[Part], Field(min_length=1, max_length=200)]

    def termes(self, bailleur: str, region: Region, le: date) -> Termes:
        """The terms of the domain, or every fault at once. Raises DonneesInvalides."""
        titulaire = region.reservataires.get(self.reservataire)
        found = self._fautes_des_parties(bailleur, region)
        if found or titulaire is None:
            raise DonneesInvalides("La convention n'est pas enregistrée : corrigez les points indiqués.", errors=found)
        delegue = self.delegataire or (bailleur if self.gestion is Gestion.DELEGUEE else None)
        mois = region.parametre("designation_mois", le) if self.designation_mois is None else self.designation_mois
        termes = Termes(
            numero=self.numero,
            bailleur=bailleur,
            reservataire=titulaire.id,
            type_reservataire=titulaire.type,
            organisation=titulaire.organisation,
            departement=self.departement,
            effet=self.effet,
            fin=self.fin,
            gestion=self.gestion,
            delegataire=delegue,
            designation_mois=mois,
            unite=self.politique_imputation,
            rendu_compte=self.rendu_compte,
            refus_compte=self.refus_compte,
            neuf_compte=self.neuf_compte,
            dalo_autre_contingent=self.dalo_autre_contingent,
            stipulation_hors_qpv=self.stipulation_hors_qpv,
            stipulations=self.stipulations,
            taux_rotation=None if self.taux_rotation is None else str(Fraction(self.taux_rotation) / 100),
            parts=tuple(part.convenue() for part in self.parts),
        )
        faults = fautes_des_termes(termes, titulaire.emprise.couvre)
        if faults:
            raise DonneesInvalides(
                "La convention n'est pas enregistrée : corrigez les points indiqués.", errors=tuple(faults)
            )
        return termes

    def _fautes_des_parties(self, bailleur: str, region: Region) -> tuple[Fault, ...]:
        faults = []
        une = region.organisation(bailleur)
        if une is None or une.nature is not Nature.BAILLEUR:
            faults.append(Fault("", "bailleur-inconnu", "Seul un bailleur prépare une convention : prenez son jeton."))
        titulaire = region.reservataires.get(self.reservataire)
        if titulaire is None or titulaire.type == TYPE_PART_PROPRE:
            message = (
                "Ce réservataire n'est pas de ceux de la région : l'État, une collectivité, un employeur… (R441-5)."
            )
            faults.append(Fault("/reservataire", "reservataire-inconnu", message))
        if self.delegataire is not None and region.organisation(self.delegataire) is None:
            faults.append(Fault("/delegataire", "organisation-inconnue", "Cette organisation n'est pas de la région."))
        for rang, part in enumerate(self.parts):
            if Fraction(part.pourcentage) > 100:
                faults.append(Fault(f"/parts/{rang}/pourcentage", "hors-bornes", "Une part est de 0 à 100 %."))
        return tuple(faults)


class Signature(Corps):
    """The day of signature; today when it is not said."""

    le: Jour | None = None


class Avenant(Corps):
    """New terms from a day on; shares that stood before stay among them, with their dates."""

    le: Jour | None = None
    termes: TermesDeConvention


class Resiliation(Corps):
    """The end of a convention. motif: the ground, in a few words, without naming anybody."""

    le: Jour | None = None
    motif: Annotated[str, Field(min_length=1, max_length=500)]


class ConventionPrete(BaseModel):
    """The identifier of a convention, which follows from its landlord and its number."""

    convention: UUID


class ConventionSignee(BaseModel):
    """a_verifier: what the rules could not judge yet: ETAT_HORS_QPV_LT_30, ETAT_NON_SIGNE."""

    convention: UUID
    statut: Statut
    a_verifier: list[str]


class ConventionLue(BaseModel):
    """A convention as it stands."""

    convention: UUID
    version: int
    bailleur: str
    reservataire: str
    departement: str
    statut: Statut
    signee_le: date | None
    resiliee_le: date | None
    a_verifier: list[str]
    termes: dict[str, Any]


def router(fabric: Fabric, store: EventStore) -> APIRouter:
    """The routes on one service's store."""
    routes = APIRouter(prefix="/v1/conventions", tags=["conventions"])
    Fresh = Annotated[bool, Depends(caught_up("convention"))]  # noqa: N806 (a type)
    _commandes(routes, fabric, store)

    @routes.get("", summary="Lister les conventions", responses=problems(CurseurInvalide))
    async def lister_les_conventions(
        pagination: Pagination, acces: Acces, _: Fresh,
        bailleur: Identifiant | None = None,
    ) -> Page[ConventionLue]:  # fmt: skip
        reach = acces.reach()
        query = select(_TABLE).where(
            or_(
                reach.where(_TABLE.c.bailleur, _TABLE.c.departement),
                reach.where(_TABLE.c.organisation, _TABLE.c.departement),
            )
        )
        if bailleur:
            query = query.where(_TABLE.c.bailleur == bailleur)
        after = pagination.after(tuple[UUID])
        if after:
            query = query.where(_TABLE.c.convention > after[0])
        async with fabric.database.autocommit.connect() as connection:
            rows = (await connection.execute(query.order_by(_TABLE.c.convention).limit(pagination.fetch))).all()
        return pagination.page(rows, key=lambda row: (str(row.convention),), item=_lue)

    @routes.get("/{convention}", summary="Lire une convention", responses=problems(ConventionInconnue))
    async def lire_une_convention(convention: UUID, response: Response, acces: Acces, _: Fresh) -> ConventionLue:
        row = await _trouver(fabric, convention)
        acces.check(owners=[row.bailleur, row.organisation], communes=_communes(row))
        response.headers["ETag"] = etag(row.version)
        return _lue(row)

    return routes


def _commandes(routes: APIRouter, fabric: Fabric, store: EventStore) -> None:
    @routes.post("", status_code=201, response_model=ConventionPrete, summary="Préparer une convention",
                 responses=problems(ConventionRefusee, DonneesInvalides))  # fmt: skip
    async def preparer_une_convention(body: TermesDeConvention, request: Creation, acces: Acces) -> Response:
        bailleur = acces.identity.organisation
        acces.check(owners=[bailleur], communes=[])
        termes = body.termes(bailleur, fabric.region, fabric.today())
        convention = id_convention(bailleur, body.numero)
        use_case = partial(preparer_convention, convention, termes)
        return await run_command(store, request, use_case, lambda version: Answer.public(
            201, ConventionPrete(convention=convention), ETag=etag(version), Location=f"/v1/conventions/{convention}"
        ))  # fmt: skip

    @routes.post("/{convention}/signature", response_model=ConventionSignee, summary="Signer une convention",
                 responses=problems(ConventionInconnue, ConventionRefusee, PlafondDepasse, StaleVersion))  # fmt: skip
    async def signer_une_convention(
        convention: UUID, body: Signature, version: IfMatch, request: Command, acces: Acces
    ) -> Response:
        await _du_bailleur(fabric, convention, acces)
        use_case = partial(signer_convention, convention, version, body.le or fabric.today(), fabric.region)
        return await run_command(store, request, use_case, lambda done: Answer.public(
            200, ConventionSignee(convention=convention, statut=Statut.SIGNEE, a_verifier=list(done[1])), ETag=etag(done[0])
        ))  # fmt: skip

    @routes.post("/{convention}/avenants", status_code=204, summary="Modifier une convention signée",
                 responses=problems(ConventionInconnue, ConventionRefusee, PlafondDepasse, StaleVersion))  # fmt: skip
    async def avenanter_une_convention(
        convention: UUID, body: Avenant, version: IfMatch, request: Command, acces: Acces
    ) -> Response:
        await _du_bailleur(fabric, convention, acces)
        le = body.le or fabric.today()
        termes = body.termes.termes(acces.identity.organisation, fabric.region, le)
        use_case = partial(avenanter_convention, convention, version, termes, le, fabric.region)
        return await run_command(store, request, use_case, lambda reached: Answer.public(204, ETag=etag(reached)))

    @routes.post("/{convention}/resiliation", status_code=204, summary="Résilier une convention",
                 responses=problems(ConventionInconnue, ConventionRefusee, StaleVersion))  # fmt: skip
    async def resilier_une_convention(
        convention: UUID, body: Resiliation, version: IfMatch, request: Command, acces: Acces
    ) -> Response:
        await _du_bailleur(fabric, convention, acces)
        use_case = partial(resilier_convention, convention, version, body.le or fabric.today(), body.motif)
        return await run_command(store, request, use_case, lambda reached: Answer.public(204, ETag=etag(reached)))


async def _du_bailleur(fabric: Fabric, convention: UUID, acces: Acces) -> None:
    row = await _trouver(fabric, convention)
    acces.check(owners=[row.bailleur], communes=_communes(row))


async def _trouver(fabric: Fabric, convention: UUID) -> Any:
    async with fabric.database.autocommit.connect() as connection:
        row = (await connection.execute(select(_TABLE).where(_TABLE.c.convention == convention))).one_or_none()
    if row is None:
        raise ConventionInconnue(
            "Aucune convention ne porte cet identifiant. Vérifiez-le dans la liste des conventions."
        )
    return row


def _communes(row: Any) -> list[str]:
    return sorted({commune for part in lire_termes(row.termes).parts for commune in part.communes})


def _lue(row: Any) -> ConventionLue:
    termes = lire_termes(row.termes)
    return ConventionLue(
        convention=row.convention,
        version=row.version,
        bailleur=row.bailleur,
        reservataire=row.reservataire,
        departement=row.departement,
        statut=Statut(row.statut),
        signee_le=row.signee_le,
        resiliee_le=row.resiliee_le,
        a_verifier=row.a_verifier.split(),
        termes=_ecrits(termes),
    )


def _ecrits(termes: Termes) -> dict[str, Any]:
    """The terms in the words of the request."""
    return {
        "numero": termes.numero,
        "effet": termes.effet,
        "fin": termes.fin,
        "gestion": termes.gestion,
        "delegataire": termes.delegataire,
        "designation_mois": termes.designation_mois,
        "politique_imputation": termes.unite,
        "rendu_compte": termes.rendu_compte,
        "refus_compte": termes.refus_compte,
        "neuf_compte": termes.neuf_compte,
        "dalo_autre_contingent": termes.dalo_autre_contingent,
        "stipulation_hors_qpv": termes.stipulation_hors_qpv,
        "stipulations": termes.stipulations,
        "taux_rotation": termes.taux_rotation,
        "parts": [
            {
                "communes": part.communes,
                "part": part.part,
                "depuis": part.du,
                "jusqu_au": part.au,
                "contrepartie": part.contrepartie,
                "qpv": part.qpv,
                "mode_conversion": part.mode_conversion,
                "justification": part.justification,
            }
            for part in termes.parts
        ],
    }
