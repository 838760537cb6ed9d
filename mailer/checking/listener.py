"""Finds out who listens at the port of [bounces] listen: this installation's daemon, another program, or none."""

import errno
import socket

from mailer.app import inbound, scheduler
from mailer.app.installation import App
from mailer.config.hosts import listen_at
from mailer.domain.errors import MailerError
from mailer.formats.return_path import TRIAL, return_path
from mailer.gateways.listener.server import IDENT
from mailer.gateways.listener.trial import ask_listener

GREETING_SECONDS = 5.0  # another program at our port may take this long to greet
LONGEST_REPLY = 512  # octets (RFC 5321 §4.5.3.1.5)


def listener_state(app: App) -> str:
    """Say that the daemon listens, or will; raises MailerError when it cannot."""
    address = app.config.bounces.listen
    where = f"{address}, {'with' if inbound.certificate(app) else 'without'} STARTTLS"
    host, port = listen_at(address)
    if is_free(host, port):
        if scheduler.daemon_runs_here(app):
            raise MailerError(f"{where}: the daemon runs, but does not listen there; see its log")
        return f"{where}; free, the daemon will listen there"
    if IDENT not in _greeting(host, port):
        raise MailerError(f"{where}: another program listens there; end it, or choose another port in [bounces] listen")
    if not scheduler.daemon_runs(app):
        raise MailerError(
            f"{where}: a daemon listens there, but none works for this installation; see the daemon's log"
        )
    domain = app.context.return_path_domain
    if domain and ask_listener(host, port, return_path(app.context.keys, TRIAL, domain)).code // 100 == 5:
        raise MailerError(
            f"{where}: the daemon of another installation listens there; end it, or choose another port in [bounces] listen; "
            "restart this one's, if its key file or return_path_domain has changed since it was started"
        )
    return f"{where}; the daemon listens"


def is_free(host: str, port: int) -> bool:
    """Whether the port can be bound. Raises MailerError when it cannot for another reason than being in use."""
    try:
        for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            with socket.socket(family, kind, protocol) as probe:
                # asyncio sets it too: connections in TIME_WAIT do not occupy the port.
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return False
        raise MailerError(f"it is not possible to listen at {host}:{port} ({error.strerror or error})") from error
    return True


def _greeting(host: str, port: int) -> str:
    """Return the first line of the program that listens there; empty if it sends none in time."""
    try:
        with socket.create_connection((host, port), timeout=GREETING_SECONDS) as client, client.makefile("rb") as lines:
            return lines.readline(LONGEST_REPLY).decode("ascii", "replace")
    except OSError:
        return ""
