"""Standing briefs, briefs that are based on others, what a moment adds, and each version of a brief."""

import json
from hashlib import sha256

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0006"
down_revision = "0005"

BRIEF = sa.table(
    "brief",
    *(sa.column("id"), sa.column("version"), sa.column("content", sa.JSON()), sa.column("own", sa.JSON())),
    sa.column("changed_at", sa.DateTime(timezone=True)),
)

ASKED = ("state", "previous", "slot_id", "newness", "is_own_time", "is_after_school", "duration", "holidays")
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
    versions = op.create_table(
        "brief_version",
        sa.Column("brief_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["brief_id"], ["brief.id"], name=op.f("fk_brief_version_brief_id")),
        sa.PrimaryKeyConstraint("brief_id", "number", name=op.f("pk_brief_version")),
    )
    with op.batch_alter_table("brief") as batch_op:
        batch_op.add_column(sa.Column("based_on_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("own", sa.JSON(), nullable=True))
        batch_op.create_index(batch_op.f("ix_brief_based_on_id"), ["based_on_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_brief_based_on_id"), "brief", ["based_on_id"], ["id"])
    op.execute("UPDATE brief SET own = content")
    with op.batch_alter_table("brief") as batch_op:
        batch_op.alter_column("own", existing_type=sa.JSON(), nullable=False)
    connection = op.get_bind()
    op.bulk_insert(versions, [_first_version(row) for row in connection.execute(sa.select(BRIEF))])
    op.create_table(
        "standing_brief",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("brief_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("made_with", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["brief_id"], ["brief.id"], name=op.f("fk_standing_brief_brief_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_standing_brief_organisation_id")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_standing_brief_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing_brief")),
        sa.UniqueConstraint("brief_id", name=op.f("uq_standing_brief_brief_id")),
        sa.UniqueConstraint("code", name=op.f("uq_standing_brief_code")),
        sa.UniqueConstraint("made_with", name=op.f("uq_standing_brief_made_with")),
    )
    op.create_index(op.f("ix_standing_brief_organisation_id"), "standing_brief", ["organisation_id"])
    op.create_index(op.f("ix_standing_brief_site_id"), "standing_brief", ["site_id"])
    with op.batch_alter_table("slot") as batch_op:
        batch_op.add_column(sa.Column("brief_id", sa.Integer(), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_slot_brief_id"), ["brief_id"])
        batch_op.create_foreign_key(batch_op.f("fk_slot_brief_id"), "brief", ["brief_id"], ["id"])
    _list_anew([sa.Column("eases", sa.Integer(), nullable=False)])


def _list_anew(more: list[sa.Column[int]]) -> None:
    """The rows that are searched, with these columns more; the worker fills them (`offers.list_due`)."""
    dialect = op.get_bind().dialect.name
    if dialect == "sqlite":
        op.execute("DROP TABLE listing_terms")
    op.drop_table("listing")
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
        *more,
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("facets", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text().with_variant(TSVECTOR(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name=op.f("fk_listing_offer_id")),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_listing_slot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing")),
        sa.UniqueConstraint("slot_id", name=op.f("uq_listing_slot_id")),
    )
    asked = [*ASKED, *(each.name for each in more), "latitude", "longitude"]
    op.create_index("ix_listing_id", "listing", ["id", "offer_id", *asked])
    op.create_index("ix_listing_offer_id", "listing", ["offer_id", "id", *asked, "facets"])
    for statement in FULL_TEXT[dialect]:
        op.execute(statement)


def _first_version(row: sa.Row) -> dict[str, object]:
    """What a brief says now, hashed as `marketplace.safety.facts.hash_of` does."""
    said = json.dumps(row.content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return {
        "brief_id": row.id,
        "number": row.version,
        "content": row.content,
        "hash": sha256(said.encode()).hexdigest(),
        "made_at": row.changed_at,
    }


def downgrade() -> None:
    _list_anew([])
    with op.batch_alter_table("slot") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_slot_brief_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_slot_brief_id"), type_="unique")
        batch_op.drop_column("brief_id")
    op.drop_table("standing_brief")
    with op.batch_alter_table("brief") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_brief_based_on_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_brief_based_on_id"))
        batch_op.drop_column("own")
        batch_op.drop_column("based_on_id")
    op.drop_table("brief_version")
