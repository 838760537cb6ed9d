"""The settings of an IMAP mailbox, read from its URL."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import unquote, urlsplit

from mailer.domain.errors import BadInput
from mailer.gateways.oauth import TokenSource

PROCESSED, FAILED = "Processed", "Failed"  # the folders to which mails are moved
IMAPS = 993  # the port of IMAP with implicit TLS (RFC 8314 §3.2)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapSettings:
    """Where the mailbox is and how to log in. `ca_file` is trusted in addition to the system's certificate authorities.

    Where the server takes OAuth, a token of `token_source` is shown instead of the password.
    """

    host: str
    user: str
    password: str = field(repr=False)
    port: int = IMAPS
    folder: str = "INBOX"
    ca_file: Path | None = None
    token_source: TokenSource | None = None

    @classmethod
    def read(
        cls, url: str, password: str, ca_file: Path | None = None, token_source: TokenSource | None = None
    ) -> Self:
        """Read `imaps://USER@HOST[:PORT]/FOLDER` (RFC 5092): %40 in USER is an @, the default FOLDER is INBOX.

        Raises BadInput for any other URL, and for a folder to which mails are moved.
        """
        try:
            parts = urlsplit(url)
            host, user, port = parts.hostname or "", unquote(parts.username or ""), parts.port or IMAPS
        except ValueError:  # no valid port, or no valid bracketed host
            host, user, port, parts = "", "", IMAPS, urlsplit("")
        if not (parts.scheme == "imaps" and host and user):
            raise BadInput('[bounces] imap_url: write it as "imaps://USER@HOST/FOLDER"')
        folder = unquote(parts.path.strip("/")) or "INBOX"
        if folder in {PROCESSED, FAILED}:
            raise BadInput(f"[bounces] imap_url: {folder} is where mails are moved to; name the folder they come to")
        return cls(
            host=host,
            user=user,
            password=password,
            port=port,
            folder=folder,
            ca_file=ca_file,
            token_source=token_source,
        )

    def __str__(self) -> str:
        return f"imaps://{self.host}:{self.port}/{self.folder}"
