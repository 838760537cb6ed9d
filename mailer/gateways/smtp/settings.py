"""The settings of a relay, as the transport needs them."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from mailer.gateways.oauth import TokenSource


class Security(StrEnum):
    """How the connection is encrypted."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


class Mechanism(StrEnum):
    """How a password or a token is shown to the relay."""

    XOAUTH2 = "xoauth2"
    PLAIN = "plain"
    LOGIN = "login"
    CRAM_MD5 = "cram-md5"


# PLAIN first, since every relay has it and the connection is encrypted. Relays that store only password hashes announce
# CRAM-MD5 all the same, and refuse it.
_WITH_PASSWORD = (Mechanism.PLAIN, Mechanism.LOGIN, Mechanism.CRAM_MD5)


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings:
    """Where the relay is and how to log in; without a username there is no login.

    `ca_file` is trusted in addition to the system's certificate authorities. `timeout_seconds` is the longest wait for one
    reply, `final_timeout_seconds` that for the reply to a content. `ehlo_name` empty is the machine's own name, or else
    `sender_domain`. `auth` None: the mechanism is chosen from those that the relay announces; with a `token_source`, XOAUTH2
    comes first. `window` is how many copies may be in flight on a connection to a distant relay with CHUNKING.
    `messages_per_connection` 0 is no limit. `section` is the part of config.toml that names the relay, for error messages.
    """

    host: str
    port: int
    security: Security
    username: str = ""
    password: str = field(default="", repr=False)
    auth: Mechanism | None = None
    token_source: TokenSource | None = None
    ca_file: Path | None = None
    timeout_seconds: float = 60.0
    final_timeout_seconds: float = 600.0
    ehlo_name: str = ""
    sender_domain: str = ""
    window: int = 1
    messages_per_connection: int = 0
    section: str = "[smtp]"

    @property
    def name(self) -> str:
        """The relay's name in error messages."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def mechanisms(self) -> tuple[Mechanism, ...]:
        """The mechanisms to log in by, the best first."""
        if self.auth is not None:
            return (self.auth,)
        if self.token_source is None:
            return _WITH_PASSWORD
        return (Mechanism.XOAUTH2, *(_WITH_PASSWORD if self.password else ()))
