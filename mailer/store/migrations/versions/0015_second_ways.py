"""Keeps the second ways of users, and the attempts to sign in that failed."""

import sqlalchemy as sa
from alembic import op

import mailer.store.columns

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None

_INSTANT = mailer.store.columns.UtcDateTime(timezone=True)
_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    with op.batch_alter_table('sessions', schema=None) as batch_op:
        batch_op.add_column(sa.Column('second_at', _INSTANT, nullable=True))
        batch_op.add_column(sa.Column('challenge', sa.Text(), nullable=False, server_default=sa.text("''")))
        batch_op.add_column(sa.Column('browser', sa.Text(), nullable=False, server_default=sa.text("''")))
    op.create_table('one_time_secrets',
    sa.Column('user', _ID, nullable=False),
    sa.Column('secret', sa.Text(), nullable=False),
    sa.Column('last_step', sa.Integer(), nullable=True),
    sa.Column('confirmed_at', _INSTANT, nullable=True),
    sa.ForeignKeyConstraint(['user'], ['users.id'], name=op.f('fk_one_time_secrets_user')),
    sa.PrimaryKeyConstraint('user', name=op.f('pk_one_time_secrets'))
    )
    op.create_table('printed_codes',
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('user', _ID, nullable=False),
    sa.Column('made_at', _INSTANT, nullable=False),
    sa.Column('used_at', _INSTANT, nullable=True),
    sa.ForeignKeyConstraint(['user'], ['users.id'], name=op.f('fk_printed_codes_user')),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_printed_codes'))
    )
    op.create_index(op.f('ix_printed_codes_user'), 'printed_codes', ['user'], unique=False)
    op.create_table('passkeys',
    sa.Column('id', _ID, nullable=False),
    sa.Column('user', _ID, nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('credential', sa.Text(), nullable=False),
    sa.Column('public_key', sa.LargeBinary(), nullable=False),
    sa.Column('sign_count', sa.BigInteger(), nullable=False),
    sa.Column('added_at', _INSTANT, nullable=False),
    sa.Column('used_at', _INSTANT, nullable=True),
    sa.ForeignKeyConstraint(['user'], ['users.id'], name=op.f('fk_passkeys_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_passkeys')),
    sa.UniqueConstraint('credential', name=op.f('uq_passkeys_credential'))
    )
    op.create_index(op.f('ix_passkeys_user'), 'passkeys', ['user'], unique=False)
    op.create_table('sign_in_attempts',
    sa.Column('id', _ID, nullable=False),
    sa.Column('lane', sa.Text(), nullable=False),
    sa.Column('at', _INSTANT, nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in_attempts'))
    )
    op.create_index(op.f('ix_sign_in_attempts_at'), 'sign_in_attempts', ['at'], unique=False)
    op.create_index(op.f('ix_sign_in_attempts_lane'), 'sign_in_attempts', ['lane'], unique=False)


def downgrade() -> None:
    for table in ('sign_in_attempts', 'passkeys', 'printed_codes', 'one_time_secrets'):
        op.drop_table(table)
    with op.batch_alter_table('sessions', schema=None) as batch_op:
        for column in ('browser', 'challenge', 'second_at'):
            batch_op.drop_column(column)
