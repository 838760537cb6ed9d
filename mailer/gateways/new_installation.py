"""Creates an installation on disk: a folder with config.toml, key, templates, schedules and issues."""

import secrets
import shlex
import sys
from importlib.resources import files
from pathlib import Path

from mailer.domain.errors import Refused
from mailer.gateways import private_files
from mailer.gateways.key_file import KEY_BYTES


def shipped(name: str) -> Path:
    """Return a file or folder that comes with the package, in the wheel or in the checkout."""
    packaged = Path(str(files("mailer"))) / "shipped" / name
    return packaged if packaged.exists() else Path(str(files("mailer"))).parent / name


SCRIPT = "club-mailer"
_SCRIPT = """#!/bin/sh
# Runs mailer for this installation as the login that owns it, by sudo. History keeps the login of the caller.
folder=$(dirname "$(readlink -f "$0")")
owner=$(stat -c %U "$folder/config.toml")
if [ "$(id -un)" = "$owner" ]; then
    export CLUB_MAILER=1
    # What systemd hands to the daemon, its own login may read while it runs.
    handed=/run/credentials/club-mailer.service
    if [ -x "$handed" ]; then export CREDENTIALS_DIRECTORY="$handed"; fi
    exec {python} -I -m mailer --config "$folder/config.toml" "$@"
fi
exec sudo -u "$owner" "$folder/club-mailer" "$@"
"""


def install(folder: Path) -> Path:
    """Create config.toml, key, templates/, schedules/, an empty issues/ and the command for people; return config.toml.

    All are readable by their owner only, but for the command, which the folder's rights protect. Refused if the folder
    has a config.toml; existing files stay unchanged.
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
    if not (folder / SCRIPT).exists():
        script = _SCRIPT.replace("{python}", shlex.quote(sys.executable))
        private_files.write(folder, SCRIPT, script.encode()).chmod(0o755)
    return private_files.write(folder, config.name, shipped("config.example.toml").read_bytes())
