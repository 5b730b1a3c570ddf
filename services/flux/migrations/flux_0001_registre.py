"""The ledger's read models: the park, the conventions, the releases, the sequences, the accounts."""

from alembic import op

revision = "flux_0001"
down_revision = None
branch_labels = ("flux",)
depends_on = "chassis_0001"


def upgrade() -> None:
    op.execute("""
        create table logement_v1 (
          rpls                 text primary key,
          version              integer not null,
          bailleur             text not null,
          identifiant_bailleur text not null,
          commune              text not null,
          qpv                  boolean not null,
          typologie            text not null,
          financement          text not null,
          surface_m2           integer not null,
          annee_achevement     integer not null,
          loyer_centimes       integer,
          contingent           text not null,
          hors_flux            text,
          millesime            integer not null
        )""")
    op.execute("create index logement_v1_bailleur on logement_v1 (bailleur, rpls)")
    op.execute("""
        create table convention_v1 (
          convention   uuid primary key,
          version      integer not null,
          bailleur     text not null,
          reservataire text not null,
          organisation text not null,
          departement  text not null,
          statut       text not null,
          signee_le    date,
          resiliee_le  date,
          a_verifier   text not null,
          termes       text not null
        )""")
    op.execute("create index convention_v1_bailleur on convention_v1 (bailleur, departement)")
    op.execute("""
        create table liberation_v1 (
          liberation         uuid primary key,
          version            integer not null,
          bailleur           text not null,
          rpls               text not null,
          occurrence         integer not null,
          departement        text not null,
          commune            text not null,
          qpv                boolean not null,
          typologie          text not null,
          neuf               boolean not null,
          statut             text not null,
          motif              text,
          libere_le          date not null,
          titulaire          text,
          organisation       text,
          mise_a_disposition uuid,
          unique (bailleur, rpls, occurrence)
        )""")
    op.execute("create index liberation_v1_statut on liberation_v1 (bailleur, statut, libere_le)")
    op.execute("""
        create table mise_a_disposition_v1 (
          mise_a_disposition uuid primary key,
          liberation         uuid not null,
          rang               integer not null,
          bailleur           text not null,
          commune            text not null,
          titulaire          text not null,
          organisation       text not null,
          convention         text not null,
          compte             text,
          sequence           text,
          etat               text not null,
          le                 date not null,
          designer_avant     date not null,
          attendue           boolean not null
        )""")
    op.execute("create index mise_a_disposition_v1_liberation on mise_a_disposition_v1 (liberation)")
    op.execute("create index mise_a_disposition_v1_organisation on mise_a_disposition_v1 (organisation, le)")
    op.execute("create index mise_a_disposition_v1_echeance on mise_a_disposition_v1 (designer_avant) where attendue")
    op.execute("""
        create table sequence_v1 (
          sequence  text primary key,
          version   integer not null,
          bailleur  text not null,
          perimetre text not null,
          exercice  integer not null,
          etat      text not null
        )""")
    op.execute("create index sequence_v1_bailleur on sequence_v1 (bailleur, exercice)")
    op.execute("""
        create table compte_v1 (
          compte                       uuid primary key,
          version                      integer not null,
          convention                   text not null,
          bailleur                     text not null,
          titulaire                    text not null,
          organisation                 text not null,
          exercice                     integer not null,
          strate                       text not null,
          droits_debits_en_attente     integer not null check (droits_debits_en_attente >= 0),
          droits_debits                integer not null,
          droits_credits               integer not null check (droits_credits <= droits_debits),
          logements_credits_en_attente integer not null,
          logements_credits            integer not null,
          logements_debits             integer not null,
          constraint compte_v1_equilibre check (
            droits_debits_en_attente = logements_credits_en_attente
            and droits_debits = logements_credits and droits_credits = logements_debits)
        )""")
    op.execute("create index compte_v1_bailleur on compte_v1 (bailleur, exercice)")
    op.execute("create index compte_v1_organisation on compte_v1 (organisation, exercice)")
    op.execute("""
        create table ecriture_v1 (
          compte    uuid not null,
          numero    integer not null,
          transfert uuid not null,
          nature    text not null,
          debit     text not null,
          credit    text not null check (credit <> debit),
          nombre    integer not null check (nombre > 0),
          le        date not null,
          connue_a  timestamptz not null,
          primary key (compte, numero)
        )""")
    # A right is charged once: a transfer has one line of each nature at the most.
    op.execute("create unique index ecriture_v1_transfert on ecriture_v1 (transfert, nature)")


def downgrade() -> None:
    op.execute(
        "drop table logement_v1, convention_v1, liberation_v1, mise_a_disposition_v1, sequence_v1, compte_v1, ecriture_v1"
    )
