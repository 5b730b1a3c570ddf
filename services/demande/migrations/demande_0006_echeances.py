"""What falls due: the demandes whose validity is past are looked for by its end too."""

from alembic import op

revision = "demande_0006"
down_revision = "demande_0005"
branch_labels = None
depends_on = None

_INDEX = "create index demande_v1_validite on demande_v1 (valable_jusqu_au) where statut in ({})"


def upgrade() -> None:
    op.execute("drop index demande_v1_validite")
    op.execute(_INDEX.format("'ACTIVE', 'PREAVIS', 'ECHUE'"))


def downgrade() -> None:
    op.execute("drop index demande_v1_validite")
    op.execute(_INDEX.format("'ACTIVE', 'PREAVIS'"))
