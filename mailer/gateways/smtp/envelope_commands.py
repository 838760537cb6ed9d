"""Writes the commands MAIL and RCPT of a copy, with the parameters that the relay's extensions allow."""

from collections.abc import Collection

from mailer.domain.ports import Parcel
from mailer.gateways.smtp import dsn


class EnvelopeCommands:
    """The commands for a relay with these extensions, in lower case."""

    def __init__(self, extensions: Collection[str]) -> None:
        self._size = "size" in extensions
        self._dsn = "dsn" in extensions

    def mail(self, parcel: Parcel) -> bytes:
        """The MAIL of a copy."""
        envelope = parcel.envelope
        parameters = b" SIZE=%d" % len(parcel.message) if self._size else b""  # RFC 1870 §3
        if self._dsn:
            parameters += dsn.mail_parameters(envelope)
        if not (envelope.recipient.isascii() and envelope.sender.isascii()):
            # RFC 6531 §3.4. The To header is in UTF-8 then, so the content needs BODY=8BITMIME (RFC 6152).
            parameters += b" BODY=8BITMIME SMTPUTF8"
        return b"MAIL FROM:<%b>%b\r\n" % (envelope.sender.encode(), parameters)

    def rcpt(self, parcel: Parcel) -> bytes:
        """The RCPT of a copy."""
        envelope = parcel.envelope
        parameters = dsn.rcpt_parameters(envelope) if self._dsn else b""
        return b"RCPT TO:<%b>%b\r\n" % (envelope.recipient.encode(), parameters)
