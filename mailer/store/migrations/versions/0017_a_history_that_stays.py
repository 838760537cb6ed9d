"""Refuses to change or delete an entry of the history, and finds entries by who, what and the thing they are about.

Before that, addresses that a server's words quote are taken out of it.
"""

import sqlalchemy as sa
from alembic import op

from mailer.domain.history import without_addresses

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None

_REFUSAL = 'the history is never changed: entries are only added'

history = sa.table('history', sa.column('id', sa.Integer()), sa.column('subject', sa.Text()), sa.column('detail', sa.Text()))


def upgrade() -> None:
    _take_addresses_out(op.get_bind())
    for column in ('subject', 'who', 'verb'):
        op.create_index(op.f(f'ix_history_{column}'), 'history', [column], unique=False)
    if op.get_bind().dialect.name == 'sqlite':
        for word in ('UPDATE', 'DELETE'):
            op.execute(
                f'CREATE TRIGGER history_refuses_{word.lower()} BEFORE {word} ON history\n'
                f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
            )
    else:
        op.execute(
            'CREATE FUNCTION history_refuses() RETURNS trigger LANGUAGE plpgsql AS '
            f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$"
        )
        op.execute(
            'CREATE TRIGGER history_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON history '
            'FOR EACH STATEMENT EXECUTE FUNCTION history_refuses()'
        )


def _take_addresses_out(connection: sa.Connection) -> None:
    quoting = sa.select(history).where(history.c.detail.contains('@') | history.c.subject.contains('@'))
    for row in connection.execute(quoting).all():
        values = {'subject': without_addresses(row.subject), 'detail': without_addresses(row.detail)}
        connection.execute(sa.update(history).where(history.c.id == row.id).values(values))


def downgrade() -> None:
    if op.get_bind().dialect.name == 'sqlite':
        op.execute('DROP TRIGGER history_refuses_delete')
        op.execute('DROP TRIGGER history_refuses_update')
    else:
        op.execute('DROP TRIGGER history_refuses_change ON history')
        op.execute('DROP FUNCTION history_refuses()')
    for column in ('verb', 'who', 'subject'):
        op.drop_index(op.f(f'ix_history_{column}'), table_name='history')
