"""Positions: the classes of each score in force, a histogram of notes by class, and what is still to fold into it (ADR 41)."""

from alembic import op

revision = "cotation_0002"
down_revision = "cotation_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table cotation_v1 add column classes text[] not null default '{}'")
    # Names in the order of bytes: a wider class is a range of narrower ones.
    op.execute("""
        create table histogramme_v1 (
          classe   text collate "C" not null,
          note     numeric not null,
          effectif integer not null,
          primary key (classe, note)
        )""")
    op.execute("create index histogramme_v1_vides on histogramme_v1 (classe) where effectif = 0")
    op.execute("""
        create table position_delta_v1 (
          numero bigint generated always as identity primary key,
          classe text collate "C" not null,
          note   numeric not null,
          delta  integer not null
        )""")
    op.execute("create index position_delta_v1_classe on position_delta_v1 (classe)")


def downgrade() -> None:
    op.execute("drop table position_delta_v1, histogramme_v1")
    op.execute("alter table cotation_v1 drop column classes")
