"""Names the person who runs a command, by what the system says: variables that anyone can set do not count."""

import os
import pwd
from pathlib import Path


def caller(folder: Path) -> str:
    """The login of this process; of one that sudo started as the folder's owner or as root, the login that called sudo.

    sudo sets SUDO_USER itself. Another program could set it only as one of these two logins, which can change the
    database anyway; of any other login it is named after that login, and never instead.
    """
    own = os.getuid()
    called_by = os.environ.get("SUDO_USER", "")
    if not called_by or os.environ.get("SUDO_UID") != _number(called_by):
        return _name(own)
    return called_by if own in {0, folder.stat().st_uid} else f"{_name(own)}, called by {called_by}"


def _name(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"uid {number}"


def _number(login: str) -> str:
    try:
        return str(pwd.getpwnam(login).pw_uid)
    except KeyError:
        return ""
