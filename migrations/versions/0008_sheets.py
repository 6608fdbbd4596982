"""What the safety sheet says about a site, and what goes with letters."""

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
