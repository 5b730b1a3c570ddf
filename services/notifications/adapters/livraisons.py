"""The table of deliveries: queued once, in the consumer's transaction; made in order on each subject."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifications.adapters.abonnements import AbonnementLu, Scelle
from services.notifications.domain.abonnement import PATIENCE, EtatLivraison, Reponse

_QUEUE = text("""
    insert into livraison (id, abonnement, source, evenement, type, sujet, corps, etat, prochain_essai, cree_a)
    select u.id, u.abonnement, u.source, u.evenement, u.type, u.sujet, u.corps, 'a_livrer', :cree_a, :cree_a
    from unnest(cast(:id as uuid[]), cast(:abonnement as uuid[]), cast(:source as text[]), cast(:evenement as text[]),
                cast(:type as text[]), cast(:sujet as text[]), cast(:corps as bytea[])) with ordinality
      u(id, abonnement, source, evenement, type, sujet, corps, ordre)
    order by u.ordre
    on conflict do nothing""")
# The first delivery of each subject only: those after it wait until it is made, given up, or has failed `patience` times.
_RESERVE = text("""
    with due as (
      select l.id from abonnement a cross join lateral (
        select l.id, l.prochain_essai from livraison l
        where l.abonnement = a.id and l.etat = 'a_livrer' and l.prochain_essai <= :maintenant
          and not exists (
            select from livraison p
            where p.abonnement = l.abonnement and p.sujet = l.sujet and p.etat = 'a_livrer' and p.rang < l.rang
              and p.essais < :patience)
        order by l.prochain_essai, l.rang limit :par_abonnement for update skip locked) l
      where a.etat = 'actif' and a.id <> all(cast(:occupes as uuid[]))
      order by l.prochain_essai limit :nombre)
    update livraison l set prochain_essai = :jusque, reservation = :reservation, essais = l.essais + 1
    from due join livraison d using (id) join abonnement a on a.id = d.abonnement
    where l.id = due.id
    returning l.id, l.abonnement, l.corps, l.essais, l.cree_a, a.organisation, a.url, a.types, a.description, a.etat,
              a.raison, a.version, a.cle_publique, a.cree_par, a.cree_a as abonne_a, a.trousseau""")
_CONCLUDE = text("""
    update livraison set etat = :etat, statut = :statut, panne = :panne, prochain_essai = :prochain_essai,
      livree_a = :livree_a, reservation = null
    where id = :id and reservation = :reservation and etat = 'a_livrer' returning id""")
_SUCCEEDED = text("""
    select exists (select from livraison where abonnement = :abonnement and etat = 'livree' and livree_a > :depuis)""")
_LIST = text("""
    select id, rang, abonnement, type, sujet, source, evenement, etat, essais, prochain_essai, statut, panne, cree_a, livree_a
    from livraison
    where abonnement = :abonnement and (cast(:etat as text) is null or etat = :etat)
      and (cast(:rang as bigint) is null or rang < :rang)
    order by rang desc limit :limite""")
_READ = text("""
    select id, rang, abonnement, type, sujet, source, evenement, etat, essais, prochain_essai, statut, panne, cree_a, livree_a
    from livraison where id = :id""")
_RESTART = text("""
    update livraison set etat = 'a_livrer', essais = 0, prochain_essai = :maintenant
    where id = :id and etat = 'echouee'""")
_RESTART_ALL = text("""
    update livraison set etat = 'a_livrer', essais = 0, prochain_essai = :maintenant
    where abonnement = :abonnement and etat = 'echouee' and cree_a >= :depuis""")


@dataclass(frozen=True, slots=True)
class ALivrer:
    """A delivery to queue. evenement: identifier of the event in its source; corps: what will be posted, byte for byte."""

    id: UUID
    abonnement: UUID
    source: str
    evenement: str
    type: str
    sujet: str
    corps: bytes


@dataclass(frozen=True, slots=True)
class Reservee:
    """A delivery reserved by one sender. essais: tries, this one included."""

    id: UUID
    corps: bytes
    essais: int
    cree_a: datetime
    abonnement: Scelle


@dataclass(frozen=True, slots=True)
class LivraisonLue:
    """A delivery, its body excepted. rang: the order of the events."""

    id: UUID
    rang: int
    abonnement: UUID
    type: str
    sujet: str
    source: str
    evenement: str
    etat: str
    essais: int
    prochain_essai: datetime
    statut: int | None
    panne: str | None
    cree_a: datetime
    livree_a: datetime | None


async def mettre_en_file(connection: AsyncConnection, livraisons: Sequence[ALivrer], cree_a: datetime) -> None:
    """Queue deliveries in their order, each once whatever the number of times its event is read."""
    if livraisons:
        columns = {
            name: [getattr(livraison, name) for livraison in livraisons]
            for name in ("id", "abonnement", "source", "evenement", "type", "sujet", "corps")
        }
        await connection.execute(_QUEUE, {**columns, "cree_a": cree_a})


async def reserver(
    connection: AsyncConnection,
    reservation: UUID,
    *,
    nombre: int,
    par_abonnement: int,
    occupes: Collection[UUID],
    maintenant: datetime,
    bail: timedelta,
) -> list[Reservee]:
    """At most `nombre` deliveries due, `par_abonnement` of each subscription; none of the subscriptions in `occupes`."""
    rows = await connection.execute(
        _RESERVE,
        {
            "reservation": reservation,
            "nombre": nombre,
            "par_abonnement": par_abonnement,
            "occupes": list(occupes),
            "maintenant": maintenant,
            "jusque": maintenant + bail,
            "patience": PATIENCE,
        },
    )
    return [
        Reservee(
            row.id, row.corps, row.essais, row.cree_a,
            Scelle(
                AbonnementLu(row.abonnement, row.organisation, row.url, row.types, row.description, row.etat, row.raison,
                             row.version, row.cle_publique, row.cree_par, row.abonne_a),
                row.trousseau,
            ),
        )
        for row in rows
    ]  # fmt: skip


async def conclure(
    connection: AsyncConnection,
    livraison: UUID,
    reservation: UUID,
    etat: EtatLivraison,
    reponse: Reponse,
    maintenant: datetime,
    prochain_essai: datetime,
) -> bool:
    """Write what a try gave; False when the reservation no longer holds: another sender has the delivery."""
    row = await connection.execute(
        _CONCLUDE,
        {
            "id": livraison,
            "reservation": reservation,
            "etat": etat.value,
            "statut": reponse.statut,
            "panne": reponse.panne.value if reponse.panne else None,
            "prochain_essai": prochain_essai,
            "livree_a": maintenant if etat is EtatLivraison.LIVREE else None,
        },
    )
    return row.one_or_none() is not None


async def a_reussi_depuis(connection: AsyncConnection, abonnement: UUID, depuis: datetime) -> bool:
    """Whether the receiver took anything since then."""
    row = await connection.execute(_SUCCEEDED, {"abonnement": abonnement, "depuis": depuis})
    return bool(row.scalar_one())


async def lister(
    connection: AsyncConnection, abonnement: UUID, etat: str | None, apres: int | None, limite: int
) -> list[LivraisonLue]:
    """The deliveries of a subscription, the latest first, those before the rank."""
    named = {"abonnement": abonnement, "etat": etat, "rang": apres, "limite": limite}
    return [LivraisonLue(*row) for row in await connection.execute(_LIST, named)]


async def lire(connection: AsyncConnection, livraison: UUID) -> LivraisonLue | None:
    """A delivery."""
    row = (await connection.execute(_READ, {"id": livraison})).one_or_none()
    return None if row is None else LivraisonLue(*row)


async def relancer(connection: AsyncConnection, livraison: UUID, maintenant: datetime) -> bool:
    """Start a delivery that was given up again, from its first try; False when it was not given up."""
    return (await connection.execute(_RESTART, {"id": livraison, "maintenant": maintenant})).rowcount == 1


async def relancer_tout(connection: AsyncConnection, abonnement: UUID, depuis: datetime, maintenant: datetime) -> int:
    """Start again all that was given up since an instant; how many."""
    named = {"abonnement": abonnement, "depuis": depuis, "maintenant": maintenant}
    return int((await connection.execute(_RESTART_ALL, named)).rowcount)
