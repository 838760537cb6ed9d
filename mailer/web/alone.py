"""Serves the console without a daemon, so that a club may run several beside one that sends."""

import asyncio
import signal

from mailer.app import installation as composition
from mailer.app.installation import App
from mailer.domain.errors import Refused
from mailer.gateways.service_manager import ServiceManager
from mailer.pipeline import maillog, servicelog
from mailer.web.server import serve


async def serve_alone(app: App, manager: ServiceManager) -> None:
    """Serve until SIGTERM or SIGINT; SIGHUP reads schedules/ again. Raises MailerError when it cannot listen."""
    if not app.config.web.listen:
        raise Refused(f"{app.config.file}: [web] listen is empty: name a host and a port, such as 127.0.0.1:8025")
    app.store.endurance.seconds = composition.FOR_A_SERVICE
    served, stop, loop = [app], asyncio.Event(), asyncio.get_running_loop()

    def reload() -> None:
        try:
            served[0] = composition.reload(served[0])
        except Exception as error:  # noqa: BLE001  (whatever is wrong with them, the console goes on by the old ones)
            maillog.failed("reload of schedules/, the old ones are kept,", error)
            return
        servicelog.reloaded(sorted(served[0].schedules.newsletters))

    async def stopped(seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                return await stop.wait()
        except TimeoutError:
            return False

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    manager.reload_by(reload)
    await serve(lambda: served[0], stopped)
