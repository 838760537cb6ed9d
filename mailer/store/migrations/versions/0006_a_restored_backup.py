"""Adds the mark of a backup that was put in place of its database."""

import sqlalchemy as sa
from alembic import op

import mailer.store.columns

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('ledger_state', sa.Column('backup_at', mailer.store.columns.UtcDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column('ledger_state', 'backup_at')
