"""Consumption and publication: the marks of consumers, what they parked, and the relay's own mark."""

from alembic import op

revision = "chassis_0003"
down_revision = "chassis_0002"
branch_labels = None
depends_on = None

MARKS = """
create table consumer_mark (
  consumer    text not null,
  source      text not null,
  "partition" smallint not null,
  epoch       integer not null,
  xid         bigint not null,
  position    bigint not null,
  "offset"    bigint not null,
  events      bigint not null,
  checksum    bigint not null,
  updated_at  timestamptz not null default clock_timestamp(),
  primary key (consumer, source, "partition")
) with (fillfactor = 50)
"""

MEMBERS = """
create table consumer_member (
  consumer text not null,
  source   text not null,
  member   uuid not null,
  seen_at  timestamptz not null,
  primary key (consumer, source, member)
)
"""

# The event itself is kept: thin, so without personal data. `number` gives the order inside a key.
PARKED = """
create table parked_event (
  number    bigint generated always as identity primary key,
  consumer  text not null,
  source    text not null,
  subject   text not null,
  "partition" smallint not null,
  cursor    text not null,
  event     bytea not null,
  error     text not null,
  parked_at timestamptz not null default clock_timestamp(),
  unique (consumer, source, cursor)
)
"""

RELAY = """
create table relay_mark (
  topic      text primary key,
  epoch      integer not null,
  xid        bigint not null,
  position   bigint not null,
  updated_at timestamptz not null default clock_timestamp()
)
"""


def upgrade() -> None:
    for statement in (MARKS, MEMBERS, PARKED, RELAY):
        op.execute(statement)
    op.execute("create index parked_event_subject on parked_event (consumer, source, subject, number)")


def downgrade() -> None:
    op.execute("drop table consumer_mark, consumer_member, parked_event, relay_mark")
