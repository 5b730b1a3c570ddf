"""Imports: how far each file has been taken, so that an interrupted import goes on and a repeated one changes nothing."""

from alembic import op

revision = "demande_0002"
down_revision = "demande_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        create table import_fichier (
          empreinte    text primary key,
          ordre        integer not null,
          fini         boolean not null,
          bilan        jsonb not null,
          commence_a   timestamptz not null default clock_timestamp(),
          avance_a     timestamptz not null default clock_timestamp()
        )""")


def downgrade() -> None:
    op.execute("drop table import_fichier")
