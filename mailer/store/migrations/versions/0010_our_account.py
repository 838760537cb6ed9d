"""Names a reason of its own for a relay that does not let our account send."""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

_BEFORE = (
    "reason IN ('user_unknown', 'host_unknown', 'moved', 'takes_no_mail', 'mailbox_full', 'suspended', 'filtered', "
    "'members_only', 'too_big', 'virus', 'spam', 'content', 'policy', 'authentication', 'blocked', 'no_ptr', 'rate', "
    "'relaying', 'sender_refused', 'login', 'greylisted', 'timeout', 'network', 'loop', 'server', 'server_full', "
    "'unknown', 'complaint', 'auth_failure', 'opt_out')"
)
_AFTER = _BEFORE.replace("'rate', ", "'rate', 'account', ")
_CHECKS = (('failures', 'ck_failures_failure_reason'), ('reports', 'ck_reports_reason'))


def upgrade() -> None:
    for table, name in _CHECKS:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_constraint(op.f(name), type_='check')
            batch_op.create_check_constraint(op.f(name), _AFTER)


def downgrade() -> None:
    for table, name in _CHECKS:
        op.execute(sa.text(f"UPDATE {table} SET reason = 'sender_refused' WHERE reason = 'account'"))
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_constraint(op.f(name), type_='check')
            batch_op.create_check_constraint(op.f(name), _BEFORE)
