"""Pauses one newsletter alone, and keeps what members ask for by the links in their copies."""

import sqlalchemy as sa
from alembic import op

import mailer.store.columns

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None

_CURRENT = sa.text('lifted_at IS NULL')


def upgrade() -> None:
    with op.batch_alter_table('own_pauses', schema=None) as batch_op:
        batch_op.add_column(sa.Column('newsletter', sa.Text(), nullable=False, server_default=sa.text("''")))
        batch_op.drop_index('uq_own_pauses_person')
        batch_op.create_index('uq_own_pauses_person', ['person', 'newsletter'], unique=True, sqlite_where=_CURRENT, postgresql_where=_CURRENT)
    op.create_table('wishes',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person', sa.Text(), nullable=False),
    sa.Column('newsletter', sa.Text(), nullable=False),
    sa.Column('delivery', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('at', mailer.store.columns.UtcDateTime(timezone=True), nullable=False),
    sa.Column('before', sa.JSON(), nullable=False),
    sa.Column('after', sa.JSON(), nullable=False),
    sa.Column('done_at', mailer.store.columns.UtcDateTime(timezone=True), nullable=True),
    sa.Column('undone_at', mailer.store.columns.UtcDateTime(timezone=True), nullable=True),
    sa.CheckConstraint("kind IN ('pause', 'language', 'address', 'forwarded')", name=op.f('ck_wishes_kind')),
    sa.ForeignKeyConstraint(['delivery'], ['deliveries.id'], name=op.f('fk_wishes_delivery')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wishes')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('wishes', schema=None) as batch_op:
        batch_op.create_index('ix_wishes_person', ['person', 'at'], unique=False)


def downgrade() -> None:
    op.drop_table('wishes')
    op.execute("DELETE FROM own_pauses WHERE newsletter <> ''")
    with op.batch_alter_table('own_pauses', schema=None) as batch_op:
        batch_op.drop_index('uq_own_pauses_person')
        batch_op.create_index('uq_own_pauses_person', ['person'], unique=True, sqlite_where=_CURRENT, postgresql_where=_CURRENT)
        batch_op.drop_column('newsletter')
