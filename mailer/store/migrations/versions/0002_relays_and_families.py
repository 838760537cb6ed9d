"""Adds the relay and the provider of each copy, which limits count, and smaller indexes."""

import sqlalchemy as sa
from alembic import op

import mailer.store.columns
from mailer.domain.families import family_of

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('deliveries', sa.Column('family', sa.Text(), server_default=sa.text("''"), nullable=False))
    op.add_column('deliveries', sa.Column('relay', sa.Text(), nullable=True))
    op.add_column('mailings', sa.Column('rest_at', mailer.store.columns.UtcDateTime(timezone=True), nullable=True))
    op.add_column('attempts', sa.Column('relay', sa.Text(), server_default=sa.text("''"), nullable=False))
    op.drop_index('ix_deliveries_mailing_state', table_name='deliveries')
    op.drop_index('ix_deliveries_state', table_name='deliveries')
    op.drop_index('ix_deliveries_owner', table_name='deliveries')
    op.create_index('ix_deliveries_mailing', 'deliveries', ['mailing'])
    op.drop_index('ix_attempts_started_at', table_name='attempts')
    op.create_index('ix_attempts_relay_started_at', 'attempts', ['relay', 'started_at'])
    op.create_index(
        'ix_deliveries_due',
        'deliveries',
        ['mailing', 'judged_by', 'next_attempt_at', 'id', 'family'],
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
        postgresql_ops={'next_attempt_at': 'NULLS FIRST'},
    )
    for name, columns, when in (
        ('ix_deliveries_in_hand', ['owner'], "state = 'sending'"),
        ('ix_deliveries_rejected', ['mailing'], "state = 'rejected'"),
    ):
        op.create_index(name, 'deliveries', columns, sqlite_where=sa.text(when), postgresql_where=sa.text(when))
    op.create_index('ix_payments_membership', 'payments', ['membership'])
    op.create_table('throttles',
    sa.Column('family', sa.Text(), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('until', mailer.store.columns.UtcDateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('set_at', mailer.store.columns.UtcDateTime(timezone=True), nullable=False),
    sa.Column('set_by', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('family', name=op.f('pk_throttles'))
    )
    deliveries = sa.table('deliveries', sa.column('id'), sa.column('address'), sa.column('family'))
    connection = op.get_bind()
    # Computed here by the rule itself, row by row, since SQL cannot.
    rows = connection.execute(sa.select(deliveries.c.id, deliveries.c.address)).all()
    found = [{'of': identity, 'is': family_of(address.rpartition('@')[2])} for identity, address in rows]
    if found:
        named = sa.update(deliveries).where(deliveries.c.id == sa.bindparam('of')).values(family=sa.bindparam('is'))
        connection.execute(named, found)
