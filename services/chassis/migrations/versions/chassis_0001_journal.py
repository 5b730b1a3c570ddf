"""The journal: events, stream heads, epochs, and the one function that appends.

Shared by every service: the four databases carry the same Alembic branch, labelled `chassis`.
"""

from alembic import op

revision = "chassis_0001"
down_revision = None
branch_labels = ("chassis",)
depends_on = None

EPOCHS = """
create table journal_epoch (
  number            integer primary key check (number > 0),
  system_identifier bigint not null,
  timeline          text not null,
  since             timestamptz not null default clock_timestamp()
)
"""

HEADS = """
create table stream_head (
  stream  text primary key,
  version integer not null check (version > 0),
  epoch   integer not null,
  xid     xid8 not null,
  hash    bytea not null
)
"""

EVENTS = """
create table event (
  epoch       integer not null,
  xid         xid8 not null default pg_current_xact_id(),
  position    bigint generated always as identity,
  stream      text not null,
  version     integer not null,
  id          uuid not null,
  type        text not null,
  schema      smallint not null,
  recorded_at timestamptz not null,
  data        bytea not null,
  sealed      bytea not null,
  metadata    bytea not null,
  hash        bytea not null,
  primary key (epoch, xid, position)
)
"""

STREAMS = "create index event_stream on event (stream, version)"

# The cluster's physical history is named by its system identifier and its timeline. pg_walfile_name gives the timeline of
# now, where pg_control_checkpoint gives the one of the last checkpoint, which after a failover is still the old one.
ENSURE_EPOCH = """
create function journal_ensure_epoch() returns integer language plpgsql as $$
declare
  here  bigint := (select system_identifier from pg_control_system());
  line  text := substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8);
  last  journal_epoch;
begin
  select * into last from journal_epoch order by number desc limit 1;
  if last.number is not null and last.system_identifier = here and last.timeline = line then
    return last.number;
  end if;
  lock table journal_epoch in exclusive mode;
  select * into last from journal_epoch order by number desc limit 1;
  if last.number is null or last.system_identifier <> here or last.timeline <> line then
    insert into journal_epoch (number, system_identifier, timeline)
    values (coalesce(last.number, 0) + 1, here, line) returning * into last;
  end if;
  return last.number;
end $$;
"""

# Compare-and-set on every head, in the caller's order (sorted: two appends over the same streams cannot deadlock), then
# one insert for all events. LG001: the stream moved. 40001: our transaction is older than the stream's last event, so its
# events would be read before it.
APPEND = """
create function journal_append(
  streams text[], expected integer[], reached integer[], heads bytea[],
  of_stream text[], versions integer[], ids uuid[], types text[], schemas smallint[], recorded timestamptz[],
  datas bytea[], sealeds bytea[], metadatas bytea[], hashes bytea[],
  out epoch integer, out xid xid8, out "position" bigint) language plpgsql as $$
declare
  head stream_head;
begin
  xid := pg_current_xact_id();
  select max(number) into strict epoch from journal_epoch;
  for i in 1 .. cardinality(streams) loop
    if expected[i] = 0 then
      insert into stream_head as h values (streams[i], reached[i], journal_append.epoch, journal_append.xid, heads[i])
      on conflict do nothing;
    else
      update stream_head h set version = reached[i], epoch = journal_append.epoch, xid = journal_append.xid, hash = heads[i]
      where h.stream = streams[i] and h.version = expected[i]
        and (h.epoch, h.xid) <= (journal_append.epoch, journal_append.xid);
    end if;
    if not found then
      select * into head from stream_head h where h.stream = streams[i];
      if head.version = expected[i] then
        raise exception 'stream % was last written by a younger transaction', streams[i] using errcode = '40001';
      end if;
      raise exception 'stream % is at version %, not %', streams[i], coalesce(head.version, 0), expected[i]
        using errcode = 'LG001';
    end if;
  end loop;
  with written as (
    insert into event as e (epoch, stream, version, id, type, schema, recorded_at, data, sealed, metadata, hash)
    select journal_append.epoch, u.* from unnest(
      of_stream, versions, ids, types, schemas, recorded, datas, sealeds, metadatas, hashes) u
    returning e.position)
  select max(w.position) into "position" from written w;
end $$;
"""


def upgrade() -> None:
    for statement in (EPOCHS, HEADS, EVENTS, STREAMS, ENSURE_EPOCH, APPEND):
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop function journal_append, journal_ensure_epoch")
    op.execute("drop table event, stream_head, journal_epoch")
