"""Writes the commands MAIL and RCPT of a copy, with the parameters that the relay's extensions allow."""

from collections.abc import Collection

from mailer.domain.ports import Parcel
from mailer.gateways.smtp import dsn


def mail(parcel: Parcel, extensions: Collection[str]) -> bytes:
    """The MAIL of a copy."""
    envelope = parcel.envelope
    parameters = b" SIZE=%d" % len(parcel.message) if "size" in extensions else b""  # RFC 1870 §3
    if "dsn" in extensions:
        parameters += dsn.mail_parameters(envelope)
    if envelope.recipient.isascii() and envelope.sender.isascii():
        return b"MAIL FROM:<%b>%b\r\n" % (envelope.sender.encode(), parameters)
    # RFC 6531 §3.4. The To header is in UTF-8 then, so the content needs BODY=8BITMIME (RFC 6152).
    return b"MAIL FROM:<%b>%b BODY=8BITMIME SMTPUTF8\r\n" % (envelope.sender.encode(), parameters)


def rcpt(parcel: Parcel, extensions: Collection[str]) -> bytes:
    """The RCPT of a copy."""
    envelope = parcel.envelope
    parameters = dsn.rcpt_parameters(envelope) if "dsn" in extensions else b""
    return b"RCPT TO:<%b>%b\r\n" % (envelope.recipient.encode(), parameters)
