"""The rows that lists and feeds are searched in, with a full-text index. The worker fills them (`offers.list_due`)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0003"
down_revision = "0002"

ASKED = [
    *("state", "previous", "slot_id", "newness", "is_own_time", "is_after_school"),
    *("duration", "holidays", "latitude", "longitude"),
]
FULL_TEXT = {
    "sqlite": (
        "CREATE VIRTUAL TABLE listing_terms USING fts5(terms, content=listing, content_rowid=id, "
        "detail=none, columnsize=0, tokenize=\"unicode61 remove_diacritics 0 tokenchars '=_'\")",
        "CREATE TRIGGER listing_added AFTER INSERT ON listing BEGIN "
        "INSERT INTO listing_terms (rowid, terms) VALUES (new.id, new.terms); END",
        "CREATE TRIGGER listing_removed AFTER DELETE ON listing BEGIN "
        "INSERT INTO listing_terms (listing_terms, rowid, terms) VALUES ('delete', old.id, old.terms); END",
    ),
    "postgresql": ("CREATE INDEX listing_terms ON listing USING gin (terms) WITH (fastupdate = off)",),
}


def upgrade() -> None:
    op.create_table(
        "listing",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("offer_id", sa.Integer(), nullable=False),
        sa.Column("previous", sa.BigInteger(), nullable=False),
        sa.Column("stamp", sa.String(length=16), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("newness", sa.Integer(), nullable=False),
        sa.Column("is_own_time", sa.Boolean(), nullable=False),
        sa.Column("is_after_school", sa.Boolean(), nullable=False),
        sa.Column("duration", sa.Text(), nullable=False),
        sa.Column("holidays", sa.Integer(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("facets", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text().with_variant(TSVECTOR(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name=op.f("fk_listing_offer_id")),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_listing_slot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing")),
        sa.UniqueConstraint("slot_id", name=op.f("uq_listing_slot_id")),
    )
    op.create_index("ix_listing_id", "listing", ["id", "offer_id", *ASKED])
    op.create_index("ix_listing_offer_id", "listing", ["offer_id", "id", *ASKED, "facets"])
    for statement in FULL_TEXT[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE listing_terms")
    op.drop_table("listing")
