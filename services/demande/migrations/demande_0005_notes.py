"""Scores received: what each rests on, so that an older one that comes late is left; those out of scope are kept as such."""

from alembic import op

revision = "demande_0005"
down_revision = "demande_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table note_v1 add column situation integer not null default 0")
    op.execute("alter table note_v1 add column hors boolean not null default false")


def downgrade() -> None:
    op.execute("delete from note_v1 where hors")
    op.execute("alter table note_v1 drop column situation, drop column hors")
