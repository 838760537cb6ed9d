"""What is known of the encryption of a connection: the version of TLS, and how long the relay's certificate is valid."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Encryption:
    """The version of TLS as OpenSSL names it, and until when the certificate is valid; None where it does not say."""

    version: str
    certificate_until: datetime | None

    @classmethod
    def of(cls, connection: ssl.SSLObject) -> Self:
        """The encryption of a connection whose handshake is done."""
        until = (connection.getpeercert() or {}).get("notAfter")
        at = datetime.fromtimestamp(ssl.cert_time_to_seconds(until), UTC) if isinstance(until, str) else None
        return cls(version=connection.version() or "", certificate_until=at)
