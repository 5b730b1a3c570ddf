"""Imports: the lines refused are kept batch by batch, so that keeping a report costs the same however long the file."""

from alembic import op

revision = "demande_0004"
down_revision = "demande_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        create table import_lignes (
          empreinte text not null,
          ordre     integer not null,
          lignes    bytea not null,
          primary key (empreinte, ordre)
        )""")


def downgrade() -> None:
    op.execute("drop table import_lignes")
