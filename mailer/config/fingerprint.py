"""Tells whether two processes of an installation have read the same settings."""

from hashlib import sha256
from pathlib import Path

from mailer.config.machine import Config


def fingerprint(config: Config) -> str:
    """A hash over schedules/ and the files that a process reads only at its start, as they are now."""
    digest = sha256()
    for file in (*config.read_at_the_start, *sorted(config.path(config.paths.schedules).glob("*.toml"))):
        octets = _octets(file)
        digest.update(f"{file} {len(octets)}\n".encode())
        digest.update(octets)
    return digest.hexdigest()


def _octets(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""  # whoever needs it says that it cannot be read
