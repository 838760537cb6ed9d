"""An installation on disk: a new one with its config.toml, key and folders, and whether only its owner can read it."""

import os
import secrets
import shutil
import stat
from importlib.resources import files
from pathlib import Path

from mailer.domain.errors import BadInput, Refused

KEY_BYTES = 32


def shipped(name: str) -> Path:
    """A file or folder that comes with the package: from the wheel, or from the checkout it runs in."""
    inside = Path(str(files("mailer"))) / "shipped" / name
    return inside if inside.exists() else Path(str(files("mailer"))).parent / name


def install(folder: Path) -> Path:
    """A new installation: config.toml, key, templates/, schedules/ and an empty issues/; returns the config.toml.

    Only the owner can read it. Refused where one is already; nothing there is changed.
    """
    config = folder / "config.toml"
    if config.exists():
        raise Refused(f"{config} is already there: this folder has an installation; name another one")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in ("templates", "schedules"):
        if not (folder / name).exists():
            _copy_private(shipped(name), folder / name)
    (folder / "issues").mkdir(exist_ok=True, mode=0o700)
    key = folder / "mailer.key"
    if not key.exists():
        write_private(key, secrets.token_hex(KEY_BYTES) + "\n")
    write_private(config, shipped("config.example.toml").read_text())
    return config


def read_keys(file: Path) -> tuple[bytes, ...]:
    """The keys of a key file, one a line, the newest first. Raises BadInput when one is missing, unreadable or short."""
    try:
        lines = file.read_text().splitlines()
    except FileNotFoundError:
        raise BadInput(
            f"the key {file} is not there; `mailer init` makes one, or restore it from your backup"
        ) from None
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


def _copy_private(source: Path, target: Path) -> None:
    """The same folder, which only its owner can use, whatever the rights of the one that was shipped."""
    target.mkdir(mode=0o700)
    for one in sorted(source.iterdir()):
        if one.is_dir():
            _copy_private(one, target / one.name)
        else:
            shutil.copyfile(one, target / one.name)


def write_private(file: Path, content: str) -> None:
    """A new file with this content that only its owner can read."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
        opened.write(content)


def too_open(path: Path) -> str | None:
    """What is wrong with a private file's or folder's rights; None when only the owner can use it, or it is not there."""
    if not path.exists():
        return None
    mode = stat.S_IMODE(path.stat().st_mode)
    wanted = 0o700 if path.is_dir() else 0o600
    if mode & ~wanted:
        return f"{path} is {mode:04o}, others can read it; `chmod {wanted:o} {path}`"
    return None
