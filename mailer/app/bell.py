"""Rings for the workers on other machines, where the installation has any."""

from collections.abc import Mapping
from datetime import datetime
from importlib.util import find_spec

from mailer.domain.errors import Refused
from mailer.domain.worker_task import WorkerTask
from mailer.pipeline import maillog
from mailer.pipeline.context import Bell, no_bell
from mailer.store import Connection
from mailer.store.driver import driver_connection

# The library comes with the extra `cluster`.
_LIBRARY = "procrastinate"


def bell_of(database_url: str) -> Bell:
    """The bell of an installation: silent on SQLite, which is one machine's, and where the extra is not installed."""
    return _ring if database_url.startswith("postgresql") and can_ring() else no_bell


def can_ring() -> bool:
    """Whether the extra is installed."""
    return find_spec(_LIBRARY) is not None


def refuse_without_cluster(on_postgresql: bool) -> None:
    """Refused where no worker can work: without PostgreSQL, or without the extra."""
    if not on_postgresql:
        raise Refused(
            "a worker shares its database with others on other machines, which is PostgreSQL: set [database] url; from "
            "an SQLite file one daemon sends"
        )
    if not can_ring():
        raise Refused(
            "a worker is woken by Procrastinate, which is not installed: `pip install '.[cluster]'` in the project's folder"
        )


def _ring(connection: Connection, task: WorkerTask, wanted: Mapping[int, int], at: datetime | None = None) -> None:
    from mailer.gateways import bell  # a tenth of a second, and only a few commands ring

    try:
        bell.ring(driver_connection(connection), task, wanted, at)
    except Exception as error:  # noqa: BLE001  (what it is rung for is done and stays so; the sweep rings again)
        maillog.failed(f"ringing for {task}", error)
