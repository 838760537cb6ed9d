"""Keeps what relays asked of our pace, and attempts in which a relay asked to slow down."""

import sqlalchemy as sa
from alembic import op

import mailer.store.columns

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

_OUTCOMES = "outcome IN ('accepted', 'deferred', 'throttled', 'rejected', 'unknown')"
_BEFORE = "outcome IN ('accepted', 'deferred', 'rejected', 'unknown')"


def upgrade() -> None:
    op.create_table('relay_paces',
    sa.Column('relay', sa.Text(), nullable=False),
    sa.Column('since', mailer.store.columns.UtcDateTime(timezone=True), nullable=False),
    sa.Column('reply', sa.Text(), nullable=False),
    sa.Column('per_second', sa.Float(), nullable=False),
    sa.Column('closed_at', mailer.store.columns.UtcDateTime(timezone=True), nullable=True),
    sa.Column('connections', sa.Integer(), nullable=False),
    sa.Column('messages', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('relay', name=op.f('pk_relay_paces'))
    )
    with op.batch_alter_table('attempts', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_attempts_outcome'), type_='check')
        batch_op.create_check_constraint(op.f('ck_attempts_outcome'), _OUTCOMES)


def downgrade() -> None:
    op.execute("UPDATE attempts SET outcome = 'deferred' WHERE outcome = 'throttled'")
    with op.batch_alter_table('attempts', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_attempts_outcome'), type_='check')
        batch_op.create_check_constraint(op.f('ck_attempts_outcome'), _BEFORE)
    op.drop_table('relay_paces')
