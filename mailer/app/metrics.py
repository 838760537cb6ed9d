"""Reads the figures for a monitor out of the ledger and the settings, so that a restart resets none of them."""

import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import product

from mailer import __version__
from mailer.app.attempt_tally import AttemptSums, AttemptTally
from mailer.app.clock_agreement import clocks_apart
from mailer.app.installation import App
from mailer.app.scheduler import SCHEDULER, daemon_runs
from mailer.domain.bounce import ReportKind
from mailer.domain.delivery import State
from mailer.domain.errors import BadInput
from mailer.domain.mailing import ENDED, Mailing, MailingState
from mailer.domain.metric import Distribution, Metric, added, alone, by_label
from mailer.domain.night import BACKED_UP, DATABASE
from mailer.formats.cron import next_time
from mailer.gateways.machine_state import disk_room
from mailer.pipeline.sending.turn import startable_mailings
from mailer.store import Connection, history, letters, mailings, reports
from mailer.store.copies import deliveries, tallies
from mailer.store.ledger import claims, limits, outages
from mailer.store.ledger.attempt_figures import NOTHING_BELOW
from mailer.store.ledger.leases import lease_epoch
from mailer.store.relay_paces import slow_relays
from mailer.store.schema import OUTCOMES
from mailer.views import metrics as names

# The label of relays that are not in the settings any more.
OTHER = "other"


# Copies of mailings that have ended change rarely, and there are more of them each year (seconds).
COUNT_ENDED = 300.0

Counts = Mapping[int, Mapping[str, int]]


@dataclass(slots=True)
class MetricsReader:
    """Reads the figures, for one request at a time; it keeps what it has counted of attempts and of ended mailings."""

    _tally: AttemptTally = field(default_factory=AttemptTally)
    _ended: dict[int, Mapping[str, int]] = field(default_factory=dict)
    _ended_at: float = 0.0

    def read(self, app: App) -> list[Metric]:
        """Every figure as it is now. No label has an address, and none has values without end."""
        now = app.context.clock.now()
        sums = self._tally.read(app.store, now)
        with app.store.reading() as connection:
            every = mailings.mailings_in(connection, MailingState)
            counts = self._counts(connection, every, app.context.clock.elapsed())
            ledger = list(_of_the_ledger(connection, app, every, counts, now))
        return [*ledger, *_of_attempts(app, sums), *_of_the_machine(app, now)]

    def _counts(self, connection: Connection, every: Sequence[Mailing], elapsed: float) -> Counts:
        if elapsed - self._ended_at >= COUNT_ENDED:
            self._ended, self._ended_at = {}, elapsed
        ended = {mailing.id for mailing in every if mailing.state in ENDED}
        fresh = [mailing.id for mailing in every if mailing.id not in ended or mailing.id not in self._ended]
        counts = deliveries.counts_by_mailing(connection, fresh)
        self._ended |= {identity: numbers for identity, numbers in counts.items() if identity in ended}
        return {mailing.id: counts.get(mailing.id) or self._ended[mailing.id] for mailing in every}


def _of_the_ledger(
    connection: Connection, app: App, every: Sequence[Mailing], counts: Counts, now: datetime
) -> Iterator[Metric]:
    total = deliveries.sum_counts(counts.values())
    yield by_label(names.DELIVERIES, total)
    yield alone(names.UNCERTAIN, total[State.UNCERTAIN])
    yield by_label(names.MAILINGS, _open_mailings(every))
    yield alone(names.OLDEST_PENDING, _oldest_pending(every, counts, now))
    yield alone(names.COPIES_DUE, _copies_are_due(connection, app, now))
    yield by_label(names.RELAY_UP, _relays_up(connection, app))
    yield by_label(names.BOUNCES, _bounces(connection))
    yield alone(names.UNREAD_REPORTS, reports.count_open(connection))
    yield alone(names.LETTERS, letters.outbox(connection).waiting)
    yield alone(names.LAST_BACKUP, _last_backup(connection, app))
    yield alone(names.LEASE_EPOCH, lease_epoch(connection, SCHEDULER))
    yield alone(names.LEDGER_EPOCH, claims.ledger_epoch(connection))


def _open_mailings(every: Sequence[Mailing]) -> dict[str, int]:
    states = [state for state in MailingState if state not in ENDED]
    return {state.value: sum(mailing.state is state for mailing in every) for state in states}


def _oldest_pending(every: Sequence[Mailing], counts: Counts, now: datetime) -> float:
    begun = [
        mailing.starts_at
        for mailing in every
        if mailing.state is MailingState.SENDING and mailing.starts_at and counts[mailing.id][State.PENDING]
    ]
    return max((now - min(begun)).total_seconds(), 0.0) if begun else 0.0


def _copies_are_due(connection: Connection, app: App, now: datetime) -> bool:
    """Whether a sender could take a copy now."""
    startable = startable_mailings(connection, app.context, now, only=None)
    going = [mailing.id for mailing in startable if mailing.rest_at is None or mailing.rest_at <= now]
    throttled = {throttle.family: throttle.until for throttle in limits.current_throttles(connection, now)}
    due = tallies.next_due(connection, going, throttled, now)
    return due.at_once or (due.next_at is not None and due.next_at <= now)


def _last_backup(connection: Connection, app: App) -> float | None:
    """When the daemon made the last one; 0 before the first, and nothing where it makes none."""
    if app.nightly_backups is None:
        return None
    backup = history.last_of(connection, DATABASE, (BACKED_UP,))
    return backup.at.timestamp() if backup is not None else 0.0


def _relays_up(connection: Connection, app: App) -> dict[str, int]:
    if outages.open_now(connection) is not None:
        return dict.fromkeys(sorted(app.config.relay_names), 0)
    closed = {name for name, relay in slow_relays(connection).items() if relay.closed_at is not None}
    closed |= outages.left_out(connection).keys()
    return {name: int(name not in closed) for name in sorted(app.config.relay_names)}


def _bounces(connection: Connection) -> dict[str, int]:
    numbers = reports.numbers_by_kind(connection)
    classes = {"hard": numbers.get((ReportKind.BOUNCE, True), 0), "soft": numbers.get((ReportKind.BOUNCE, False), 0)}
    others = [kind for kind in ReportKind if kind is not ReportKind.BOUNCE]
    return classes | {kind.value: sum(numbers.get((kind, hard), 0) for hard in (True, False)) for kind in others}


def _of_attempts(app: App, sums: AttemptSums) -> Iterator[Metric]:
    own = app.config.relay_names
    # A monitor sees only what is added to a figure that was there before.
    attempts: dict[tuple[str, ...], float] = dict.fromkeys(product(sorted(own), OUTCOMES), 0)
    for (relay, outcome), number in sums.outcomes.items():
        labels = (relay if relay in own else OTHER, outcome)
        attempts[labels] = attempts.get(labels, 0) + number
    yield Metric(name=names.ATTEMPTS, values=attempts)
    none = Distribution(at_most=NOTHING_BELOW, number=0, total=0.0)
    durations: dict[tuple[str, ...], list[Distribution]] = {(relay,): [none] for relay in sorted(own)}
    for relay, duration in sums.durations().items():
        durations.setdefault((relay if relay in own else OTHER,), []).append(duration)
    yield Metric(
        name=names.ATTEMPT_DURATION, distributions={labels: added(parts) for labels, parts in durations.items()}
    )
    accepted = {name: at.timestamp() for name, at in sums.accepted.items() if name in app.context.newsletters}
    yield by_label(names.LAST_ACCEPTED, accepted)


def _of_the_machine(app: App, now: datetime) -> Iterator[Metric]:
    yield alone(names.LEASE_HELD, daemon_runs(app))
    yield by_label(names.NEXT_SCHEDULE, dict(_next_times(app, now)))
    yield alone(names.DISK_FREE, _disk_free(app))
    apart = clocks_apart(app)
    yield alone(names.CLOCK_DIFFERENCE, apart.total_seconds() if apart is not None else None)
    versions = (__version__, platform.python_version(), app.store.software)
    yield Metric(name=names.BUILD, values={versions: 1.0})


def _next_times(app: App, now: datetime) -> Iterator[tuple[str, float]]:
    for newsletter in app.context.newsletters.values():
        try:
            yield newsletter.id, next_time(newsletter.schedule, now).timestamp()
        except BadInput:  # a cron line that names no time
            continue


def _disk_free(app: App) -> float | None:
    try:
        return float(disk_room(app.state_folder).octets)
    except OSError:
        return None
