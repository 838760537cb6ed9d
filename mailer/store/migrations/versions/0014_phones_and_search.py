"""Gives people a telephone number, the register what it is sorted and searched by, and keeps what is to be imported."""

import sqlalchemy as sa
from alembic import op

import mailer.store.columns
from mailer.domain.address import Address
from mailer.domain.lookalikes import fold

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

_LETTERS = 100

seats = sa.table(
    'seats',
    sa.column('membership', sa.Text()),
    sa.column('person', sa.Text()),
    sa.column('names', sa.JSON()),
    sa.column('address', sa.Text()),
    sa.column('sorted_by', sa.Text()),
    sa.column('searched', sa.Text()),
)
memberships = sa.table('memberships', sa.column('id', sa.Text()), sa.column('organisation', sa.Text()))


def upgrade() -> None:
    text = sa.text("''")
    op.add_column('seats', sa.Column('phone', sa.Text(), nullable=False, server_default=text))
    op.add_column('seats', sa.Column('sorted_by', mailer.store.columns.ByCodePoint, nullable=False, server_default=text))
    op.add_column('seats', sa.Column('searched', sa.Text(), nullable=False, server_default=text))
    _fill(op.get_bind())
    op.create_index('ix_seats_sorted_by', 'seats', ['sorted_by', 'person', 'membership'])
    op.create_index('ix_payments_period_to', 'payments', ['period_to', 'membership'])
    op.create_table('drafts',
    sa.Column('session', sa.Text(), nullable=False),
    sa.Column('who', sa.Text(), nullable=False),
    sa.Column('at', mailer.store.columns.UtcDateTime(timezone=True), nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('members_name', sa.Text(), nullable=False),
    sa.Column('members', sa.LargeBinary(), nullable=True),
    sa.Column('payments_name', sa.Text(), nullable=False),
    sa.Column('payments', sa.LargeBinary(), nullable=True),
    sa.Column('pasted', sa.Boolean(), nullable=False),
    sa.Column('end_missing', sa.Boolean(), nullable=False),
    sa.Column('ignored', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['session'], ['sessions.token'], name=op.f('fk_drafts_session'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('session', name=op.f('pk_drafts'))
    )


def _fill(connection: sa.Connection) -> None:
    query = sa.select(seats, memberships.c.organisation).join(memberships, memberships.c.id == seats.c.membership)
    rows: list[dict[str, str]] = [
        {
            'm': row.membership,
            'p': row.person,
            'name': fold(next((name for name in row.names.values() if name), ''))[:_LETTERS],
            'words': fold('\n'.join((*row.names.values(), *_spellings(row), row.person, row.membership, row.organisation))),
        }
        for row in connection.execute(query).all()
    ]
    if rows:
        own = (seats.c.membership == sa.bindparam('m')) & (seats.c.person == sa.bindparam('p'))
        values: dict[str, sa.BindParameter[str]] = {'sorted_by': sa.bindparam('name'), 'searched': sa.bindparam('words')}
        connection.execute(sa.update(seats).where(own).values(values), rows)


def _spellings(row: sa.Row[tuple[str, ...]]) -> tuple[str, ...]:
    return Address.from_wire(row.address).spellings if row.address else ()


def downgrade() -> None:
    op.drop_table('drafts')
    op.drop_index('ix_payments_period_to', 'payments')
    op.drop_index('ix_seats_sorted_by', 'seats')
    for column in ('searched', 'sorted_by', 'phone'):
        op.drop_column('seats', column)
