"""Writes the file of a systemd unit, which everybody may read, as a whole or not at all."""

from pathlib import Path

from mailer.domain.errors import BadInput


def read(file: Path) -> str | None:
    """What the file says; None where it is not there. Raises BadInput when it cannot be read."""
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{file} cannot be read ({error})") from error


def write(file: Path, text: str) -> None:
    """Write the file in place of the one that is there. Raises BadInput when that is not possible."""
    new = file.with_name(f".{file.name}.new")
    try:
        new.write_text(text, encoding="utf-8")
        new.chmod(0o644)
        new.replace(file)
    except OSError as error:
        new.unlink(missing_ok=True)
        raise BadInput(f"{file} cannot be written ({error.strerror}): call this as root, or --print it") from error
