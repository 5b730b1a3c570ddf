"""Search and attribution: the dwellings put at disposal, the offers, the scores received from the scoring service."""

from alembic import op

revision = "demande_0003"
down_revision = "demande_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        create table mise_a_disposition_v1 (
          mise_a_disposition uuid primary key,
          version            integer not null,
          phase              text not null,
          bailleur           text not null,
          reservataire       text not null,
          organisations      text[] not null,
          commune            text not null,
          quartier           text,
          typologie          text not null,
          financement        text not null,
          loyer_centimes     integer not null,
          disponible_le      date not null,
          designer_avant     date not null
        )""")
    op.execute("""
        create index mise_a_disposition_v1_ouvertes on mise_a_disposition_v1 (designer_avant, mise_a_disposition)
        where phase not in ('LOUEE', 'RENDUE')""")
    op.execute("""
        create table proposition_v1 (
          proposition        uuid primary key,
          demande            uuid not null,
          mise_a_disposition uuid not null,
          statut             text not null,
          rang               integer not null,
          le                 date not null,
          repondre_avant     date not null
        )""")
    op.execute("create index proposition_v1_demande on proposition_v1 (demande)")
    # Silence is a refusal: what the clock looks for every day.
    op.execute("create index proposition_v1_echeance on proposition_v1 (repondre_avant) where statut = 'EN_COURS'")
    op.execute("""
        create table note_v1 (
          demande    uuid not null,
          lieu       text not null,
          total      numeric not null,
          provisoire boolean not null,
          au         date not null,
          primary key (demande, lieu)
        )""")
    op.execute("create index note_v1_classement on note_v1 (lieu, total desc)")


def downgrade() -> None:
    op.execute("drop table mise_a_disposition_v1, proposition_v1, note_v1")
