"""Finds in running text what a server replied: the SMTP code, the enhanced status, and where in the conversation."""

import re
from dataclasses import dataclass

from mailer.domain.bounce import Phase

_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d]|\.\d)")
_CODE_BEFORE_STATUS = re.compile(r"(?<![\d.\-/:])([245]\d\d)[ \-:]{1,3}#?[245]\.\d{1,3}\.\d{1,3}(?!\.?\d)")
_CODE_SAID = re.compile(
    r"(?:said|was|returned|returned an error|response|reply|replied|server|reason|error|<<<|error_code|with|status)[ :=\"'\[(]{1,6}([45]\d\d)(?=[ \-#:,.\"'\])]|$)"
)
_CODE_FIRST = re.compile(r"(?:^|[;\n:\]>,(\[])[ \t\"']{0,4}([45]\d\d)(?=[ \-#:,][ \-#]?\S|$)", re.MULTILINE)

# In the order in which they are asked: what names the end of the content first.
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


@dataclass(frozen=True, slots=True)
class QuotedReply:
    """What a text says that a server replied; None and unknown where it says nothing."""

    code: int | None
    status: str | None
    phase: Phase


def reply_in(text: str) -> QuotedReply:
    """The reply in the first 4,000 characters of this text."""
    text = text[:4000].lower()
    codes = [found for pattern in (_CODE_BEFORE_STATUS, _CODE_SAID, _CODE_FIRST) if (found := pattern.search(text))]
    code = int(min(codes, key=lambda found: found.start(1))[1]) if codes else None
    if code is not None and code < 400:
        code = None
    statuses = [found for found in _STATUS.finditer(text) if found[1] != "2"]
    # One that says something is worth more than the x.0.0 that a relay adds.
    told = next((one for one in statuses if one[2] != "0"), statuses[0] if statuses else None)
    return QuotedReply(code, told[0] if told else None, phase_in(text))


def phase_in(text: str) -> Phase:
    """Where in the conversation the text, in small letters, says that it happened."""
    return next((phase for phase, pattern in _PHASES if pattern.search(text)), Phase.UNKNOWN)
