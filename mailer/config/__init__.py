"""Reads config.toml and schedules/*.toml into frozen settings; an error names the file and the key."""

from mailer.config.fingerprint import fingerprint, fingerprint_after_reload
from mailer.config.machine import Config, load_config
from mailer.config.schedules import Schedules, load_schedules

__all__ = ["Config", "Schedules", "fingerprint", "fingerprint_after_reload", "load_config", "load_schedules"]
