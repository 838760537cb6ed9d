"""Keeps when one of several relays cannot be used, beside the times when none could, so that monitors see it."""

import sqlalchemy as sa
from alembic import op

revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('relay_outages', sa.Column('relay', sa.Text(), server_default='', nullable=False))


def downgrade() -> None:
    # Versions before know outages of all relays alone.
    op.execute(sa.text("DELETE FROM relay_outages WHERE relay <> ''"))
    op.drop_column('relay_outages', 'relay')
