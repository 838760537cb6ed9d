"""Tells the service manager that started this process, such as systemd, how it stands; finds what that hands over."""

import asyncio
import os
import signal
import socket
import time
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

# sd_notify(3). The processes that we start are no part of the service manager's business: they do not get the variables.
_SOCKET, _PULSE, _PULSE_OF = "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"
_CREDENTIALS = "CREDENTIALS_DIRECTORY"

# How many times the service says that it is well within the time in which that is awaited once.
_PULSES = 3
# Seconds to wait for a service manager that does not read: a crashed systemd keeps its socket open.
_PATIENCE = 1.0


def credential(name: str) -> Path | None:
    """The file of this name that systemd hands to the service (systemd.exec(5), LoadCredential=); None where there is none."""
    folder = os.environ.get(_CREDENTIALS, "")
    file = Path(folder, name)
    return file if folder and name == file.name and file.is_file() else None


@dataclass(slots=True, kw_only=True)
class ServiceManager:
    """The service manager, by its socket; without one nothing is said.

    `pulse_within`: the seconds after which it restarts a service that has not said that it is well; None where it does not.
    """

    socket: str = ""
    pulse_within: float | None = None
    _status: str = field(default="", init=False)
    _is_ready: bool = field(default=False, init=False)
    _reload_wished: bool = field(default=False, init=False)

    @classmethod
    def of_environment(cls, variables: MutableMapping[str, str] = os.environ) -> Self:
        """The one that started this process; its variables are removed."""
        address = variables.pop(_SOCKET, "")
        within, process = variables.pop(_PULSE, ""), variables.pop(_PULSE_OF, "")
        ours = within.isdigit() and int(within) > 0 and process in {"", str(os.getpid())}
        return cls(socket=address, pulse_within=int(within) / 1e6 if ours else None)

    def status(self, sentence: str) -> None:
        """How the service stands, for people who ask the service manager; the same sentence is said once."""
        if sentence != self._status:
            self._status = sentence
            self._say(f"STATUS={sentence}")

    def ready(self) -> None:
        """The service does its work from now on."""
        if not self._is_ready:
            self._is_ready = True
            self._say("READY=1")

    def keep_reloads(self) -> None:
        """Keep a wish to reload (SIGHUP) from now on: it would end the process, and systemd start none anew after that."""

        def keep(*_signal: object) -> None:
            self._reload_wished = True

        signal.signal(signal.SIGHUP, keep)

    def reload_by(self, reload: Callable[[], None]) -> None:
        """Reload so at each wish, in the event loop that runs; at once where one was kept."""
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, reload)
        if self._reload_wished:
            self._reload_wished = False
            reload()

    @contextmanager
    def reloading(self) -> Iterator[None]:
        """Inside, the service reads its settings anew; it is not ready again before it was."""
        if self._is_ready:
            self._say("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")
        try:
            yield
        finally:
            if self._is_ready:
                self._say("READY=1")

    def stopping(self) -> None:
        """The service ends."""
        self._say("STOPPING=1")

    async def pulse(self, answers: Callable[[], Awaitable[None]]) -> None:
        """The service is well, said each time that it `answers` and the event loop goes on, until this is cancelled."""
        while self.pulse_within is not None:
            await answers()
            self._say("WATCHDOG=1")
            await asyncio.sleep(self.pulse_within / _PULSES)

    def _say(self, *lines: str) -> None:
        if not self.socket:
            return
        address = f"\0{self.socket[1:]}" if self.socket.startswith("@") else self.socket
        # Nobody who listens is no reason to end, or to stand still.
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as ours:
            ours.settimeout(_PATIENCE)
            ours.connect(address)
            ours.sendall("\n".join(lines).encode())
