"""Adds reports, failures, holds, own pauses and letters, and the index of addresses."""

import sqlalchemy as sa
from alembic import op

import mailer.store.columns
from mailer.domain.address import Address

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('holds',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('address', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('evidence', sa.JSON(), nullable=False),
    sa.Column('delivery', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('since', mailer.store.columns.UtcDateTime(timezone=True), nullable=False),
    sa.Column('set_by', sa.Text(), nullable=False),
    sa.Column('lifted_at', mailer.store.columns.UtcDateTime(timezone=True), nullable=True),
    sa.Column('lifted_by', sa.Text(), nullable=True),
    sa.CheckConstraint("reason IN ('address', 'mailbox', 'transport', 'complaint')", name=op.f('ck_holds_reason')),
    sa.ForeignKeyConstraint(['delivery'], ['deliveries.id'], name=op.f('fk_holds_delivery')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_holds'))
    )
    with op.batch_alter_table('holds', schema=None) as batch_op:
        batch_op.create_index('ix_holds_address', ['address'], unique=False)
        batch_op.create_index('uq_holds_address', ['address'], unique=True, sqlite_where=sa.text('lifted_at IS NULL'), postgresql_where=sa.text('lifted_at IS NULL'))

    op.create_table('letters',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('about', sa.Text(), nullable=False),
    sa.Column('recipient', sa.Text(), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('made_at', mailer.store.columns.UtcDateTime(timezone=True), nullable=False),
    sa.Column('sent_at', mailer.store.columns.UtcDateTime(timezone=True), nullable=True),
    sa.Column('tries', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.Column('next_try_at', mailer.store.columns.UtcDateTime(timezone=True), nullable=True),
    sa.Column('failure', sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_letters')),
    sa.UniqueConstraint('kind', 'about', name=op.f('uq_letters_kind_about'))
    )
    with op.batch_alter_table('letters', schema=None) as batch_op:
        batch_op.create_index('ix_letters_unsent', ['id'], unique=False, sqlite_where=sa.text('sent_at IS NULL'), postgresql_where=sa.text('sent_at IS NULL'))

    op.create_table('raw_reports',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('content_hash', sa.Text(), nullable=False),
    sa.Column('recipient', sa.Text(), nullable=False),
    sa.Column('way', sa.Text(), nullable=False),
    sa.Column('arrived_at', mailer.store.columns.UtcDateTime(timezone=True), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=True),
    sa.CheckConstraint("way IN ('listener', 'imap', 'maildir', 'file')", name=op.f('ck_raw_reports_way')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_raw_reports')),
    sa.UniqueConstraint('content_hash', 'recipient', name=op.f('uq_raw_reports_content_hash_recipient'))
    )
    with op.batch_alter_table('raw_reports', schema=None) as batch_op:
        batch_op.create_index('ix_raw_reports_kept', ['arrived_at'], unique=False, sqlite_where=sa.text('content IS NOT NULL'), postgresql_where=sa.text('content IS NOT NULL'))

    op.create_table('failures',
    sa.Column('delivery', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('refused', sa.Boolean(), nullable=False),
    sa.Column('mailing', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('issue', sa.Text(), nullable=False),
    sa.Column('address', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('scope', sa.Text(), nullable=False),
    sa.Column('hard', sa.Boolean(), nullable=False),
    sa.Column('forwarded', sa.Boolean(), nullable=False),
    sa.Column('at', mailer.store.columns.UtcDateTime(timezone=True), nullable=False),
    sa.Column('said', sa.Text(), nullable=False),
    sa.CheckConstraint("reason IN ('user_unknown', 'host_unknown', 'moved', 'takes_no_mail', 'mailbox_full', 'suspended', 'filtered', 'members_only', 'too_big', 'virus', 'spam', 'content', 'policy', 'authentication', 'blocked', 'no_ptr', 'rate', 'relaying', 'sender_refused', 'login', 'greylisted', 'timeout', 'network', 'loop', 'server', 'server_full', 'unknown', 'complaint', 'auth_failure', 'opt_out')", name=op.f('ck_failures_failure_reason')),
    sa.CheckConstraint("scope IN ('address', 'mailbox', 'content', 'sender', 'transport', 'unknown')", name=op.f('ck_failures_scope')),
    sa.ForeignKeyConstraint(['delivery'], ['deliveries.id'], name=op.f('fk_failures_delivery')),
    sa.ForeignKeyConstraint(['mailing'], ['mailings.id'], name=op.f('fk_failures_mailing')),
    sa.PrimaryKeyConstraint('delivery', 'refused', name=op.f('pk_failures'))
    )
    with op.batch_alter_table('failures', schema=None) as batch_op:
        batch_op.create_index('ix_failures_address', ['address'], unique=False)
        batch_op.create_index('ix_failures_mailing', ['mailing'], unique=False)

    op.create_table('own_pauses',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person', sa.Text(), nullable=False),
    sa.Column('first', sa.Date(), nullable=False),
    sa.Column('since', mailer.store.columns.UtcDateTime(timezone=True), nullable=False),
    sa.Column('delivery', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('lifted_at', mailer.store.columns.UtcDateTime(timezone=True), nullable=True),
    sa.Column('lifted_by', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['delivery'], ['deliveries.id'], name=op.f('fk_own_pauses_delivery')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_own_pauses'))
    )
    with op.batch_alter_table('own_pauses', schema=None) as batch_op:
        batch_op.create_index('uq_own_pauses_person', ['person'], unique=True, sqlite_where=sa.text('lifted_at IS NULL'), postgresql_where=sa.text('lifted_at IS NULL'))

    op.create_table('reports',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('raw', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('hard', sa.Boolean(), nullable=True),
    sa.Column('status', sa.Text(), nullable=True),
    sa.Column('code', sa.Integer(), nullable=True),
    sa.Column('recipient', sa.Text(), nullable=True),
    sa.Column('original_recipient', sa.Text(), nullable=True),
    sa.Column('final_recipient', sa.Text(), nullable=True),
    sa.Column('action', sa.Text(), nullable=False),
    sa.Column('diagnostic', sa.Text(), nullable=False),
    sa.Column('reporting_mta', sa.Text(), nullable=False),
    sa.Column('rule', sa.Text(), nullable=False),
    sa.Column('returns_on', sa.Date(), nullable=True),
    sa.Column('successor', sa.Text(), nullable=True),
    sa.Column('sender', sa.Text(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('delivery', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('named_by', sa.Text(), nullable=True),
    sa.Column('person', sa.Text(), nullable=False),
    sa.Column('forwarded', sa.Boolean(), nullable=False),
    sa.Column('matter', sa.Text(), nullable=True),
    sa.Column('settled_at', mailer.store.columns.UtcDateTime(timezone=True), nullable=True),
    sa.Column('settled_by', sa.Text(), nullable=True),
    sa.CheckConstraint("kind IN ('bounce', 'delayed', 'delivered', 'complaint', 'autoreply', 'challenge', 'mdn', 'unsubscribe', 'other')", name=op.f('ck_reports_kind')),
    sa.CheckConstraint("matter IN ('bounced', 'complained', 'wants_no_more', 'unsubscribed', 'challenged', 'moved', 'unread', 'unnamed')", name=op.f('ck_reports_matter')),
    sa.CheckConstraint("named_by IN ('return_path', 'message_id', 'envelope_id', 'unsubscribe')", name=op.f('ck_reports_named_by')),
    sa.CheckConstraint("reason IN ('user_unknown', 'host_unknown', 'moved', 'takes_no_mail', 'mailbox_full', 'suspended', 'filtered', 'members_only', 'too_big', 'virus', 'spam', 'content', 'policy', 'authentication', 'blocked', 'no_ptr', 'rate', 'relaying', 'sender_refused', 'login', 'greylisted', 'timeout', 'network', 'loop', 'server', 'server_full', 'unknown', 'complaint', 'auth_failure', 'opt_out')", name=op.f('ck_reports_reason')),
    sa.ForeignKeyConstraint(['delivery'], ['deliveries.id'], name=op.f('fk_reports_delivery')),
    sa.ForeignKeyConstraint(['raw'], ['raw_reports.id'], name=op.f('fk_reports_raw')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reports')),
    sa.UniqueConstraint('raw', 'place', name=op.f('uq_reports_raw_place')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('reports', schema=None) as batch_op:
        batch_op.create_index('ix_reports_delivery', ['delivery'], unique=False)
        batch_op.create_index('ix_reports_open', ['id'], unique=False, sqlite_where=sa.text('matter IS NOT NULL AND settled_at IS NULL'), postgresql_where=sa.text('matter IS NOT NULL AND settled_at IS NULL'))

    with op.batch_alter_table('deliveries', schema=None) as batch_op:
        batch_op.create_index('ix_deliveries_address', ['address'], unique=False)
        batch_op.create_index('ix_deliveries_asking', ['state', 'mailing'], unique=False, sqlite_where=sa.text("state IN ('held', 'uncertain')"), postgresql_where=sa.text("state IN ('held', 'uncertain')"))

    with op.batch_alter_table('mailings', schema=None) as batch_op:
        batch_op.add_column(sa.Column('broken_at', mailer.store.columns.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('closed_at', mailer.store.columns.UtcDateTime(timezone=True), nullable=True))

    op.add_column('seats', sa.Column('mailbox', sa.Text(), nullable=True))
    op.create_index('ix_seats_mailbox', 'seats', ['mailbox'])
    seats = sa.table('seats', *(sa.column(name) for name in ('membership', 'person', 'address', 'mailbox')))
    connection = op.get_bind()
    for row in connection.execute(sa.select(seats).where(seats.c.address.is_not(None))).all():
        own = (seats.c.membership == row.membership) & (seats.c.person == row.person)
        connection.execute(sa.update(seats).where(own).values(mailbox=Address.from_wire(row.address).normal))
    op.create_index('ix_deliveries_person', 'deliveries', ['person', 'newsletter', 'serial', 'language'])
