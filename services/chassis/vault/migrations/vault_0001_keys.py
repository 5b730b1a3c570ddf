"""The keys of the vault, in a database of their own: one row per demande and per person, wrapped."""

from alembic import op

revision = "vault_0001"
down_revision = None
branch_labels = ("vault",)
depends_on = None


def upgrade() -> None:
    op.execute("""
        create table sealing_key (
          subject text primary key,
          kek     text not null,
          wrapped bytea not null
        )""")
    op.execute("create index sealing_key_kek on sealing_key (kek)")


def downgrade() -> None:
    op.execute("drop table sealing_key")
