"""Waiting lists, parties, lapsing, attendance; the mail log and the pulse of the worker."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "pulse",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_pulse")),
    )
    op.create_table(
        "attendance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("has_come", sa.Boolean(), nullable=False),
        sa.Column("noted_by", sa.String(length=16), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_attendance_claim_id")),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name=op.f("fk_attendance_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
        sa.UniqueConstraint("claim_id", "session_id", name=op.f("uq_attendance_claim_id")),
    )
    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attendance_session_id"), ["session_id"], unique=False)

    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.add_column(sa.Column("made_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("party", sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("lapsed_as", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("answer_by", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("made_with", sa.Text(), nullable=True))
        batch_op.alter_column("person_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.alter_column("brief_version", existing_type=sa.INTEGER(), nullable=True)
        batch_op.create_index(batch_op.f("ix_claim_made_by_id"), ["made_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_claim_party"), ["party"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_claim_made_by_id"), "person", ["made_by_id"], ["id"])

    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.add_column(sa.Column("code", sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column("region", sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column("unsubscribe", sa.Text(), nullable=True))
        batch_op.create_index("ix_letter_region", ["region", "id"], unique=False)
        batch_op.create_unique_constraint(batch_op.f("uq_letter_code"), ["code"])

    with op.batch_alter_table("offer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("school_limit", sa.Integer(), nullable=True))

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("profiles", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("mutes", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("slot", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_host_behind", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("announce_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index("ix_slot_announce_at", ["announce_at"], unique=False)
        batch_op.create_index("ix_slot_ends_at", ["ends_at"], unique=False)

    op.execute("UPDATE claim SET made_by_id = person_id, party = code, version = 1, lapsed_as = ''")
    with op.batch_alter_table("claim") as batch_op:
        batch_op.alter_column("made_by_id", existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column("party", existing_type=sa.String(length=16), nullable=False)
        batch_op.alter_column("version", existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column("lapsed_as", existing_type=sa.Text(), nullable=False)
        batch_op.create_check_constraint(op.f("ck_claim_lapsed_as"), "(state = 'lapsed') = (lapsed_as <> '')")
        batch_op.create_check_constraint(
            op.f("ck_claim_answer_by"), "state <> 'offered' OR answer_by IS NOT NULL"
        )
    op.execute("UPDATE letter SET region = '', unsubscribe = ''")
    op.execute("UPDATE letter SET code = 'L' || id")
    with op.batch_alter_table("letter") as batch_op:
        batch_op.alter_column("code", existing_type=sa.String(length=16), nullable=False)
        batch_op.alter_column("region", existing_type=sa.String(length=16), nullable=False)
        batch_op.alter_column("unsubscribe", existing_type=sa.Text(), nullable=False)
    op.execute("UPDATE offer SET school_limit = 0")
    with op.batch_alter_table("offer") as batch_op:
        batch_op.alter_column("school_limit", existing_type=sa.Integer(), nullable=False)
    op.execute("UPDATE person SET profiles = '[]', mutes = '[]'")
    with op.batch_alter_table("person") as batch_op:
        batch_op.alter_column("profiles", existing_type=sa.JSON(), nullable=False)
        batch_op.alter_column("mutes", existing_type=sa.JSON(), nullable=False)
    op.execute("UPDATE slot SET is_host_behind = false")
    with op.batch_alter_table("slot") as batch_op:
        batch_op.alter_column("is_host_behind", existing_type=sa.Boolean(), nullable=False)

    op.drop_index("uq_claim_living", table_name="claim")
    living = sa.text("state IN ('waitlisted', 'offered', 'pending', 'approved')")
    op.create_index(
        "uq_claim_living",
        "claim",
        ["slot_id", "person_id"],
        unique=True,
        sqlite_where=living,
        postgresql_where=living,
    )


def downgrade() -> None:
    op.drop_index("uq_claim_living", table_name="claim")
    with op.batch_alter_table("claim") as batch_op:
        batch_op.drop_constraint(op.f("ck_claim_lapsed_as"), type_="check")
        batch_op.drop_constraint(op.f("ck_claim_answer_by"), type_="check")

    with op.batch_alter_table("slot", schema=None) as batch_op:
        batch_op.drop_index("ix_slot_ends_at")
        batch_op.drop_index("ix_slot_announce_at")
        batch_op.drop_column("announce_at")
        batch_op.drop_column("is_host_behind")

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_column("announced_at")
        batch_op.drop_column("mutes")
        batch_op.drop_column("profiles")

    with op.batch_alter_table("offer", schema=None) as batch_op:
        batch_op.drop_column("school_limit")

    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_letter_code"), type_="unique")
        batch_op.drop_index("ix_letter_region")
        batch_op.drop_column("unsubscribe")
        batch_op.drop_column("region")
        batch_op.drop_column("code")

    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_claim_made_by_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_claim_party"))
        batch_op.drop_index(batch_op.f("ix_claim_made_by_id"))
        batch_op.alter_column("brief_version", existing_type=sa.INTEGER(), nullable=False)
        batch_op.alter_column("person_id", existing_type=sa.INTEGER(), nullable=False)
        batch_op.drop_column("made_with")
        batch_op.drop_column("answer_by")
        batch_op.drop_column("lapsed_as")
        batch_op.drop_column("version")
        batch_op.drop_column("party")
        batch_op.drop_column("made_by_id")

    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attendance_session_id"))

    op.drop_table("attendance")
    op.drop_table("pulse")

    living = sa.text("state IN ('pending', 'approved')")
    op.create_index(
        "uq_claim_living",
        "claim",
        ["slot_id", "person_id"],
        unique=True,
        sqlite_where=living,
        postgresql_where=living,
    )
