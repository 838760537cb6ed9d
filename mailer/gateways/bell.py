"""Wakes workers on other machines through Procrastinate: a bell that is rung in a transaction, and heard once that is committed.

It is a bell and nothing more. What is to be done stands in the ledger, and a bell that is lost, rung twice, or rung for what is
done already costs seconds at most; so there are no retries, no locks and no periodic tasks, and a job is deleted when it is done.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import cache, partial
from importlib.metadata import version
from typing import Any, LiteralString

import psycopg
from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from procrastinate.exceptions import AppNotOpen, ConnectorException, ProcrastinateException
from procrastinate.schema import SchemaManager
from psycopg.conninfo import make_conninfo

from mailer.domain.errors import Refused
from mailer.gateways.bell_reasons import reason_of

# Does what was rung for; returns whether to ring again.
Task = Callable[[int], Awaitable[bool]]

# Seconds between two heartbeats of a worker; one without a heartbeat for so long does nothing any more, as far as one can tell.
BEAT, SILENT = 2.0, 10.0
# Seconds between two looks for bells that were not heard, and between two attempts to listen.
POLL, AGAIN = 5.0, 1.0
# A process registers two workers: one listens for the first task, the other looks for all others, so that they do not wait.
WORKERS_OF_A_PROCESS = 2
# A database that is gone must not be waited for when no packet comes back (libpq, "Parameter Key Words").
_GIVE_UP = {
    "connect_timeout": "5",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
}
_CREATION = 6252546  # the advisory lock under which the tables are made
_ARGUMENT = "about"


def open_bell(conninfo: str) -> None:
    """Make the tables of the engine where there are none, and make those of an older version anew: they hold nothing but bells.

    Raises OSError when the database does not answer, Refused when the tables are another program's.
    """
    present = version("procrastinate")
    try:
        with psycopg.connect(make_conninfo(conninfo, **_GIVE_UP)) as connection:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (_CREATION,))
            row = connection.execute(_VERSION).fetchone()
            stored = row[0] if row else None
            if row and stored is None:
                raise Refused(
                    "the database has tables of Procrastinate that another program made: let [database] url name a database of "
                    "the club's own"
                )
            if stored is None or _numbers(stored) < _numbers(present):
                connection.execute(_REMOVE)
                connection.execute(SchemaManager.get_schema())
                connection.execute(f"COMMENT ON TABLE procrastinate_jobs IS '{present}'")
    except psycopg.OperationalError as error:
        raise ConnectionError(str(error)) from error


def ring(connection: object, task: str, wanted: Mapping[int, int], at: datetime | None = None) -> None:
    """Ring for a task so many times about each of these things, less what was rung already and not done, in the transaction.

    A thing is rung for as often as there are workers at most. With an instant it is heard then; what is heard later than that
    counts for nothing. Does nothing where no worker has ever listened. Whatever is raised, the transaction goes on.
    """
    assert isinstance(connection, psycopg.Connection), "the bell is rung on PostgreSQL"
    with connection.transaction(), connection.cursor() as cursor:
        if cursor.execute(_VERSION).fetchone() in {None, (None,)}:
            return
        cursor.execute(_FORGET)
        row = cursor.execute(_WORKERS, {"silent": SILENT}).fetchone()
        most = max(1, row[0] // WORKERS_OF_A_PROCESS if row else 0)
        rung = dict(cursor.execute(_RUNG, {"task": task, "silent": SILENT, "at": at}).fetchall())
        missing = {about: min(times, most) - rung.get(about, 0) for about, times in wanted.items()}
        jobs: list[dict[str, Any]] = [{_ARGUMENT: about} for about, times in missing.items() for _ in range(times)]
        if jobs:
            bell = _unopened().configure_task(task, queue=task, schedule_at=at, connection=connection)
            bell.batch_defer(*jobs)


async def run(conninfo: str, tasks: Mapping[str, Task], lost: Callable[[str], None], back: Callable[[], None]) -> None:
    """Do each of these tasks whenever it is rung for, the first one at once, until this is cancelled.

    A task is done once at a time, and ends before this does. While the database does not answer, `lost` is called once with
    the reason, and it is tried again; then `back` is called.
    """
    for library in ("procrastinate", "psycopg"):
        logging.getLogger(library).setLevel(
            logging.CRITICAL
        )  # tasks say what failed in them, and `lost` why none is heard of
    is_lost = False

    def heard() -> None:
        nonlocal is_lost
        if is_lost:
            is_lost = False
            back()

    while True:
        reason = await _listen(conninfo, tasks, heard)
        if not is_lost:
            is_lost = True
            lost(reason)
        await asyncio.sleep(AGAIN)


async def _listen(conninfo: str, tasks: Mapping[str, Task], heard: Callable[[], None]) -> str:
    """Do the tasks until the database does not answer; returns why. `heard` is called once it does."""
    connector = _Connector(conninfo=make_conninfo(conninfo, **_GIVE_UP), min_size=1, max_size=4, timeout=SILENT)
    app = App(connector=connector)
    for name, task in tasks.items():
        app.task(name=name, queue=name, retry=False)(_again(app, name, task))
    workers: list[asyncio.Task[None]] = []
    try:
        await asyncio.to_thread(open_bell, conninfo)
        await asyncio.wait_for(app.open_async(), SILENT)
        first, *others = tasks
        workers += [asyncio.create_task(_work(app, [first], listens=True))]
        workers += [asyncio.create_task(_work(app, others, listens=False))]
        while not connector.is_silent() and not any(worker.done() for worker in workers):
            await asyncio.wait(workers, timeout=BEAT, return_when=asyncio.FIRST_COMPLETED)
            if connector.takes_beats():
                heard()
        errors = (worker.exception() for worker in workers if worker.done())
        reason = reason_of(_cause(next((error for error in errors if error), connector.failure)))
    except asyncio.CancelledError:
        await _end(workers)
        await app.close_async()
        raise
    except Exception as error:  # noqa: BLE001  (an unknown failure means later: a worker must not go deaf)
        reason = reason_of(_cause(error))
    # A worker whose connection is half open may never end: it is left alone, and what it does ends by itself.
    for end in (partial(_end, workers), app.close_async):
        with suppress(ConnectorException, psycopg.Error, TimeoutError):
            await asyncio.wait_for(end(), AGAIN)
    return reason


async def _end(workers: Sequence[asyncio.Task[None]]) -> None:
    for worker in workers:
        worker.cancel()
    await asyncio.gather(*workers, return_exceptions=True)


async def _work(app: App, queues: list[str], *, listens: bool) -> None:
    await app.run_worker_async(
        queues=queues,
        concurrency=len(queues),
        fetch_job_polling_interval=POLL,
        abort_job_polling_interval=3600,  # nothing is ever aborted
        listen_notify=listens,
        delete_jobs="always",
        install_signal_handlers=False,
        update_heartbeat_interval=BEAT,
        stalled_worker_timeout=SILENT,
    )


def _again(app: App, name: str, task: Task) -> Callable[..., Awaitable[None]]:
    async def do(**arguments: int) -> None:
        if await task(arguments[_ARGUMENT]):
            await app.configure_task(name, queue=name).defer_async(**arguments)

    return do


class _Connector(PsycopgConnector):
    """Notes the heartbeats that the database has taken: a dead listener or a half-open connection is silent otherwise.

    `failure` is what the database refused since the last of them, which the worker keeps to itself; None: nothing.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._beats: dict[int, float] = {}  # by worker
        self._beating: set[int] = set()  # workers that have beaten since they were registered
        self._left_bell: Exception | None = None  # why one that was done could not be deleted; None: each could
        self.failure: Exception | None = None

    async def execute_query_one_async(self, query: LiteralString, **arguments: Any) -> dict[str, Any]:
        with self._noted():
            row: dict[str, Any] = await super().execute_query_one_async(query, **arguments)
        if row.keys() == {"worker_id"}:  # it is registered
            self._beats[row["worker_id"]] = _elapsed()
        return row

    async def execute_query_async(self, query: LiteralString, **arguments: Any) -> None:
        try:
            with self._noted():
                await super().execute_query_async(query, **arguments)
        except (AppNotOpen, ConnectorException) as error:
            if "job_id" not in arguments:
                raise
            # The worker would leave this error to the loop. Its bell counts as rung for as long as that worker lives.
            self._left_bell = error
        if arguments.keys() == {"worker_id"}:
            self.failure = self._left_bell  # which no heartbeat makes good
            self._beats[arguments["worker_id"]] = _elapsed()
            self._beating.add(arguments["worker_id"])

    async def execute_query_all_async(self, query: LiteralString, **arguments: Any) -> list[dict[str, Any]]:
        with self._noted():
            rows: list[dict[str, Any]] = await super().execute_query_all_async(query, **arguments)
        return rows

    async def listen_notify(self, *words: Any, **named: Any) -> None:
        with self._noted():
            await super().listen_notify(*words, **named)

    @contextmanager
    def _noted(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            self.failure = error
            raise

    def takes_beats(self) -> bool:
        """Whether the database has taken heartbeats of all workers, and refused nothing since."""
        return len(self._beating) == WORKERS_OF_A_PROCESS and self.failure is None

    def is_silent(self) -> bool:
        """Whether these workers are to end, and others to take their places."""
        return self._left_bell is not None or any(_elapsed() - beat > SILENT for beat in self._beats.values())


def _cause(error: BaseException | None) -> BaseException | None:
    """The driver's error: the library hides it behind words that are always the same."""
    while isinstance(error, ProcrastinateException) and error.__cause__ is not None:
        error = error.__cause__
    return error


def _elapsed() -> float:
    return asyncio.get_running_loop().time()


@cache
def _unopened() -> App:
    """Rings on connections of others, and has none of its own."""
    return App(connector=SyncPsycopgConnector())


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".") if part.isdecimal())


# Our tables say in a comment which version made them.
_VERSION: LiteralString = """
SELECT obj_description(made, 'pg_class') FROM (SELECT to_regclass('procrastinate_jobs') AS made) AS tables WHERE made IS NOT NULL
"""
_ALIVE = "last_heartbeat > now() - make_interval(secs => %(silent)s)"
_WORKERS: LiteralString = f"SELECT count(*) FROM procrastinate_workers WHERE {_ALIVE}"  # noqa: S608
_RUNG: LiteralString = f"""
SELECT (job.args->>'{_ARGUMENT}')::bigint, count(*) FROM procrastinate_jobs AS job
WHERE job.task_name = %(task)s AND (
    job.status = 'todo' AND (job.scheduled_at IS NULL OR job.scheduled_at <= coalesce(%(at)s::timestamptz, now()))
    OR job.status = 'doing' AND job.worker_id IN (SELECT id FROM procrastinate_workers WHERE {_ALIVE}))
GROUP BY 1
"""  # noqa: S608
# What dead workers had begun. One that is only frozen may come back and end it, so it stays for a while. Who rings waits for no
# other process that forgets the same: that one may be frozen.
_FORGET: LiteralString = """
DELETE FROM procrastinate_jobs WHERE id IN
    (SELECT job.id FROM procrastinate_jobs AS job WHERE job.status = 'doing' AND NOT EXISTS
        (SELECT FROM procrastinate_workers AS worker
         WHERE worker.id = job.worker_id AND worker.last_heartbeat > now() - interval '10 minutes')
     FOR UPDATE OF job SKIP LOCKED)
"""
_REMOVE: LiteralString = """
DO $$
DECLARE part record;
BEGIN
    FOR part IN SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE 'procrastinate\\_%'
        AND relnamespace = current_schema()::regnamespace LOOP
        EXECUTE format('DROP TABLE %I CASCADE', part.relname);
    END LOOP;
    FOR part IN SELECT oid::regprocedure AS name FROM pg_proc WHERE proname LIKE 'procrastinate\\_%'
        AND pronamespace = current_schema()::regnamespace LOOP
        EXECUTE format('DROP FUNCTION %s CASCADE', part.name);
    END LOOP;
    FOR part IN SELECT typname FROM pg_type WHERE typname LIKE 'procrastinate\\_%'
        AND typtype IN ('e', 'c') AND typnamespace = current_schema()::regnamespace LOOP
        EXECUTE format('DROP TYPE %I CASCADE', part.typname);
    END LOOP;
END $$
"""
