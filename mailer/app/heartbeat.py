"""Lets a monitor elsewhere know that the service is well; it alarms a person when that stops."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

from mailer.app.installation import App
from mailer.domain.errors import MailerError
from mailer.gateways.ping import ping
from mailer.pipeline import servicelog
from mailer.store.ledger.outages import open_since

# How often it beats (seconds).
BEAT = 60
# An outage of all relays that lasts so long is no health: alarms by mail do not leave then.
LONG_OUTAGE = timedelta(minutes=10)


@dataclass(slots=True, kw_only=True)
class Heartbeat:
    """The beats of one daemon. `leads` blocks; `answers` returns once the ledger's thread goes on."""

    leads: Callable[[], bool]
    answers: Callable[[], Awaitable[None]]
    send: Callable[[str], Awaitable[None]] = ping
    _failed: str = field(default="", init=False)

    async def beat(self, app: App) -> None:
        """Beat once, if the settings name an address and the service is well: a daemon that does not lead is silent."""
        url = app.config.monitoring.ping_url
        if not url or not await asyncio.to_thread(self._is_well, app):
            return
        await self.answers()
        try:
            await self.send(url)
        except MailerError as error:
            if not self._failed:
                servicelog.ping_failed(str(error))
            self._failed = str(error)
        else:
            if self._failed:
                servicelog.ping_works()
            self._failed = ""

    def _is_well(self, app: App) -> bool:
        """Whether this daemon leads, so that the ledger can be written and the clock is right, and a relay works."""
        if not self.leads():
            return False
        with app.store.reading() as connection:
            since = open_since(connection)
        return since is None or app.context.clock.now() - since < LONG_OUTAGE
