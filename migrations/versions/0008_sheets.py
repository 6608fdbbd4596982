"""What the safety sheet says about a site, sizes that people keep, and PDFs that go with letters."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "document",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("octets", sa.LargeBinary(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_document")),
    )
    with op.batch_alter_table("letter") as batch_op:
        batch_op.add_column(sa.Column("document_digest", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("document_name", sa.Text(), nullable=True))
        batch_op.create_index(batch_op.f("ix_letter_document_digest"), ["document_digest"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_letter_document_digest"), "document", ["document_digest"], ["digest"]
        )
    with op.batch_alter_table("site") as batch_op:
        batch_op.add_column(sa.Column("emergency", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("assembly_point", sa.Text(), nullable=True))
    with op.batch_alter_table("person") as batch_op:
        batch_op.add_column(sa.Column("sizes", sa.JSON(), nullable=True))
    with op.batch_alter_table("claim") as batch_op:
        batch_op.add_column(sa.Column("brief_read_at", sa.DateTime(timezone=True), nullable=True))

    _refer_to_session(ondelete="CASCADE")

    op.execute("UPDATE letter SET document_name = ''")
    op.execute("UPDATE site SET emergency = '', assembly_point = ''")
    op.execute("UPDATE person SET sizes = '{}'")
    op.execute("UPDATE claim SET brief_read_at = made_at WHERE brief_version IS NOT NULL")
    with op.batch_alter_table("letter") as batch_op:
        batch_op.alter_column("document_name", existing_type=sa.Text(), nullable=False)
    with op.batch_alter_table("site") as batch_op:
        batch_op.alter_column("emergency", existing_type=sa.Text(), nullable=False)
        batch_op.alter_column("assembly_point", existing_type=sa.Text(), nullable=False)
    with op.batch_alter_table("person") as batch_op:
        batch_op.alter_column("sizes", existing_type=sa.JSON(), nullable=False)


def _refer_to_session(ondelete: str | None) -> None:
    with op.batch_alter_table("attendance") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_attendance_session_id"), type_="foreignkey")
        batch_op.create_foreign_key(
            batch_op.f("fk_attendance_session_id"), "session", ["session_id"], ["id"], ondelete=ondelete
        )


def downgrade() -> None:
    _refer_to_session(ondelete=None)
    with op.batch_alter_table("claim") as batch_op:
        batch_op.drop_column("brief_read_at")
    with op.batch_alter_table("person") as batch_op:
        batch_op.drop_column("sizes")
    with op.batch_alter_table("site") as batch_op:
        batch_op.drop_column("assembly_point")
        batch_op.drop_column("emergency")
    with op.batch_alter_table("letter") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_letter_document_digest"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_letter_document_digest"))
        batch_op.drop_column("document_name")
        batch_op.drop_column("document_digest")
    op.drop_table("document")
