"""Finds a server's reply quoted in text: the SMTP code, the enhanced status code, and the phase of the conversation."""

import re
from dataclasses import dataclass

from mailer.domain.bounce import Phase

_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d]|\.\d)")
_CODE_BEFORE_STATUS = re.compile(r"(?<![\d.\-/:])([245]\d\d)[ \-:]{1,3}#?[245]\.\d{1,3}\.\d{1,3}(?!\.?\d)")
_CODE_AFTER_WORD = re.compile(
    r"(?:said|was|returned|returned an error|response|reply|replied|server|reason|error|<<<|error_code|with|status)[ :=\"'\[(]{1,6}([45]\d\d)(?=[ \-#:,.\"'\])]|$)"
)
_CODE_AT_START = re.compile(r"(?:^|[;\n:\]>,(\[])[ \t\"']{0,4}([45]\d\d)(?=[ \-#:,][ \-#]?\S|$)", re.MULTILINE)

# Tried in this order: patterns for the end of the content come first.
_PHASES: tuple[tuple[Phase, re.Pattern[str]], ...] = tuple(
    (phase, re.compile(pattern))
    for phase, pattern in (
        (
            Phase.CONTENT,
            (
                r"end of data|end of message|after i sent the message|final data|for text command|after (?:the )?(?:message|content)"
                r"|after \.|\(data\)|body of message generated"
            ),
        ),
        (
            Phase.RCPT,
            r"rcpt to|does not like recipient|recipient address rejected|smtp:rcpt|additional rcpt|smtp_rcpt",
        ),
        (
            Phase.MAIL,
            r"mail from command|after mail from|sender was rejected|did not like our mail|response to mail from|>>> mail",
        ),
        (
            Phase.CONNECT,
            r"initial connection|greeting failed|refused to talk to me|while connected|connection response",
        ),
        (Phase.HELLO, r"after (?:ehlo|helo)|my name was rejected|to (?:ehlo|helo)|ehlo command|helo command"),
        (Phase.STARTTLS, r"after starttls|starttls command"),
        (Phase.DATA, r"after data|data command|>>> data|smtp command\s{0,3}data"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedReply:
    """A server's reply as a text quotes it; None and unknown for what the text does not say."""

    code: int | None
    status: str | None
    phase: Phase


def find_reply(text: str) -> QuotedReply:
    """The reply quoted in the first 4,000 characters of the text."""
    text = text[:4000].lower()
    patterns = (_CODE_BEFORE_STATUS, _CODE_AFTER_WORD, _CODE_AT_START)
    codes = [match for pattern in patterns if (match := pattern.search(text))]
    code = int(min(codes, key=lambda match: match.start(1))[1]) if codes else None
    if code is not None and code < 400:
        code = None
    statuses = [match for match in _STATUS.finditer(text) if match[1] != "2"]
    # A specific status says more than the x.0.0 that a relay adds.
    status = next((match for match in statuses if match[2] != "0"), statuses[0] if statuses else None)
    return QuotedReply(code=code, status=status[0] if status else None, phase=find_phase(text))


def find_phase(text: str) -> Phase:
    """The phase of the SMTP conversation that the text, in lower case, names."""
    return next((phase for phase, pattern in _PHASES if pattern.search(text)), Phase.UNKNOWN)
