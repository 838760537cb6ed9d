"""Asks what answers at a port of ours: this installation's service, that of another installation, or another program."""

import ssl
from enum import Enum, auto
from http.client import HTTPConnection, HTTPException, HTTPSConnection

from mailer.app.installation import App
from mailer.formats.recognition import ANSWERS, ASKS, is_answered, question

_SECONDS = 5.0  # for another program at our port to answer
_ANY = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  (compared only)


class AtPort(Enum):
    """What answers at a port."""

    OURS = auto()
    ANOTHER_INSTALLATION = auto()
    ANOTHER_PROGRAM = auto()


def who_answers(app: App, host: str, port: int, *, tls: bool = False) -> AtPort:
    """Ask what listens there, by HTTP, whether it is a service of this installation."""
    host = _ANY.get(host, host)
    connection: HTTPConnection = HTTPConnection(host, port, timeout=_SECONDS)
    if tls:
        trusting = ssl.create_default_context()
        # Whether browsers trust the certificate is another check; this machine may know it by another name.
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        connection = HTTPSConnection(host, port, timeout=_SECONDS, context=trusting)
    try:
        return _ask(app, connection)
    except (OSError, HTTPException):
        return AtPort.ANOTHER_PROGRAM
    finally:
        connection.close()


def _ask(app: App, connection: HTTPConnection) -> AtPort:
    keys, folder = app.context.keys, app.config.folder
    inquiry = question(keys, folder)
    connection.request("GET", "/healthz", headers={"Host": f"localhost:{connection.port}", ASKS: inquiry})
    answer = connection.getresponse()
    if is_answered(keys, folder, inquiry, answer.headers.get(ANSWERS, "")):
        return AtPort.OURS
    is_alike = answer.status == 200 and answer.read(16) == b"ok\n"
    return AtPort.ANOTHER_INSTALLATION if is_alike else AtPort.ANOTHER_PROGRAM
