"""The settings of a relay, as the transport needs them."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


class Security(StrEnum):
    """How the connection is encrypted."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings:
    """Where the relay is and how to log in; without a username there is no login.

    `ca_file` is trusted in addition to the system's certificate authorities. `timeout_seconds` is the longest wait for one
    reply, `final_timeout_seconds` that for the reply to a content. `local_hostname` is the name for EHLO; None is the machine's own. `window` is how many copies may be in
    flight on a connection to a distant relay with CHUNKING. `messages_per_connection` 0 is no limit. `section` is the
    part of config.toml that names the relay, for error messages.
    """

    host: str
    port: int
    security: Security
    username: str = ""
    password: str = field(default="", repr=False)
    ca_file: Path | None = None
    timeout_seconds: float = 60.0
    final_timeout_seconds: float = 600.0
    local_hostname: str | None = None
    window: int = 1
    messages_per_connection: int = 0
    section: str = "[smtp]"

    @property
    def name(self) -> str:
        """The relay's name in error messages."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"
