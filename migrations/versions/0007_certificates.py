"""Certificates that were seen in the register, and approvals on condition."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    with op.batch_alter_table("certificate") as batch_op:
        batch_op.add_column(sa.Column("seen_by", sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_check_constraint(op.f("ck_certificate_seen"), "(seen_by IS NULL) = (seen_at IS NULL)")
    with op.batch_alter_table("planned_decision") as batch_op:
        batch_op.add_column(sa.Column("paid_by", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("certificate_by", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE planned_decision SET paid_by = ''")
    with op.batch_alter_table("planned_decision") as batch_op:
        batch_op.alter_column("paid_by", existing_type=sa.Text(), nullable=False)

    op.drop_index("uq_claim_living", table_name="claim")
    with op.batch_alter_table("claim") as batch_op:
        batch_op.add_column(sa.Column("paid_by", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("certificate_by", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE claim SET paid_by = ''")
    with op.batch_alter_table("claim") as batch_op:
        batch_op.alter_column("paid_by", existing_type=sa.Text(), nullable=False)
        batch_op.create_check_constraint(
            op.f("ck_claim_certificate_by"), "state <> 'conditional' OR certificate_by IS NOT NULL"
        )
    _create_living("'waitlisted', 'offered', 'pending', 'conditional', 'approved'")


def downgrade() -> None:
    """What is approved on condition waits for a decision again."""
    op.execute("UPDATE claim SET state = 'pending' WHERE state = 'conditional'")
    op.execute("UPDATE claim SET lapsed_as = 'unanswered' WHERE lapsed_as = 'uncertified'")
    op.drop_index("uq_claim_living", table_name="claim")
    with op.batch_alter_table("claim") as batch_op:
        batch_op.drop_constraint(op.f("ck_claim_certificate_by"), type_="check")
        batch_op.drop_column("certificate_by")
        batch_op.drop_column("paid_by")
    _create_living("'waitlisted', 'offered', 'pending', 'approved'")
    with op.batch_alter_table("planned_decision") as batch_op:
        batch_op.drop_column("certificate_by")
        batch_op.drop_column("paid_by")
    with op.batch_alter_table("certificate") as batch_op:
        batch_op.drop_constraint(op.f("ck_certificate_seen"), type_="check")
        batch_op.drop_column("seen_at")
        batch_op.drop_column("seen_by")


def _create_living(states: str) -> None:
    living = sa.text(f"state IN ({states})")
    op.create_index(
        "uq_claim_living",
        "claim",
        ["slot_id", "person_id"],
        unique=True,
        sqlite_where=living,
        postgresql_where=living,
    )
