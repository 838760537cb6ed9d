"""The tables, with the rules that the database itself keeps."""

from mailer.store.schema.deliveries import (
    OUTCOMES,
    THROTTLED,
    attempts,
    columns_in,
    deliveries,
    is_asking,
    is_counted,
    is_failed,
    is_pending,
    is_sending,
    is_uncertain,
)
from mailer.store.schema.history import history
from mailer.store.schema.holds import failures, holds, own_pauses
from mailer.store.schema.issues import revision_files, revisions
from mailer.store.schema.letters import letters
from mailer.store.schema.mailings import (
    DISCARDED,
    DRAFT,
    belongs_to_an_issue,
    editions,
    exclusions,
    mailings,
    recipients,
    test_mailings,
)
from mailer.store.schema.register import drafts, memberships, payments, register_state, seats
from mailer.store.schema.reports import counted_reports, raw_reports, reports
from mailer.store.schema.senders import (
    leases,
    ledger_state,
    looks,
    owners,
    relay_outages,
    relay_paces,
    relay_sizes,
    throttles,
)
from mailer.store.schema.users import one_time_secrets, passkeys, printed_codes, sessions, sign_in_attempts, users
from mailer.store.schema.wishes import wishes

__all__ = [
    "DISCARDED",
    "DRAFT",
    "OUTCOMES",
    "THROTTLED",
    "attempts",
    "belongs_to_an_issue",
    "columns_in",
    "counted_reports",
    "deliveries",
    "drafts",
    "editions",
    "exclusions",
    "failures",
    "history",
    "holds",
    "is_asking",
    "is_counted",
    "is_failed",
    "is_pending",
    "is_sending",
    "is_uncertain",
    "leases",
    "ledger_state",
    "letters",
    "looks",
    "mailings",
    "memberships",
    "one_time_secrets",
    "own_pauses",
    "owners",
    "passkeys",
    "payments",
    "printed_codes",
    "raw_reports",
    "recipients",
    "register_state",
    "relay_outages",
    "relay_paces",
    "relay_sizes",
    "reports",
    "revision_files",
    "revisions",
    "seats",
    "sessions",
    "sign_in_attempts",
    "test_mailings",
    "throttles",
    "users",
    "wishes",
]
