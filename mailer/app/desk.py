"""Finds what an issue's folder is checked with, without a database, a key or the rights of the service."""

import os
from pathlib import Path

from mailer.config import load_config, load_schedules
from mailer.domain.errors import BadInput
from mailer.gateways.new_installation import shipped
from mailer.pipeline.issues.desk import Desk

CONFIG = "config.toml"


def open_desk(config: Path, folder: Path) -> Desk:
    """The newsletters, fees and templates of the installation that the folder belongs to.

    That is the one that `config` names, else the first config.toml in a folder above. Where there is none, or this login
    may not read it, those of the made-up club, which come with this version, and a note that says so.
    """
    named = config != Path(CONFIG)
    for file in (config, *(parent / CONFIG for parent in folder.resolve().parents)):
        if _may_read(file) or (named and file == config and not _is_closed(file)):
            settings = load_config(file)
            templates, schedules = settings.path(settings.paths.templates), settings.path(settings.paths.schedules)
            if not (_may_list(templates) and _may_list(schedules)):
                return _made_up(f"{templates} or {schedules} cannot be read with this login")
            loaded = load_schedules(schedules)
            if not loaded.newsletters:
                raise BadInput(f"{schedules} has no newsletter")
            return Desk(
                newsletters=loaded.newsletters,
                fees=loaded.fees,
                templates=templates,
                made_up=False,
                public_url=settings.web.public_url,
                return_path_domain=settings.bounces.return_path_domain,
            )
    return _made_up("no installation was found that this login may read")


def _made_up(why: str) -> Desk:
    schedules = load_schedules(shipped("schedules"))
    return Desk(
        newsletters=schedules.newsletters,
        fees=schedules.fees,
        templates=shipped("templates"),
        made_up=True,
        notes=(f"{why}: checked with the templates and settings that come with this version",),
    )


def _may_read(file: Path) -> bool:
    return os.access(file, os.R_OK)


def _is_closed(file: Path) -> bool:
    """Whether the file may be there, but this login cannot read it."""
    try:
        return file.exists()
    except PermissionError:
        return True


def _may_list(folder: Path) -> bool:
    return os.access(folder, os.R_OK | os.X_OK)
