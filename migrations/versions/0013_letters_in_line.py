"""Indexes of the letters that wait and of those that failed: few, however many were sent."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

WAITS, FAILED = sa.text("state IN ('queued', 'sending')"), sa.text("state IN ('failed')")


def upgrade() -> None:
    op.drop_index("ix_letter_due", "letter")
    op.drop_index("ix_letter_stream", "letter")
    _create("ix_letter_due", [sa.text("priority DESC"), "id", "next_try_at"], WAITS)
    _create("ix_letter_stream", ["stream", "id"], WAITS)
    _create("ix_letter_failed", ["region"], FAILED)


def downgrade() -> None:
    for name in ("ix_letter_failed", "ix_letter_stream", "ix_letter_due"):
        op.drop_index(name, "letter")
    op.create_index("ix_letter_due", "letter", ["state", "next_try_at"])
    op.create_index("ix_letter_stream", "letter", ["stream", "id"])


def _create(name: str, columns: list[str | sa.TextClause], where: sa.TextClause) -> None:
    op.create_index(name, "letter", columns, sqlite_where=where, postgresql_where=where)
