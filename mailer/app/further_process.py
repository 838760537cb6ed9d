"""Is a further sending process: sends beside the one that started it, while there is much to send and all is well."""

import asyncio
import os
import signal
import sys
from dataclasses import dataclass

from mailer.app.further_processes import STOP, TROUBLE, UNWRITABLE
from mailer.app.installation import App
from mailer.app.own_process import opened, parser
from mailer.app.own_processes import DONE, FAILED
from mailer.app.sender import open_sender
from mailer.domain.pacing import Portion
from mailer.pipeline import company_log, maillog
from mailer.pipeline.context import IssueName
from mailer.pipeline.sending.sender import STOP_WITHIN, Sender

_STDIN = 0


def main() -> None:
    """Send until little is left, a relay is in trouble, or the first process says so or is gone. Exit status: why."""
    reader = parser()
    reader.add_argument("--process", type=int, required=True)
    reader.add_argument("--processes", type=int, required=True)
    reader.add_argument("--only", type=IssueName.parse)
    options = reader.parse_args()
    portion = Portion(process=options.process, processes=options.processes)
    try:
        with opened(options) as app:
            status = asyncio.run(_send(app, portion, options.only))
    except Exception as error:  # noqa: BLE001  (the first process goes on, and starts another one)
        maillog.failed("sending by a further process", error)
        status = UNWRITABLE if maillog.troubles.any else FAILED
    sys.exit(status)


async def _send(app: App, portion: Portion, only: IssueName | None) -> int:
    with open_sender(app, portion) as (sender, _owner):
        orders = _Orders(sender)
        orders.listen()
        drained = await sender.drain(only)
        if sender.abandoned:
            maillog.abandoned(sender.abandoned)
        if drained.down and sender.company.trouble and not orders.stops:
            company_log.leaves(drained.down)
        return TROUBLE + sender.company.trouble if sender.company.trouble else DONE


@dataclass(slots=True)
class _Orders:
    """Does as the first process says, by lines on standard input."""

    sender: Sender
    stops: bool = False

    def listen(self) -> None:
        """Begin to listen."""
        loop = asyncio.get_running_loop()
        loop.add_reader(_STDIN, self._read)
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop, STOP_WITHIN)

    def _read(self) -> None:
        octets = os.read(_STDIN, 4096)
        if not octets:  # the first process is gone
            asyncio.get_running_loop().remove_reader(_STDIN)
            self._stop(STOP_WITHIN)
        for line in octets.decode().splitlines():
            word, _, seconds = line.partition(" ")
            if word == STOP:
                self._stop(float(seconds))
            else:
                self.sender.finish()

    def _stop(self, within: float) -> None:
        """Stop once: systemd says it to every process, and the first one says it again. Within no time: wait for no answer."""
        if not self.stops or not within:
            self.stops = True
            self.sender.stop(within)


if __name__ == "__main__":
    main()
