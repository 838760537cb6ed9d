"""Keeps the users of the console and their sessions."""

import sqlalchemy as sa
from alembic import op

import mailer.store.columns

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

_INSTANT = mailer.store.columns.UtcDateTime(timezone=True)
_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('users',
    sa.Column('id', _ID, nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('login', sa.Text(), nullable=False),
    sa.Column('address', sa.Text(), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('password_hash', sa.Text(), nullable=False),
    sa.Column('disabled_at', _INSTANT, nullable=True),
    sa.CheckConstraint("role IN ('editor', 'secretary', 'admin')", name=op.f('ck_users_role')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_users')),
    sa.UniqueConstraint('name', name=op.f('uq_users_name'))
    )
    op.create_table('sessions',
    sa.Column('token', sa.Text(), nullable=False),
    sa.Column('user', _ID, nullable=False),
    sa.Column('began_at', _INSTANT, nullable=False),
    sa.Column('seen_at', _INSTANT, nullable=False),
    sa.Column('notice', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['user'], ['users.id'], name=op.f('fk_sessions_user')),
    sa.PrimaryKeyConstraint('token', name=op.f('pk_sessions'))
    )
    op.create_index(op.f('ix_sessions_user'), 'sessions', ['user'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_sessions_user'), table_name='sessions')
    op.drop_table('sessions')
    op.drop_table('users')
