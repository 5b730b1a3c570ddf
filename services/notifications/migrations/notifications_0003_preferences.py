"""Who asked to be told by e-mail and by post (R441-2-7)."""

from alembic import op

revision = "notifications_0003"
down_revision = "notifications_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("create table preference (demande text primary key)")


def downgrade() -> None:
    op.execute("drop table preference")
