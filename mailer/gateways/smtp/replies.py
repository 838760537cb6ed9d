"""Puts a relay's reply into our own words: its code, its status, its text, and its own number for the message."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from mailer.domain.delivery import Reply

TEXT_LIMIT = 500  # characters; enough for any sentence that a person will read

# RFC 3463 §2: class "." subject "." detail, at the head of each line of the text (RFC 2034 §3).
_STATUS = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})(?=\s|$)", re.ASCII)

# How relays tell under which number they queued a message; it is what their operator can look up in their log.
_QUEUE_IDS = tuple(
    re.compile(pattern, re.IGNORECASE | re.ASCII)
    for pattern in (
        r"\bqueued as <?([\w.+/=:@-]*\w)",  # Postfix, Halon, aiosmtpd's kin: "Ok: queued as 4F2B31234"
        r"\bqueued \(([\w.-]+)\)",  # Haraka: "Message Queued (8F3A….1)"
        r"\[InternalId=(\d+)",  # Exchange: "<…> [InternalId=123, Hostname=…] Queued mail for delivery"
        r"\bid=([\w.-]*\w)",  # Exim: "OK id=1abcDE-000001-XY"
        r"^(\w+) Message accepted for delivery",  # Sendmail, OpenSMTPD
        r"\bOK +\d+ ([\w.-]+) - gsmtp",  # Google: "OK  1700000000 x1-20020a0.12 - gsmtp"
        r"\bqp (\d+)",  # qmail: "ok 1700000000 qp 12345"
        r"^Ok ([0-9a-f]+(?:-[0-9a-f]+)+)$",  # Amazon SES: "Ok 0102018e…-000000"
    )
)


# A relay that does not know us says so to every recipient: Postfix and Exim, Sendmail, Exchange. Postfix says there too
# what it thinks of us and our sender (its smtpd_delay_reject). The words must open the reply: further on they are another
# server's, quoted by ours, and concern that one recipient.
_NOT_FOR_US = re.compile(
    r"^(?:<[^>]*>[:.]? *)?"
    r"(?:relay access denied|relay(?:ing)? (?:not permitted|denied)|unable to relay"
    r"|(?:client host|helo command|sender address) rejected:)",
    re.IGNORECASE,
)


def denies_us(reply: Reply) -> bool:
    """Whether the relay refuses to work for us at all, rather than for the recipient it was asked about."""
    return reply.code // 100 == 5 and _NOT_FOR_US.match(reply.text) is not None


def read(code: int, text: str) -> Reply:
    """The reply as a value. `text` may hold surrogates for octets that are not UTF-8, and a line feed between lines.

    The status is taken only where its class agrees with the code (RFC 2034 §4), and then left out of the text.
    The text is one line of at most TEXT_LIMIT characters that are safe to print.
    """
    status, lines = "", []
    for line in text.split("\n"):
        found = _STATUS.match(line)
        if found and found[1] == str(code)[0]:
            status = status or found[0]
            lines.append(line[found.end() :])
        else:
            lines.append(line)
    words = printable(" ".join(lines))
    queue_id = next((found[1] for pattern in _QUEUE_IDS if (found := pattern.search(words))), "")
    return Reply(code=code, status=status, text=words, queue_id=queue_id)


def printable(text: str) -> str:
    """The text in one line without control, format or bidi characters or broken octets, cut at TEXT_LIMIT."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())[:TEXT_LIMIT]
    decoded = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    shown = "".join(" " if unicodedata.category(char)[0] == "C" else char for char in decoded)
    return " ".join(shown.split())[:TEXT_LIMIT]


def quoted(reply: Reply) -> str:
    """The reply as a sentence for a person quotes it."""
    return " ".join(word for word in (f"‘{reply.code}", reply.status, reply.text) if word) + "’"


# RFC 5321 §4.5.3.1.5 allows a reply line 512 octets; nobody's whole reply is longer than this.
_REPLY_AT_MOST = 32_768
_SIGNS = (b" ", b"-", b"\r", b"")  # RFC 5321 §4.2: some leave the space out where no text follows


@dataclass(slots=True)
class ReplyReader:
    """Puts a relay's octets together to replies, however they were split on the way."""

    _rest: bytes = b""
    _code: bytes = b""
    _lines: list[bytes] = field(default_factory=list)
    _length: int = 0

    def read(self, data: bytes) -> Iterator[tuple[int, str] | None]:
        """Each whole reply as its code and its text, lines apart by line feeds; None, once, for what is no reply.

        Octets that are not UTF-8 become surrogates. Nothing is to be read after a None.
        """
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            code, sign, text = line[:3], line[3:4], line[4:].removesuffix(b"\r")
            self._length += len(line) + 1
            whole = len(code) == 3 and code.isdigit() and sign in _SIGNS and self._code in (b"", code)
            if not whole or self._length > _REPLY_AT_MOST:
                yield None
                return
            self._lines.append(text)
            self._code = code
            if sign != b"-":
                yield int(code), b"\n".join(self._lines).decode("utf-8", "surrogateescape")
                self._lines, self._code, self._length = [], b"", 0
        if self._length + len(self._rest) > _REPLY_AT_MOST:
            yield None
