"""Reads the key file of an installation, whose keys sign return paths and links."""

from pathlib import Path

from mailer.domain.errors import BadInput
from mailer.domain.remedy import Action

KEY_BYTES = 32


def read_keys(file: Path) -> tuple[bytes, ...]:
    """Return the keys, one per line, the newest first. Raises BadInput when one is missing, unreadable or too short."""
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        raise BadInput(f"the key {file} is not there: restore it from your backup", Action.INSTALL.of()) from None
    except (OSError, ValueError) as error:
        raise BadInput(f"the key {file} cannot be read: it must be {2 * KEY_BYTES} hexadecimal digits") from error
    keys = [_key(file, number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if not keys:
        raise BadInput(f"the key {file} is too short: 0 bytes, {KEY_BYTES} are needed")
    return tuple(keys)


def _key(file: Path, number: int, line: str) -> bytes:
    try:
        key = bytes.fromhex(line.strip())
    except ValueError as error:
        raise BadInput(
            f"the key {file} cannot be read in line {number}: it must be {2 * KEY_BYTES} hexadecimal digits"
        ) from error
    if len(key) < KEY_BYTES:
        raise BadInput(f"the key {file} is too short in line {number}: {len(key)} bytes, {KEY_BYTES} are needed")
    return key
