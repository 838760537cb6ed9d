"""Opens a mail into its parts, however broken it is, without ever refusing one and without reading more than a bound.

The standard library's parser is not used: it keeps lines that end in CR alone together, loses the parts of a mail
whose boundary is misspelt in the header, and has no limits.
"""

import re
from dataclasses import dataclass, field
from functools import cached_property

from mailer.formats.reports import decode

# What is looked at, in octets: of a mail, and of its header. And parts within parts, and how many of them.
MOST_MAIL = 2_000_000
MOST_HEAD = 128_000
DEEPEST = 6
MOST_PARTS = 60

_FIELD = re.compile(r"([!-9;-~]{1,80})[ \t]*:(.*)", re.DOTALL)
_PARAMETER = re.compile(r";\s*([A-Za-z0-9_\-]{1,40})\*?[0-9]?\*?\s*=\s*(?:\"([^\"]{0,300})\"|([^;\s]{0,300}))")
_FIRST_BOUNDARY = re.compile(rb"(?:\A|\n)--([^\n]{1,200})\n(?=Content-|content-|\n|This |Hi\. )")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
Head = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class MailPart:
    """One part of a mail, or the whole: its header as (name in small letters, raw value), its body, its parts."""

    head: Head
    body: bytes
    kind: str  # the content type, such as text/plain, in small letters
    parameters: dict[str, str] = field(default_factory=dict)
    parts: tuple["MailPart", ...] = ()

    def get(self, name: str) -> str:
        """The first header field of this name, decoded; empty where there is none."""
        return next((decode.header(value) for key, value in self.head if key == name), "")

    def all(self, name: str) -> list[str]:
        """Every header field of this name, decoded."""
        return [decode.header(value) for key, value in self.head if key == name]

    def has(self, name: str) -> bool:
        """Whether there is a header field of this name."""
        return any(key == name for key, _ in self.head)

    @cached_property
    def octets(self) -> bytes:
        """The body behind its transfer encoding, cut at a bound."""
        return decode.content(self.body[: 2 * decode.MOST_TEXT], self.get("content-transfer-encoding"))

    @cached_property
    def text(self) -> str:
        """The body as text."""
        return decode.text(self.octets, self.parameters.get("charset", ""))

    def walk(self) -> list["MailPart"]:
        """This part and all below it, in order; what lies inside an attached message is another mail and left out."""
        found = [self]
        if self.kind != "message/rfc822":
            for part in self.parts:
                found += part.walk()
        return found


def open_mail(raw: bytes) -> MailPart:
    """The mail in these bytes as a tree of parts; lines may end in CRLF, LF or CR. Never raises."""
    raw = raw[:MOST_MAIL].removeprefix(_BYTE_ORDER_MARK)
    if b"\r" in raw:
        # Twice, because a careless gateway turns CRLF into CR CR LF.
        raw = raw.replace(b"\r\n", b"\n").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return _part(raw.lstrip(b"\n"), depth=0, budget=[MOST_PARTS], default="text/plain")


def split_head(raw: bytes) -> tuple[Head, bytes]:
    """The header fields at the beginning of these bytes, and what comes after them."""
    if raw.startswith(b"\n"):
        return (), raw[1:]
    end = raw.find(b"\n\n", 0, MOST_HEAD)
    head, body = (raw[:end], raw[end + 2 :]) if end >= 0 else (raw[:MOST_HEAD], raw[MOST_HEAD:])
    fields: list[tuple[str, str]] = []
    for number, line in enumerate(decode.text(head).split("\n")):
        if line[:1] in {" ", "\t"} and fields:
            fields[-1] = (fields[-1][0], f"{fields[-1][1]}\n{line}")
        elif found := _FIELD.match(line):
            fields.append((found[1].lower(), found[2].strip()))
        elif number and not line.startswith(("From ", ">From ")):
            # Not a header any more: the blank line is missing, and this is already the body.
            return tuple(fields), head.split(b"\n", number)[number] + (b"\n\n" + body if end >= 0 else b"")
        elif not number and not line.startswith(("From ", ">From ")):
            return (), raw
    return tuple(fields), body


def _part(raw: bytes, *, depth: int, budget: list[int], default: str) -> MailPart:
    head, body = split_head(raw)
    declared = next((value for key, value in head if key == "content-type"), "")
    kind, parameters = _content_type(declared, default)
    inside: list[bytes] = []
    if depth < DEEPEST:
        if kind.startswith("multipart/"):
            inside = _split(body, parameters.get("boundary", ""))
            default = "message/rfc822" if kind == "multipart/digest" else "text/plain"
        elif kind in {"message/rfc822", "message/global"}:
            inner = MailPart(head=head, body=body, kind=kind).octets if _encoded(head) else body
            inside, default, kind = [inner], "text/plain", "message/rfc822"
    parts = []
    for piece in inside:
        if budget[0] > 0:
            budget[0] -= 1
            parts.append(_part(piece, depth=depth + 1, budget=budget, default=default))
    if kind.startswith("multipart/") and not parts:
        kind = "text/plain"  # it says that it has parts, and has none: what there is must be the text
    return MailPart(head=head, body=body, kind=kind, parameters=parameters, parts=tuple(parts))


def _encoded(head: Head) -> bool:
    return any(key == "content-transfer-encoding" and value.lower().startswith(("b", "q")) for key, value in head)


def _content_type(value: str, default: str) -> tuple[str, dict[str, str]]:
    value = " ".join(value[:2000].split())
    kind = value.partition(";")[0].strip().lower()
    if "/" not in kind:
        kind = {"text": "text/plain", "": default}.get(kind, default)
    parameters = {name.lower(): (quoted or bare).strip() for name, quoted, bare in _PARAMETER.findall(value)}
    return kind, parameters


def _split(body: bytes, boundary: str) -> list[bytes]:
    """The parts between boundaries; when the declared one is not there, whatever looks like one is taken."""
    name = boundary.encode("utf-8", "replace")
    pieces = _pieces(body, name) if name else []
    if not pieces and (found := _FIRST_BOUNDARY.search(body, 0, MOST_HEAD)):
        pieces = _pieces(body, found[1].rstrip())
    return pieces


def _pieces(body: bytes, boundary: bytes) -> list[bytes]:
    """What stands between the lines of this boundary; a mail cut short has no closing line (RFC 2046 §5.1.1)."""
    line = re.compile(rb"(?:\A|\n)--" + re.escape(boundary) + rb"(--)?[ \t]*(?:\n|\Z)")
    pieces: list[bytes] = []
    start: int | None = None
    at = 0
    while len(pieces) < MOST_PARTS and (found := line.search(body, at)):
        if start is not None:
            pieces.append(body[start : found.start()])
        start = None if found[1] else found.end()
        if found[1]:
            break
        at = max(found.end() - 1, found.start() + 1)  # the line end may also begin the next boundary
    if start is not None and len(pieces) < MOST_PARTS:
        pieces.append(body[start:])
    return pieces
