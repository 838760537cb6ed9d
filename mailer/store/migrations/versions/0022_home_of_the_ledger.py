"""Keeps which database and table the ledger is, so that a copy of a PostgreSQL database is known wherever it is put."""

import sqlalchemy as sa
from alembic import op

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('ledger_state', sa.Column('home', sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column('ledger_state', 'home')
