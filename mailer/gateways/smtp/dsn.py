"""Asks a relay to write its reports so that they are of use: short, and naming the copy and the address that we named."""

import re

from mailer.domain.ports import Envelope

# What xtext writes as + and two digits: all but visible ASCII, and + and = themselves (RFC 3461 §4).
_NOT_PLAIN = re.compile(rb"[^!-*,-<>-~]")
_ENVID_AT_MOST = 100  # characters of an ENVID (RFC 3461 §4.4)
_ORCPT_AT_MOST = 500  # characters of an ORCPT (RFC 3461 §4.2)


def of_mail(envelope: Envelope) -> bytes:
    """The parameters of MAIL, with the space before them: only the header comes back, and the copy's own name.

    A report that carries the whole of it would take the bulletin to whoever reads reports.
    """
    named = xtext(envelope.identity) if envelope.identity else b""
    return b" RET=HDRS ENVID=%b" % named if 0 < len(named) <= _ENVID_AT_MOST else b" RET=HDRS"


def of_rcpt(envelope: Envelope) -> bytes:
    """The parameter of RCPT, with the space before it: the address as we wrote it, wherever it is forwarded to.

    Empty for an address in another alphabet, which this form cannot hold, and for one that is longer than it may be.
    """
    if not envelope.recipient.isascii():
        return b""
    original = b"rfc822;%b" % xtext(envelope.recipient)
    return b" ORCPT=%b" % original if len(original) <= _ORCPT_AT_MOST else b""


def xtext(text: str) -> bytes:
    """The ASCII text as a parameter can hold it: nothing in it ends a parameter or a line (RFC 3461 §4)."""
    return _NOT_PLAIN.sub(lambda found: b"+%02X" % found[0][0], text.encode("ascii"))
