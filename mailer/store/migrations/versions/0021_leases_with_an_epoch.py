"""Counts how often a lease went to another process, and keeps the row of one that has ended."""

import sqlalchemy as sa
from alembic import op

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('leases', sa.Column('epoch', sa.Integer(), server_default=sa.text('0'), nullable=False))


def downgrade() -> None:
    # To versions before, each lease that there is belongs to a living process.
    op.execute(sa.text('DELETE FROM leases WHERE owner IN (SELECT id FROM owners WHERE ended_at IS NOT NULL)'))
    op.execute(sa.text('ALTER TABLE leases DROP COLUMN epoch'))
