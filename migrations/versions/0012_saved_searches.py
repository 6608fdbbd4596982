"""Searches that people keep."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "saved_search",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("alert", sa.Text(), nullable=False),
        sa.Column("seen_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_saved_search_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_search")),
        sa.UniqueConstraint("code", name=op.f("uq_saved_search_code")),
        sa.UniqueConstraint("person_id", "query", name=op.f("uq_saved_search_person_id")),
    )
    op.create_index("ix_saved_search_alert", "saved_search", ["alert", "seen_until"])
    op.create_table(
        "told_offer",
        sa.Column("search_id", sa.Integer(), nullable=False),
        sa.Column("offer_id", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["search_id"], ["saved_search.id"], name=op.f("fk_told_offer_search_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["offer_id"], ["offer.id"], name=op.f("fk_told_offer_offer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("search_id", "offer_id", name=op.f("pk_told_offer")),
    )
    op.create_index("ix_told_offer_offer_id", "told_offer", ["offer_id"])
    op.create_index("ix_public_entry_made_at", "public_entry", ["made_at"])


def downgrade() -> None:
    op.drop_index("ix_public_entry_made_at", table_name="public_entry")
    op.drop_table("told_offer")
    op.drop_table("saved_search")
