"""Lets a plan be written in chunks: copies belong to the issue's first mailing, and a draft of one belongs to no issue."""

import sqlalchemy as sa
from alembic import op

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
_STATES = "'planned', 'approved', 'sending', 'paused', 'held', 'closed', 'cancelled'"
_BEFORE = f"state IN ({_STATES})"
_WITH_DRAFTS = f"state IN ({_STATES}, 'draft', 'discarded')"
_ISSUE = (
    "(state IN ('draft', 'discarded')) = (newsletter IS NULL)"
    " AND (newsletter IS NULL) = (serial IS NULL) AND (newsletter IS NULL) = (supplement IS NULL)"
)
_CONTENT = "state = 'discarded' OR content_hash IS NOT NULL"
_BLOCKING = sa.text("state IN ('accepted', 'held', 'pending', 'sending', 'uncertain')")
_NAMING = ('holds', 'own_pauses', 'wishes')


def upgrade() -> None:
    op.add_column('deliveries', sa.Column('first_mailing', _ID, nullable=True))
    op.execute(
        'UPDATE deliveries SET first_mailing = (SELECT m.id FROM mailings AS m WHERE m.newsletter = deliveries.newsletter'
        ' AND m.serial = deliveries.serial ORDER BY m.supplement LIMIT 1)'
    )
    ids = _last_ids()
    with op.batch_alter_table('mailings', table_kwargs={'sqlite_autoincrement': True}) as batch_op:
        for column, kind in (('newsletter', sa.Text()), ('serial', sa.Integer()), ('supplement', sa.Integer())):
            batch_op.alter_column(column, existing_type=kind, nullable=True)
        batch_op.alter_column('content_hash', existing_type=sa.Text(), nullable=True)
        batch_op.drop_constraint(op.f('ck_mailings_state'), type_='check')
        batch_op.create_check_constraint(op.f('ck_mailings_state'), _WITH_DRAFTS)
        batch_op.create_check_constraint(op.f('ck_mailings_issue'), _ISSUE)
        batch_op.create_check_constraint(op.f('ck_mailings_content'), _CONTENT)
    _drop_indexes()
    with op.batch_alter_table('deliveries', table_kwargs={'sqlite_autoincrement': True}) as batch_op:
        batch_op.drop_constraint(op.f('uq_deliveries_newsletter_serial_copy_number'), type_='unique')
        batch_op.alter_column('first_mailing', existing_type=_ID, nullable=False)
        batch_op.drop_column('newsletter')
        batch_op.drop_column('serial')
        batch_op.create_unique_constraint(op.f('uq_deliveries_first_mailing_copy_number'), ['first_mailing', 'copy_number'])
        batch_op.create_foreign_key(op.f('fk_deliveries_first_mailing'), 'mailings', ['first_mailing'], ['id'])
    _create_indexes(['first_mailing'])
    _keep_last_ids(ids)
    op.create_index(
        op.f('ix_mailings_drafts'),
        'mailings',
        ['id'],
        unique=False,
        sqlite_where=sa.text('newsletter IS NULL'),
        postgresql_where=sa.text('newsletter IS NULL'),
    )
    for table in _NAMING:
        op.create_index(op.f(f'ix_{table}_delivery'), table, ['delivery'], unique=False)


def downgrade() -> None:
    for table in _NAMING:
        op.drop_index(op.f(f'ix_{table}_delivery'), table_name=table)
    outside = 'SELECT id FROM mailings WHERE newsletter IS NULL'
    for table in ('deliveries', 'recipients', 'exclusions', 'editions'):
        op.execute(f'DELETE FROM {table} WHERE mailing IN ({outside})')
    op.execute('DELETE FROM mailings WHERE newsletter IS NULL')
    op.drop_index(op.f('ix_mailings_drafts'), table_name='mailings')
    ids = _last_ids()
    _drop_indexes()
    op.add_column('deliveries', sa.Column('newsletter', sa.Text(), nullable=True))
    op.add_column('deliveries', sa.Column('serial', sa.Integer(), nullable=True))
    op.execute(
        'UPDATE deliveries SET (newsletter, serial) ='
        ' (SELECT m.newsletter, m.serial FROM mailings AS m WHERE m.id = deliveries.mailing)'
    )
    with op.batch_alter_table('deliveries', table_kwargs={'sqlite_autoincrement': True}) as batch_op:
        batch_op.drop_constraint(op.f('uq_deliveries_first_mailing_copy_number'), type_='unique')
        batch_op.drop_constraint(op.f('fk_deliveries_first_mailing'), type_='foreignkey')
        batch_op.drop_column('first_mailing')
        batch_op.alter_column('newsletter', existing_type=sa.Text(), nullable=False)
        batch_op.alter_column('serial', existing_type=sa.Integer(), nullable=False)
        batch_op.create_unique_constraint(
            op.f('uq_deliveries_newsletter_serial_copy_number'), ['newsletter', 'serial', 'copy_number']
        )
    _create_indexes(['newsletter', 'serial'])
    with op.batch_alter_table('mailings', table_kwargs={'sqlite_autoincrement': True}) as batch_op:
        for column, kind in (('newsletter', sa.Text()), ('serial', sa.Integer()), ('supplement', sa.Integer())):
            batch_op.alter_column(column, existing_type=kind, nullable=False)
        batch_op.alter_column('content_hash', existing_type=sa.Text(), nullable=False)
        for name in ('state', 'issue', 'content'):
            batch_op.drop_constraint(op.f(f'ck_mailings_{name}'), type_='check')
        batch_op.create_check_constraint(op.f('ck_mailings_state'), _BEFORE)
    _keep_last_ids(ids)


def _drop_indexes() -> None:
    for name in ('uq_deliveries_one_copy', 'ix_deliveries_person'):
        op.drop_index(op.f(name), table_name='deliveries')


def _create_indexes(issue: list[str]) -> None:
    op.create_index(
        op.f('uq_deliveries_one_copy'),
        'deliveries',
        [*issue, 'person', 'language'],
        unique=True,
        sqlite_where=_BLOCKING,
        postgresql_where=_BLOCKING,
    )
    op.create_index(op.f('ix_deliveries_person'), 'deliveries', ['person', *issue, 'language'], unique=False)


def _last_ids() -> list[tuple[str, int]]:
    """The highest ids ever given, which SQLite forgets when it copies a table: none may be given again."""
    connection = op.get_bind()
    if connection.dialect.name != 'sqlite':
        return []
    query = sa.text("SELECT name, seq FROM sqlite_sequence WHERE name IN ('mailings', 'deliveries')")
    return [(row.name, row.seq) for row in connection.execute(query)]


def _keep_last_ids(ids: list[tuple[str, int]]) -> None:
    for name, seq in ids:
        row = {'name': name, 'seq': seq}
        op.get_bind().execute(sa.text('DELETE FROM sqlite_sequence WHERE name = :name'), row)
        op.get_bind().execute(sa.text('INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :seq)'), row)
