"""Names the letters by what they are: a digest is the distribution report, and the reminder the daily letter."""

from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE letters SET kind = 'distribution-report' WHERE kind = 'digest'")
    op.execute("UPDATE letters SET kind = 'daily-letter' WHERE kind = 'reminder'")


def downgrade() -> None:
    op.execute("UPDATE letters SET kind = 'digest' WHERE kind = 'distribution-report'")
    op.execute("UPDATE letters SET kind = 'reminder' WHERE kind = 'daily-letter'")
