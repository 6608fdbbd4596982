"""Mails that came back, what calendars answered, withdrawals that follow from it, and addresses that do not work."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "incoming_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming_mail")),
        sa.UniqueConstraint("key", name=op.f("uq_incoming_mail_key")),
    )
    op.create_index(op.f("ix_incoming_mail_handled_at"), "incoming_mail", ["handled_at"])
    op.create_table(
        "calendar_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("occurrence", sa.Text(), nullable=False),
        sa.Column("partstat", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("stamp", sa.DateTime(timezone=True), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_calendar_answer_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_answer")),
        sa.UniqueConstraint("entry_id", "occurrence", name=op.f("uq_calendar_answer_entry_id")),
    )
    op.create_table(
        "planned_withdrawal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_planned_withdrawal_claim_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planned_withdrawal")),
        sa.UniqueConstraint("claim_id", name=op.f("uq_planned_withdrawal_claim_id")),
    )
    op.create_index(op.f("ix_planned_withdrawal_due_at"), "planned_withdrawal", ["due_at"])
    op.create_table(
        "dead_address",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("bounced_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dead_address")),
        sa.UniqueConstraint("address", name=op.f("uq_dead_address_address")),
    )


def downgrade() -> None:
    for table in ("dead_address", "planned_withdrawal", "calendar_answer", "incoming_mail"):
        op.drop_table(table)
