"""Keeps whether a copy blocks another one for its reader: indexes that asked for the state changed with each of its moves."""

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None

_BLOCKING = "state IN ('accepted', 'held', 'pending', 'sending', 'uncertain')"
_FAILED = "state IN ('rejected', 'bounced', 'cancelled')"
_ONE_COPY = ('uq_deliveries_one_copy', ['first_mailing', 'person', 'language'], True)
_FAILURES = ('ix_deliveries_failed', ['mailing', 'state'], False)


def upgrade() -> None:
    if op.get_bind().dialect.name == 'sqlite':
        # With the column comes its CHECK, since no other is added to a table without copying it; rows do not meet it yet.
        op.execute(sa.text('PRAGMA ignore_check_constraints = ON'))
        op.execute(
            sa.text(
                'ALTER TABLE deliveries ADD COLUMN blocking BOOLEAN DEFAULT 1 NOT NULL '
                f'CONSTRAINT ck_deliveries_blocking CHECK (blocking = ({_BLOCKING}))'
            )
        )
        op.execute(sa.text(f'UPDATE deliveries SET blocking = 0 WHERE {_FAILED}'))
        op.execute(sa.text('PRAGMA ignore_check_constraints = OFF'))
        _index_where('blocking IS 1', 'blocking IS 0')
    else:
        op.add_column('deliveries', sa.Column('blocking', sa.Boolean(), server_default=sa.true(), nullable=False))
        op.execute(sa.text(f'UPDATE deliveries SET blocking = false WHERE {_FAILED}'))
        op.create_check_constraint(op.f('ck_deliveries_blocking'), 'deliveries', f'blocking = ({_BLOCKING})')
        _index_where('blocking IS true', 'blocking IS false')


def downgrade() -> None:
    _index_where(_BLOCKING, _FAILED)
    op.execute(sa.text('ALTER TABLE deliveries DROP COLUMN blocking'))


def _index_where(*conditions: str) -> None:
    for (name, columns, unique), condition in zip((_ONE_COPY, _FAILURES), conditions, strict=True):
        where = sa.text(condition)
        op.drop_index(op.f(name), table_name='deliveries')
        op.create_index(op.f(name), 'deliveries', columns, unique=unique, sqlite_where=where, postgresql_where=where)
