"""Keeps when a person stopped a mailing's countdown, so that its schedule does not begin it again."""

import sqlalchemy as sa
from alembic import op

import mailer.store.columns

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('mailings', sa.Column('stopped_at', mailer.store.columns.UtcDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column('mailings', 'stopped_at')
