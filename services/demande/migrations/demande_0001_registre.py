"""The register's first read model, where each demande stands, and the numbers that it gives out."""

from alembic import op

revision = "demande_0001"
down_revision = None
branch_labels = ("demande",)
depends_on = "chassis_0001"


def upgrade() -> None:
    op.execute("""
        create table demande_v1 (
          demande           uuid primary key,
          version           integer not null,
          statut            text not null,
          situation         integer not null,
          deposee_le        date,
          territoire        text not null,
          guichet           text not null,
          valable_jusqu_au  date,
          attestee          boolean not null,
          lieux             text[] not null,
          typologies        text[] not null
        )""")
    op.execute(
        "create index demande_v1_validite on demande_v1 (valable_jusqu_au) where statut in ('ACTIVE', 'PREAVIS')"
    )
    # The numbers of a territory and a month, given out by this register (demande.md §2.1).
    op.execute("""
        create table numero_sequence (
          territoire text not null,
          mois       text not null,
          dernier    integer not null check (dernier between 1 and 999999),
          primary key (territoire, mois)
        )""")


def downgrade() -> None:
    op.execute("drop table demande_v1, numero_sequence")
