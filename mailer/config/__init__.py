"""Reads config.toml and schedules/*.toml into frozen settings; an error names the file and the key."""

from mailer.config.fingerprint import fingerprint
from mailer.config.machine import Config, load_config
from mailer.config.schedules import Schedules, load_schedules

__all__ = ["Config", "Schedules", "fingerprint", "load_config", "load_schedules"]
