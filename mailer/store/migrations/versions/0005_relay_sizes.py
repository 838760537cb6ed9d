"""Keeps the size of message that each relay announced last."""

import sqlalchemy as sa
from alembic import op

import mailer.store.columns

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('relay_sizes',
    sa.Column('relay', sa.Text(), nullable=False),
    sa.Column('octets', sa.BigInteger(), nullable=False),
    sa.Column('since', mailer.store.columns.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('relay', name=op.f('pk_relay_sizes'))
    )


def downgrade() -> None:
    op.drop_table('relay_sizes')
