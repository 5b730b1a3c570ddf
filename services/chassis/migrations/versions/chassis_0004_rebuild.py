"""Rebuilding read models beside those that people read: where the new tables grow, where the old ones wait to be dropped."""

from alembic import op

revision = "chassis_0004"
down_revision = "chassis_0003"
branch_labels = None
depends_on = None

# definition: what the tables beside were made from; another one, and the rebuild begins again.
PROGRESS = """
create table rebuild.progress (
  name        text primary key,
  definition  text not null,
  last_stream text not null,
  epoch       integer not null,
  xid         bigint not null,
  position    bigint not null,
  begun_at    timestamptz not null default clock_timestamp()
)
"""


def upgrade() -> None:
    op.execute("create schema rebuild")
    op.execute("create schema superseded")
    op.execute(PROGRESS)


def downgrade() -> None:
    op.execute("drop schema rebuild, superseded cascade")
