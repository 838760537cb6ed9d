"""Tells the names of this machine."""

import socket


def machine_names() -> tuple[str, ...]:
    """Return the full name that name servers and /etc/hosts know, and the host name. It may wait for a name server."""
    try:
        return socket.getfqdn(), socket.gethostname()
    except (OSError, UnicodeError):  # a host name that cannot be looked up
        return ()
