"""The HTTP edge: answers kept for their Idempotency-Key, and the journal of who read whose facts, which nobody rewrites."""

from alembic import op

revision = "chassis_0002"
down_revision = "chassis_0001"
branch_labels = None
depends_on = None

# The client's key is not kept, only its hash with the caller and the operation; the fingerprint of the request is keyed by it.
# subject: whose key seals the body; null when the answer was declared free of personal data (docs/adr/0020).
IDEMPOTENCY = """
create table idempotency_key (
  key         bytea primary key check (length(key) = 32),
  fingerprint bytea not null check (length(fingerprint) = 32),
  status      smallint not null,
  headers     bytea not null,
  subject     text,
  body        bytea not null,
  at          timestamptz not null
)
"""

IDEMPOTENCY_AT = "create index idempotency_key_at on idempotency_key (at)"

ACCESS = """
create table access_journal (
  number       bigint generated always as identity primary key,
  at           timestamptz not null,
  acteur       text not null,
  organisation text not null,
  operation    text not null,
  subjects     text[] not null check (cardinality(subjects) > 0),
  purpose      text not null check (purpose <> ''),
  correlation  text not null
)
"""

ACCESS_SUBJECTS = "create index access_journal_subjects on access_journal using gin (subjects)"

ACCESS_ORGANISATION = "create index access_journal_organisation on access_journal (organisation, number)"

REFUSE = """
create function access_journal_refuse() returns trigger language plpgsql as $$
begin
  raise exception 'the access journal is only ever appended to' using errcode = '42501';
end $$;
"""

APPEND_ONLY = """
create trigger access_journal_append_only before update or delete or truncate on access_journal
for each statement execute function access_journal_refuse()
"""


def upgrade() -> None:
    for statement in (
        IDEMPOTENCY,
        IDEMPOTENCY_AT,
        ACCESS,
        ACCESS_SUBJECTS,
        ACCESS_ORGANISATION,
        REFUSE,
        APPEND_ONLY,
    ):
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop table access_journal, idempotency_key")
    op.execute("drop function access_journal_refuse")
