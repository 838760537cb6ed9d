"""Keeps to which database the ledger was copied to go on there, so that this one sends nothing beside it."""

import sqlalchemy as sa
from alembic import op

import mailer.store.columns

revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('ledger_state', sa.Column('moved_to', sa.Text(), nullable=True))
    op.add_column('ledger_state', sa.Column('moved_at', mailer.store.columns.UtcDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    # Versions before know a backup, which sends nothing either.
    op.execute(sa.text('UPDATE ledger_state SET backup_at = moved_at WHERE backup_at IS NULL'))
    op.drop_column('ledger_state', 'moved_at')
    op.drop_column('ledger_state', 'moved_to')
