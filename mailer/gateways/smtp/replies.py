"""Parses SMTP replies: code, enhanced status, text, and the queue id under which the relay stored the message."""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from mailer.domain.delivery import Reply
from mailer.gateways.server_text import printable

# RFC 3463 §2: class "." subject "." detail, at the start of each line of the text (RFC 2034 §3).
_STATUS = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})(?=\s|$)", re.ASCII)

# How relays name the queue id of a message, by which their operator finds it in the log; each with letters that its text
# has in lower case, which are looked for first: a regular expression takes ten times as long.
_QUEUE_IDS = tuple(
    (letters, re.compile(pattern, re.IGNORECASE | re.ASCII))
    for letters, pattern in (
        ("queued as", r"\bqueued as <?([\w.+/=:@-]*\w)"),  # Postfix, Halon, aiosmtpd: "Ok: queued as 4F2B31234"
        ("queued (", r"\bqueued \(([\w.-]+)\)"),  # Haraka: "Message Queued (8F3A….1)"
        ("internalid", r"\[InternalId=(\d+)"),  # Exchange: "<…> [InternalId=123, Hostname=…] Queued mail for delivery"
        ("id=", r"\bid=([\w.-]*\w)"),  # Exim: "OK id=1abcDE-000001-XY"
        ("accepted", r"^(\w+) Message accepted for delivery"),  # Sendmail, OpenSMTPD
        ("gsmtp", r"\bOK +\d+ ([\w.-]+) - gsmtp"),  # Google: "OK  1700000000 x1-20020a0.12 - gsmtp"
        ("qp", r"\bqp (\d+)"),  # qmail: "ok 1700000000 qp 12345"
        ("ok ", r"^Ok ([0-9a-f]+(?:-[0-9a-f]+)+)$"),  # Amazon SES: "Ok 0102018e…-000000"
    )
)


def parse(code: int, text: str) -> Reply:
    """Parse a reply whose text may contain surrogates for octets that are not UTF-8, and line feeds between lines.

    A status is recognised only if its class agrees with the code (RFC 2034 §4), and is then removed from the text.
    The text becomes one line of at most TEXT_LIMIT printable characters.
    """
    status, rest = _split_status(code, text)
    if "\n" in text:
        lines = [_split_status(code, line) for line in text.split("\n")]
        status, rest = next((status for status, _ in lines if status), ""), " ".join(rest for _, rest in lines)
    words = printable(rest)
    return Reply(code, status, words, _queue_id(words))


def _split_status(code: int, line: str) -> tuple[str, str]:
    match = _STATUS.match(line)
    return (match[0], line[match.end() :]) if match and int(match[1]) == code // 100 else ("", line)


def _queue_id(words: str) -> str:
    lowered = words.lower()
    for letters, pattern in _QUEUE_IDS:
        if letters in lowered and (match := pattern.search(words)):
            return match[1]
    return ""


def quoted(reply: Reply) -> str:
    """Return the reply in quotation marks, for a message to a person."""
    return " ".join(word for word in (f"‘{reply.code}", reply.status, reply.text) if word) + "’"


# Characters of a whole reply; RFC 5321 §4.5.3.1.5 allows 512 octets for a line.
_REPLY_AT_MOST = 32_768
_LAST, _CONTINUED = (" ", "\r", ""), "-"  # RFC 5321 §4.2; some relays omit the space when no text follows


@dataclass(slots=True)
class ReplyReader:
    """Assembles replies from the octets of a relay, however TCP split them."""

    _rest: bytes = b""
    _code: int | None = None
    _lines: list[str] = field(default_factory=list)
    _length: int = 0

    def feed(self, data: bytes) -> list[tuple[int, str] | None]:
        """Return code and text of each complete reply; None for data that is no reply, after which feed nothing more.

        Lines are separated by line feeds. Octets that are not UTF-8 become surrogates.
        """
        data = self._rest + data
        end = data.rfind(b"\n") + 1
        self._rest = data[end:]
        replies: list[tuple[int, str] | None] = []
        for line in data[:end].decode("utf-8", "surrogateescape").split("\n")[:-1]:
            head, self._length = _read_head(line[:4]), self._length + len(line) + 1
            if head is None or self._code not in {None, head[0]} or self._length > _REPLY_AT_MOST:
                return [*replies, None]
            code, last = head
            text = line[4:].removesuffix("\r")
            if not last:
                self._lines.append(text)
                self._code = code
                continue
            if self._lines:
                text = "\n".join((*self._lines, text))
                self._lines, self._code = [], None
            self._length = 0
            replies.append((code, text))
        return [*replies, None] if self._length + len(self._rest) > _REPLY_AT_MOST else replies


@lru_cache(maxsize=64)  # a relay's lines begin in few ways
def _read_head(head: str) -> tuple[int, bool] | None:
    """The code at the start of a line, and whether the line is the last of its reply; None if this starts no reply."""
    digits, separator = head[:3], head[3:]
    if len(digits) != 3 or not (digits.isascii() and digits.isdigit()) or separator not in (*_LAST, _CONTINUED):
        return None
    return int(digits), separator != _CONTINUED
