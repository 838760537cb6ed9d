"""Keeps when the ledger was last at work, and the last look at what is old: by these a clock is judged."""

import sqlalchemy as sa
from alembic import op

import mailer.store.columns

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('looks',
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('at', mailer.store.columns.UtcDateTime(timezone=True), nullable=False),
    sa.Column('boot', sa.Text(), nullable=False),
    sa.Column('elapsed', sa.Float(), nullable=False),
    sa.Column('before', mailer.store.columns.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_looks'))
    )
    op.add_column('ledger_state', sa.Column('worked_at', mailer.store.columns.UtcDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column('ledger_state', 'worked_at')
    op.drop_table('looks')
