"""Keeps as what each mail that came back was counted, so that reading it again never lowers a figure."""

import sqlalchemy as sa
from alembic import op

import mailer.store.columns

revision = '0025'
down_revision = '0024'
branch_labels = None
depends_on = None

_KINDS = 'bounce', 'delayed', 'delivered', 'complaint', 'autoreply', 'challenge', 'mdn', 'unsubscribe', 'other'


def upgrade() -> None:
    op.create_table(
        'counted_reports',
        sa.Column('raw', mailer.store.columns.Id, nullable=False),
        sa.Column('kind', sa.Text(), nullable=False),
        sa.Column('hard', sa.Boolean(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.CheckConstraint(f"kind IN ({', '.join(map(repr, _KINDS))})", name=op.f('ck_counted_reports_kind')),
        sa.ForeignKeyConstraint(['raw'], ['raw_reports.id'], name=op.f('fk_counted_reports_raw')),
        sa.PrimaryKeyConstraint('raw', 'kind', 'hard', name=op.f('pk_counted_reports')),
    )
    op.execute(
        sa.text(
            'INSERT INTO counted_reports (raw, kind, hard, number)'
            ' SELECT raw, kind, coalesce(hard, false), count(*) FROM reports GROUP BY raw, kind, coalesce(hard, false)'
        )
    )


def downgrade() -> None:
    op.drop_table('counted_reports')
