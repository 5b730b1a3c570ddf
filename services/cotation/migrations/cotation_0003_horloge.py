"""The clock: the day that facts are of, the next day on which time may move each score, the days closed."""

from alembic import op

revision = "cotation_0003"
down_revision = "cotation_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Facts age: a version of a situation is kept as it was on each day that a score was established from it.
    op.execute("alter table situation_v1 add column du date")
    op.execute("update situation_v1 set du = (lue_a at time zone 'Europe/Paris')::date")
    op.execute("alter table situation_v1 alter column du set not null")
    op.execute("alter table situation_v1 drop constraint situation_v1_pkey, add primary key (demande, version, du)")
    op.execute("""
        create table echeance_v1 (
          demande  uuid not null,
          lieu     text not null,
          le       date,
          revision bigint not null default 0,
          primary key (demande, lieu)
        )""")
    # The first clock works out the day of each score that was established before it.
    op.execute("insert into echeance_v1 (demande, lieu, le) select demande, lieu, au from cotation_v1")
    op.execute("create table journee_v1 (journal text primary key, derniere date not null)")


def downgrade() -> None:
    op.execute("drop table echeance_v1, journee_v1")
    op.execute("""
        delete from situation_v1 s using situation_v1 autre
        where autre.demande = s.demande and autre.version = s.version and autre.du > s.du""")
    op.execute(
        "alter table situation_v1 drop constraint situation_v1_pkey, drop column du, add primary key (demande, version)"
    )
