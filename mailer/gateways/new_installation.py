"""Creates an installation on disk: a folder with config.toml, key, templates, schedules and issues."""

import secrets
from importlib.resources import files
from pathlib import Path

from mailer.domain.errors import Refused
from mailer.gateways import private_files
from mailer.gateways.key_file import KEY_BYTES


def shipped(name: str) -> Path:
    """Return a file or folder that comes with the package, in the wheel or in the checkout."""
    packaged = Path(str(files("mailer"))) / "shipped" / name
    return packaged if packaged.exists() else Path(str(files("mailer"))).parent / name


def install(folder: Path) -> Path:
    """Create config.toml, key, templates/, schedules/ and an empty issues/; return the path of config.toml.

    All are readable by their owner only. Refused if the folder has a config.toml; existing files stay unchanged.
    """
    config = folder / "config.toml"
    if config.exists():
        raise Refused(f"{config} is already there: this folder has an installation; name another one")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in ("templates", "schedules"):
        if not (folder / name).exists():
            private_files.copy_folder(shipped(name), folder / name)
    (folder / "issues").mkdir(exist_ok=True, mode=0o700)
    if not (folder / "mailer.key").exists():
        private_files.write(folder, "mailer.key", f"{secrets.token_hex(KEY_BYTES)}\n".encode())
    return private_files.write(folder, config.name, shipped("config.example.toml").read_bytes())
