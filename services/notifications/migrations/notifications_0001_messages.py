"""Messages and where they stand, and the dwellings that they describe."""

from alembic import op

revision = "notifications_0001"
down_revision = None
branch_labels = ("notifications",)
depends_on = "chassis_0001"


def upgrade() -> None:
    # Nothing personal: a recipient is an identifier; names and addresses are read when the message leaves, and not kept.
    op.execute("""
        create table message (
          id             uuid primary key,
          modele         text not null,
          version        smallint not null,
          nature         text not null check (nature in ('demande', 'organisation')),
          destinataire   text not null,
          objet          text not null,
          donnees        jsonb not null,
          avant          date,
          canal          text check (canal in ('courriel', 'lettre')),
          etat           text not null check (etat in ('a_envoyer', 'a_imprimer', 'envoye', 'echoue', 'annule')),
          essais         smallint not null default 0,
          prochain_essai timestamptz not null,
          reservation    uuid,
          source         text not null,
          evenement      text not null,
          correlation    text not null,
          traceparent    text not null,
          cree_a         timestamptz not null,
          envoye_a       timestamptz,
          empreinte      text,
          raison         text
        )""")
    op.execute("create index message_du on message (prochain_essai, id) where etat = 'a_envoyer'")
    op.execute("create index message_liste on message (cree_a desc, id desc)")
    op.execute("create index message_destinataire on message (destinataire)")
    # What `logement.mis-a-disposition` says, kept to describe the dwelling in the messages that follow.
    op.execute("""
        create table mise_a_disposition (
          id           text primary key,
          bailleur     text not null,
          reservataire text not null,
          fiche        jsonb not null
        )""")
    # Each printing of a letter: what was posted is one of them.
    op.execute("""
        create table tirage (
          message   uuid not null references message,
          empreinte text not null,
          tire_a    timestamptz not null,
          primary key (message, empreinte)
        )""")


def downgrade() -> None:
    op.execute("drop table tirage, mise_a_disposition, message")
