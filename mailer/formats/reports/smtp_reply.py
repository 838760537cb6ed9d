"""Finds a server's reply quoted in text: the SMTP code, the enhanced status code, and the phase of the conversation."""

import re
from dataclasses import dataclass
from functools import lru_cache

from mailer.domain.bounce import Phase

# The look behind comes after the first character, since a pattern that begins with one takes several times as long.
_STATUS = re.compile(r"([245])(?<![\d.].)\.(\d{1,3})\.(\d{1,3})(?![\d]|\.\d)")
_CODE_BEFORE_STATUS = re.compile(r"([245](?<![\d.\-/:].)\d\d)[ \-:]{1,3}#?[245]\.\d{1,3}\.\d{1,3}(?!\.?\d)")
_CODE_AFTER_WORD = re.compile(
    r"(?:said|was|returned|returned an error|response|reply|replied|server|reason|error|<<<|error_code|with|status)[ :=\"'\[(]{1,6}([45]\d\d)(?=[ \-#:,.\"'\])]|$)"
)
_CODE_AT_START = re.compile(r"(?:^|[;\n:\]>,(\[])[ \t\"']{0,4}([45]\d\d)(?=[ \-#:,][ \-#]?\S|$)", re.MULTILINE)
# Where a reply ends: at a blank line, a line of the transcript, another server's reply, or a word about the conversation.
_END = re.compile(
    r"\n[ \t]*\n|\n[ \t]*(?:>>>|<<<|\.\.\.|-{3}|_{3}|={3})|\n[ \t]*[45]\d\d [45]\.\d|\(in reply to |\(#-5\)"
)

_CLOSING = {"[": "]", "(": ")", "'": "'", '"': '"'}

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
            r"rcpt to|does not like recipient|smtp:rcpt|additional rcpt|smtp_rcpt",
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
        (Phase.RCPT, r"recipient address rejected"),  # the reply's own words: what is said around it counts more
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedReply:
    """A server's reply as a text quotes it; None and unknown for what the text does not say."""

    code: int | None
    status: str | None
    phase: Phase
    words: str = ""  # the reply itself, from its code to its end


@lru_cache(maxsize=64)
def find_reply(text: str) -> QuotedReply:
    """The reply quoted in the first 4,000 characters of the text."""
    text = text[:4000].lower()
    patterns = (_CODE_BEFORE_STATUS, _CODE_AFTER_WORD, _CODE_AT_START)
    codes = [match for pattern in patterns if (match := pattern.search(text))]
    first = min(codes, key=lambda match: match.start(1), default=None)
    code = int(first[1]) if first is not None and int(first[1]) >= 400 else None
    words = _words(text, first.start(1)) if first is not None and code is not None else ""
    statuses = [match for match in _STATUS.finditer(text) if match[1] != "2"]
    # A specific status says more than the x.0.0 that a relay adds.
    status = next((match for match in statuses if match[2] != "0"), statuses[0] if statuses else None)
    return QuotedReply(
        code=code, status=status[0] if status else None, phase=find_phase(" ".join(text.split())), words=words
    )


def _words(text: str, start: int) -> str:
    """The reply that starts here, up to its end, which may be the bracket or the quotation mark that was opened for it."""
    words = _END.split(text[start:], maxsplit=1)[0]
    closing = _CLOSING.get(text[start - 1]) if start else None
    return words.partition(closing)[0] if closing else words


def find_phase(text: str) -> Phase:
    """The phase of the SMTP conversation that the text, in lower case, names."""
    return next((phase for phase, pattern in _PHASES if pattern.search(text)), Phase.UNKNOWN)
