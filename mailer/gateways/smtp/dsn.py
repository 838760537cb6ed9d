"""The DSN parameters (RFC 3461) by which reports stay short and name the copy and its original address."""

import re

from mailer.domain.ports import Envelope

# xtext encodes all but visible ASCII, and + and = (RFC 3461 §4).
_ENCODED = re.compile(rb"[^!-*,-<>-~]")
_ENVID_AT_MOST = 100  # characters of an ENVID (RFC 3461 §4.4)
_ORCPT_AT_MOST = 500  # characters of an ORCPT (RFC 3461 §4.2)


def mail_parameters(envelope: Envelope) -> bytes:
    """Return the parameters of MAIL with a leading space: reports contain the header only, and the envelope's identity.

    A report with the whole message would show the bulletin to everyone who reads reports.
    """
    envid = xtext(envelope.identity) if envelope.identity else b""
    return b" RET=HDRS ENVID=%b" % envid if 0 < len(envid) <= _ENVID_AT_MOST else b" RET=HDRS"


def rcpt_parameters(envelope: Envelope) -> bytes:
    """Return the parameter of RCPT with a leading space: reports name our address, even if the mail was forwarded.

    Empty for a non-ASCII address, which ORCPT cannot express, and for one that is too long.
    """
    if not envelope.recipient.isascii():
        return b""
    original = b"rfc822;%b" % xtext(envelope.recipient)
    return b" ORCPT=%b" % original if len(original) <= _ORCPT_AT_MOST else b""


def xtext(text: str) -> bytes:
    """Encode ASCII text so that nothing in it ends a parameter or a line (RFC 3461 §4)."""
    return _ENCODED.sub(lambda match: b"+%02X" % match[0][0], text.encode("ascii"))
