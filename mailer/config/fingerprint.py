"""Tells whether two processes of an installation have read the same settings."""

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from mailer.config.machine import Config

_BETWEEN = "-"


def fingerprint(config: Config) -> str:
    """The hashes over the files that a process reads only at its start, and over schedules/, as they are now."""
    return f"{_hash(config.read_at_the_start)}{_BETWEEN}{_of_schedules(config)}"


def fingerprint_after_reload(config: Config, before: str) -> str:
    """That of a process which has read schedules/ again: all else that it has read is as it was at its start."""
    of_start, _, _ = before.partition(_BETWEEN)
    return f"{of_start}{_BETWEEN}{_of_schedules(config)}"


def _of_schedules(config: Config) -> str:
    return _hash(sorted(config.path(config.paths.schedules).glob("*.toml")))


def _hash(files: Iterable[Path]) -> str:
    digest = sha256()
    for file in files:
        octets = _octets(file)
        digest.update(f"{file} {len(octets)}\n".encode())
        digest.update(octets)
    return digest.hexdigest()


def _octets(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""  # the part that needs it says that it cannot be read
