"""What a service that runs beside the daemon is: it serves until it is told to stop, and must not raise."""

from collections.abc import Awaitable, Callable

from mailer.app.installation import App

# Waits so many seconds at most, and returns whether the service is to stop.
Stopped = Callable[[float], Awaitable[bool]]
# Serves the installation, which may be another one after a reload, until it is to stop.
Beside = Callable[[Callable[[], App], Stopped], Awaitable[None]]
