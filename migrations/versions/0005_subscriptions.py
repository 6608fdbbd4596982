"""What a subscription shows: also what somebody supervises or what goes on in a region, and what its owner chose."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

BEFORE = sa.text("organisation_id IS NULL")
AFTER = sa.text("organisation_id IS NULL AND region_id IS NULL")


def upgrade() -> None:
    with op.batch_alter_table("subscription") as batch_op:
        batch_op.add_column(sa.Column("kind", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("region_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("days_back", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("has_pending", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("steps", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_subscription_region_id"), "region", ["region_id"], ["id"])
    op.execute("UPDATE subscription SET days_back = 90, has_pending = true, steps = '', chosen_at = made_at")
    op.execute(
        "UPDATE subscription SET kind = CASE WHEN organisation_id IS NULL THEN 'own' ELSE 'hosted' END"
    )
    with op.batch_alter_table("subscription") as batch_op:
        batch_op.alter_column("kind", existing_type=sa.Text(), nullable=False)
        batch_op.alter_column("days_back", existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column("has_pending", existing_type=sa.Boolean(), nullable=False)
        batch_op.alter_column("steps", existing_type=sa.Text(), nullable=False)
        batch_op.alter_column("chosen_at", existing_type=sa.DateTime(timezone=True), nullable=False)
    _index(["person_id", "kind", "organisation_id"], AFTER)
    op.create_index("uq_subscription_region", "subscription", ["person_id", "region_id"], unique=True)


def downgrade() -> None:
    op.execute("DELETE FROM subscription WHERE kind NOT IN ('own', 'hosted')")
    op.drop_index("uq_subscription_region", "subscription")
    _index(["person_id", "organisation_id"], BEFORE)
    with op.batch_alter_table("subscription") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_subscription_region_id"), type_="foreignkey")
        for name in ("chosen_at", "steps", "has_pending", "days_back", "region_id", "kind"):
            batch_op.drop_column(name)


def _index(hosted: list[str], own: sa.TextClause) -> None:
    op.drop_index("uq_subscription_hosted", "subscription")
    op.drop_index("uq_subscription_own", "subscription")
    op.create_index("uq_subscription_hosted", "subscription", hosted, unique=True)
    op.create_index(
        "uq_subscription_own",
        "subscription",
        ["person_id"],
        unique=True,
        sqlite_where=own,
        postgresql_where=own,
    )
