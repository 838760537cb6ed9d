"""Finds the copies that failed or were cancelled by an index of their own, so that counting an issue reads few rows."""

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None

_ENDED = sa.text("state IN ('rejected', 'bounced', 'cancelled')")


def upgrade() -> None:
    op.create_index(
        op.f('ix_deliveries_failed'),
        'deliveries',
        ['mailing', 'state'],
        unique=False,
        sqlite_where=_ENDED,
        postgresql_where=_ENDED,
    )


def downgrade() -> None:
    op.drop_index(op.f('ix_deliveries_failed'), table_name='deliveries')
