"""Webhooks: who asked to be called, where, for what; and each delivery until it is made or given up."""

from alembic import op

revision = "notifications_0002"
down_revision = "notifications_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # trousseau: the signing secrets, sealed under the subscription's own key of the vault.
    op.execute("""
        create table abonnement (
          id           uuid primary key,
          organisation text not null,
          url          text not null,
          types        text[] not null,
          description  text not null,
          etat         text not null check (etat in ('actif', 'suspendu', 'ferme')),
          raison       text,
          version      integer not null,
          trousseau    bytea not null,
          cle_publique text not null,
          cree_par     text not null,
          cree_a       timestamptz not null
        )""")
    op.execute("create index abonnement_organisation on abonnement (organisation, cree_a desc, id desc)")
    op.execute("""
        create table livraison (
          id             uuid primary key,
          rang           bigint generated always as identity,
          abonnement     uuid not null references abonnement,
          source         text not null,
          evenement      text not null,
          type           text not null,
          sujet          text not null,
          corps          bytea not null,
          etat           text not null check (etat in ('a_livrer', 'livree', 'echouee')),
          essais         smallint not null default 0,
          prochain_essai timestamptz not null,
          reservation    uuid,
          statut         smallint,
          panne          text,
          cree_a         timestamptz not null,
          livree_a       timestamptz,
          unique (abonnement, source, evenement)
        )""")
    # What is due, and what comes before it on its subject.
    op.execute("create index livraison_due on livraison (abonnement, prochain_essai, rang) where etat = 'a_livrer'")
    op.execute("create index livraison_ordre on livraison (abonnement, sujet, rang) where etat = 'a_livrer'")
    op.execute("create index livraison_liste on livraison (abonnement, rang desc)")


def downgrade() -> None:
    op.execute("drop table livraison, abonnement")
