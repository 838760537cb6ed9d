"""Waits beside a restored backup until a person has said what left since: the console is served, and nothing else is done."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from mailer.app import installation as composition
from mailer.app.beside import Beside
from mailer.app.installation import App
from mailer.gateways.service_manager import ServiceManager
from mailer.pipeline import maillog, servicelog
from mailer.store.ledger import backups
from mailer.views.daemon_role import WAITS_AFTER_RESTORE

# Seconds between two looks whether it goes on.
LOOK = 2.0


def waits_for_person(app: App) -> bool:
    """Whether the database is a backup of which a person has yet to say what left since; one that goes on elsewhere does not wait."""
    with app.store.reading() as connection:
        return backups.backup_at(connection) is not None and backups.moved_to(connection) is None


@dataclass(slots=True, kw_only=True)
class Resumption:
    """A service that waits. `beside` serves console and metrics meanwhile; it must not raise."""

    app: App
    beside: Beside | None
    manager: ServiceManager
    look: float = LOOK
    _stopped: bool = False
    _over: asyncio.Event = field(default_factory=asyncio.Event)

    async def wait(self) -> App | None:
        """The installation by its present settings, once it may go on; None after SIGTERM or SIGINT."""
        with self._signals():
            servicelog.waits_after_restore()
            self.manager.status(WAITS_AFTER_RESTORE)
            self.manager.ready()  # who starts the service would else wait for a person, who may wait for the start
            pulsing = asyncio.create_task(self.manager.pulse(self._loop_goes_on))
            serving = [self.beside(lambda: self.app, self._is_over)] if self.beside is not None else []
            await asyncio.gather(self._look(), *serving)
        pulsing.cancel()
        if self._stopped:
            self.manager.stopping()
            return None
        return self.app

    async def _look(self) -> None:
        while not await self._is_over(self.look):
            try:
                waits = await asyncio.to_thread(waits_for_person, self.app)
            except Exception as error:  # noqa: BLE001  (an unknown failure means later)
                maillog.failed("looking whether the restored backup goes on", error)
            else:
                if not waits:
                    servicelog.goes_on_after_restore()
                    self._over.set()

    async def _is_over(self, seconds: float) -> bool:
        try:
            return await asyncio.wait_for(self._over.wait(), seconds)
        except TimeoutError:
            return False

    async def _loop_goes_on(self) -> None:
        """There is no sender whose answer could be awaited."""

    @contextmanager
    def _signals(self) -> Iterator[None]:
        loop, ends = asyncio.get_running_loop(), (signal.SIGTERM, signal.SIGINT)
        for number in ends:
            loop.add_signal_handler(number, self._stop)
        self.manager.reload_by(self._reload)
        try:
            yield
        finally:
            for number in (*ends, signal.SIGHUP):
                loop.remove_signal_handler(number)
            self.manager.keep_reloads()  # for the service that goes on

    def _stop(self) -> None:
        self._stopped = True
        self._over.set()

    def _reload(self) -> None:
        with self.manager.reloading():
            try:
                self.app = composition.reload(self.app)
            except Exception as error:  # noqa: BLE001  (whatever is wrong with them, the service goes on by the old ones)
                maillog.failed("reload of schedules/, the old ones are kept,", error)
