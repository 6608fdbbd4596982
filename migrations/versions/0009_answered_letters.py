"""Letters by Message-ID, which answers name."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_index(op.f("ix_letter_message_id"), "letter", ["message_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_letter_message_id"), table_name="letter")
