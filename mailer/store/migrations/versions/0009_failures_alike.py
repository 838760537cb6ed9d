"""Keeps what like failures share, so that they can be counted, and what stopped a mailing."""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

_EMPTY = sa.text("''")


def upgrade() -> None:
    op.add_column('failures', sa.Column('reply', sa.Text(), nullable=False, server_default=_EMPTY))
    op.add_column('failures', sa.Column('wording', sa.Text(), nullable=False, server_default=_EMPTY))
    op.drop_index('ix_failures_mailing', table_name='failures')
    op.create_index('ix_failures_reply', 'failures', ['mailing', 'reply'])
    op.create_index('ix_failures_wording', 'failures', ['mailing', 'wording'])
    op.add_column('mailings', sa.Column('broken_by', sa.Text(), nullable=False, server_default=_EMPTY))
    op.drop_index('ix_deliveries_rejected', table_name='deliveries')


def downgrade() -> None:
    op.create_index(
        'ix_deliveries_rejected', 'deliveries', ['mailing'],
        sqlite_where=sa.text("state = 'rejected'"), postgresql_where=sa.text("state = 'rejected'"),
    )
    op.drop_column('mailings', 'broken_by')
    op.drop_index('ix_failures_wording', table_name='failures')
    op.drop_index('ix_failures_reply', table_name='failures')
    op.create_index('ix_failures_mailing', 'failures', ['mailing'])
    op.drop_column('failures', 'wording')
    op.drop_column('failures', 'reply')
