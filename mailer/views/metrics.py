"""The table of the figures that monitors read: names, labels, and what each means."""

from mailer.domain.metric import MetricKind, MetricName

DELIVERIES = MetricName(
    name="mailer_deliveries",
    kind=MetricKind.GAUGE,
    labels=("state",),
    meaning="Copies of all mailings in each state; those of mailings that have ended are counted every five minutes.",
)
MAILINGS = MetricName(
    name="mailer_open_mailings",
    kind=MetricKind.GAUGE,
    labels=("state",),
    meaning="Mailings that are not closed or cancelled, in each state.",
)
ATTEMPTS = MetricName(
    name="mailer_attempts_total",
    kind=MetricKind.COUNTER,
    labels=("relay", "outcome"),
    meaning="Attempts to hand a copy over, by relay and outcome; relays that are not in the settings are other.",
)
ATTEMPT_DURATION = MetricName(
    name="mailer_attempt_duration_seconds",
    kind=MetricKind.HISTOGRAM,
    labels=("relay",),
    meaning="How long attempts took, from the envelope to the relay's last answer.",
)
OLDEST_PENDING = MetricName(
    name="mailer_oldest_pending_copy_age_seconds",
    kind=MetricKind.GAUGE,
    meaning="How long ago the oldest mailing under way began that has pending copies; 0 without one.",
)
COPIES_DUE = MetricName(
    name="mailer_copies_due",
    kind=MetricKind.GAUGE,
    meaning="Whether a copy may leave now; pending ones may all wait for their time, or that of their newsletter or provider.",
)
UNCERTAIN = MetricName(
    name="mailer_uncertain_copies",
    kind=MetricKind.GAUGE,
    meaning="Copies that may have left and wait for a person to settle them.",
)
RELAY_UP = MetricName(
    name="mailer_relay_up",
    kind=MetricKind.GAUGE,
    labels=("relay",),
    meaning="Whether copies can go through the relay: 0 in an outage of all relays, and while this one takes nothing or is left out.",
)
BOUNCES = MetricName(
    name="mailer_bounces_total",
    kind=MetricKind.COUNTER,
    labels=("class",),
    meaning="Reports that came back, as each was first read: hard and soft bounces, complaints, delays and others.",
)
UNREAD_REPORTS = MetricName(
    name="mailer_unread_reports",
    kind=MetricKind.GAUGE,
    meaning="Reports that wait for a person.",
)
LETTERS = MetricName(
    name="mailer_waiting_letters",
    kind=MetricKind.GAUGE,
    meaning="Letters to secretary, operator and editors that have not left.",
)
LAST_ACCEPTED = MetricName(
    name="mailer_last_accepted_timestamp_seconds",
    kind=MetricKind.GAUGE,
    labels=("newsletter",),
    meaning="When a relay last accepted a copy of the newsletter.",
)
NEXT_SCHEDULE = MetricName(
    name="mailer_next_schedule_timestamp_seconds",
    kind=MetricKind.GAUGE,
    labels=("newsletter",),
    meaning="The next time of the newsletter's schedule.",
)
LEASE_EPOCH = MetricName(
    name="mailer_lease_epoch",
    kind=MetricKind.GAUGE,
    meaning="How often the lead went from one daemon to another.",
)
LEASE_HELD = MetricName(
    name="mailer_lease_held",
    kind=MetricKind.GAUGE,
    meaning="Whether a living daemon leads.",
)
LEDGER_EPOCH = MetricName(
    name="mailer_ledger_epoch",
    kind=MetricKind.GAUGE,
    meaning="How often copies were claimed; a restored backup has a lower one.",
)
LAST_BACKUP = MetricName(
    name="mailer_last_backup_timestamp_seconds",
    kind=MetricKind.GAUGE,
    meaning="When a daemon last made a backup; 0 before the first one.",
)
DISK_FREE = MetricName(
    name="mailer_disk_free_bytes",
    kind=MetricKind.GAUGE,
    meaning="Room left on the disk of the database, or with PostgreSQL on that of the settings.",
)
CLOCK_DIFFERENCE = MetricName(
    name="mailer_clock_difference_seconds",
    kind=MetricKind.GAUGE,
    meaning="By how much this machine's clock and that of PostgreSQL's server differ, at least; nothing with SQLite.",
)
BUILD = MetricName(
    name="mailer_build_info",
    kind=MetricKind.GAUGE,
    labels=("version", "python", "database"),
    meaning="The versions at work; always 1.",
)

METRICS = (
    DELIVERIES,
    MAILINGS,
    ATTEMPTS,
    ATTEMPT_DURATION,
    OLDEST_PENDING,
    COPIES_DUE,
    UNCERTAIN,
    RELAY_UP,
    BOUNCES,
    UNREAD_REPORTS,
    LETTERS,
    LAST_ACCEPTED,
    NEXT_SCHEDULE,
    LEASE_EPOCH,
    LEASE_HELD,
    LEDGER_EPOCH,
    LAST_BACKUP,
    DISK_FREE,
    CLOCK_DIFFERENCE,
    BUILD,
)
