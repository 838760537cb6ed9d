"""Parses SMTP replies: code, enhanced status, text, and the queue id under which the relay stored the message."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from mailer.domain.delivery import Reply
from mailer.gateways.server_text import printable

# RFC 3463 §2: class "." subject "." detail, at the start of each line of the text (RFC 2034 §3).
_STATUS = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})(?=\s|$)", re.ASCII)

# How relays name the queue id of a message, by which their operator finds it in the log.
_QUEUE_IDS = tuple(
    re.compile(pattern, re.IGNORECASE | re.ASCII)
    for pattern in (
        r"\bqueued as <?([\w.+/=:@-]*\w)",  # Postfix, Halon, aiosmtpd: "Ok: queued as 4F2B31234"
        r"\bqueued \(([\w.-]+)\)",  # Haraka: "Message Queued (8F3A….1)"
        r"\[InternalId=(\d+)",  # Exchange: "<…> [InternalId=123, Hostname=…] Queued mail for delivery"
        r"\bid=([\w.-]*\w)",  # Exim: "OK id=1abcDE-000001-XY"
        r"^(\w+) Message accepted for delivery",  # Sendmail, OpenSMTPD
        r"\bOK +\d+ ([\w.-]+) - gsmtp",  # Google: "OK  1700000000 x1-20020a0.12 - gsmtp"
        r"\bqp (\d+)",  # qmail: "ok 1700000000 qp 12345"
        r"^Ok ([0-9a-f]+(?:-[0-9a-f]+)+)$",  # Amazon SES: "Ok 0102018e…-000000"
    )
)


def parse(code: int, text: str) -> Reply:
    """Parse a reply whose text may contain surrogates for octets that are not UTF-8, and line feeds between lines.

    A status is recognised only if its class agrees with the code (RFC 2034 §4), and is then removed from the text.
    The text becomes one line of at most TEXT_LIMIT printable characters.
    """
    status, lines = "", []
    for line in text.split("\n"):
        match = _STATUS.match(line)
        if match and match[1] == str(code)[0]:
            status = status or match[0]
            lines.append(line[match.end() :])
        else:
            lines.append(line)
    words = printable(" ".join(lines))
    queue_id = next((match[1] for pattern in _QUEUE_IDS if (match := pattern.search(words))), "")
    return Reply(code=code, status=status, text=words, queue_id=queue_id)


def quoted(reply: Reply) -> str:
    """Return the reply in quotation marks, for a message to a person."""
    return " ".join(word for word in (f"‘{reply.code}", reply.status, reply.text) if word) + "’"


# Octets of a whole reply; RFC 5321 §4.5.3.1.5 allows 512 for a line.
_REPLY_AT_MOST = 32_768
_SEPARATORS = (b" ", b"-", b"\r", b"")  # RFC 5321 §4.2; some relays omit the space when no text follows


@dataclass(slots=True)
class ReplyReader:
    """Assembles replies from the octets of a relay, however TCP split them."""

    _rest: bytes = b""
    _code: bytes = b""
    _lines: list[bytes] = field(default_factory=list)
    _length: int = 0

    def feed(self, data: bytes) -> Iterator[tuple[int, str] | None]:
        """Yield code and text of each complete reply; None for data that is no reply, after which feed nothing more.

        Lines are separated by line feeds. Octets that are not UTF-8 become surrogates.
        """
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            code, separator, text = line[:3], line[3:4], line[4:].removesuffix(b"\r")
            self._length += len(line) + 1
            valid = len(code) == 3 and code.isdigit() and separator in _SEPARATORS and self._code in (b"", code)
            if not valid or self._length > _REPLY_AT_MOST:
                yield None
                return
            self._lines.append(text)
            self._code = code
            if separator != b"-":
                yield int(code), b"\n".join(self._lines).decode("utf-8", "surrogateescape")
                self._lines, self._code, self._length = [], b"", 0
        if self._length + len(self._rest) > _REPLY_AT_MOST:
            yield None
