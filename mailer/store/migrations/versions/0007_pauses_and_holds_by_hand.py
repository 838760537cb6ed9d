"""Gives pauses an end, and holds the words of the person who set them."""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

_BY_HAND = "reason IN ('address', 'mailbox', 'transport', 'complaint', 'by_hand')"
_BEFORE = "reason IN ('address', 'mailbox', 'transport', 'complaint')"


def upgrade() -> None:
    op.add_column('own_pauses', sa.Column('last', sa.Date(), nullable=True))
    with op.batch_alter_table('holds', schema=None) as batch_op:
        batch_op.add_column(sa.Column('why', sa.Text(), nullable=False, server_default=sa.text("''")))
        batch_op.drop_constraint(op.f('ck_holds_reason'), type_='check')
        batch_op.create_check_constraint(op.f('ck_holds_reason'), _BY_HAND)


def downgrade() -> None:
    op.execute("DELETE FROM holds WHERE reason = 'by_hand'")
    with op.batch_alter_table('holds', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_holds_reason'), type_='check')
        batch_op.create_check_constraint(op.f('ck_holds_reason'), _BEFORE)
        batch_op.drop_column('why')
    op.drop_column('own_pauses', 'last')
