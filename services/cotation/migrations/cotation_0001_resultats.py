"""The scoring's read models: the situations as they were read, and the score in force of each demande and place."""

from alembic import op

revision = "cotation_0001"
down_revision = None
branch_labels = ("cotation",)
depends_on = "chassis_0001"


def upgrade() -> None:
    # Append-only, by version, from the first day: the time machine needs them. Sealed: they hold motives and incomes.
    op.execute("""
        create table situation_v1 (
          demande          uuid not null,
          version          integer not null,
          valable_jusqu_au date,
          lue_a            timestamptz not null,
          personnel        bytea not null,
          primary key (demande, version)
        )""")
    op.execute("""
        create table cotation_v1 (
          demande    uuid not null,
          lieu       text not null,
          grille     text not null,
          version    text not null,
          situation  integer not null,
          total      numeric not null,
          provisoire boolean not null,
          hors       text,
          au         date not null,
          primary key (demande, lieu)
        )""")
    op.execute("""
        create table grille_v1 (
          epci    text not null,
          effet   date not null,
          grille  text not null,
          version text not null,
          contenu text not null,
          primary key (epci, effet, version)
        )""")


def downgrade() -> None:
    op.execute("drop table situation_v1, cotation_v1, grille_v1")
