"""Finds holds, pauses and wishes by their copy: without it each copy of a plan that is replaced was looked for in all."""

from alembic import op

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None

_TABLES = ('holds', 'own_pauses', 'wishes')


def upgrade() -> None:
    for table in _TABLES:
        op.create_index(op.f(f'ix_{table}_delivery'), table, ['delivery'], unique=False)


def downgrade() -> None:
    for table in _TABLES:
        op.drop_index(op.f(f'ix_{table}_delivery'), table_name=table)
