"""Parses a mail into its MIME parts, however broken it is, within fixed limits.

The standard library's parser does not split lines at a bare CR, loses the parts of a mail whose boundary is misspelt
in the header, and has no limits.
"""

import re
from dataclasses import dataclass, field
from functools import cached_property

from mailer.formats.reports import decode

MAX_MAIL = 2_000_000  # octets read of a mail
MAX_HEADER = 128_000  # octets read of its header
MAX_DEPTH = 6  # parts within parts
MAX_PARTS = 60

_FIELD = re.compile(r"([!-9;-~]{1,80})[ \t]*:(.*)", re.DOTALL)
_PARAMETER = re.compile(r";\s*([A-Za-z0-9_\-]{1,40})\*?[0-9]?\*?\s*=\s*(?:\"([^\"]{0,300})\"|([^;\s]{0,300}))")
_FIRST_BOUNDARY = re.compile(rb"(?:\A|\n)--([^\n]{1,200})\n(?=Content-|content-|\n|This |Hi\. )")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# A mail copied out of a window begins with blank lines or stands behind quote marks; a listener's Return-Path is above it.
_ABOVE = re.compile(
    rb"\A(return-path:[^\n]{0,400}\n)?(?:[ \t\xa0\xc2]*\n)+(?=[> \t]{0,12}[!-9;-~]{1,80}:)", re.IGNORECASE
)
_QUOTED = re.compile(rb"\A(?:>[> ]{0,6}[!-9;-~]{1,80}:[^\n]*\n(?:>[ \t]+[^\n]*\n)*){2}")
_INDENTED = re.compile(rb"([ \t]+)(?=[!-9;-~]{1,80}:[^\n]*\n\1)")
MAX_QUOTES = 3  # quote marks before a line
_QUOTE_MARK = re.compile(rb"^>[ ]?", re.MULTILINE)
# Fields that follow a header line which was broken without an indent.
_COMMON_FIELDS = frozenset({
    "received", "return-path", "message-id", "from", "to", "subject", "date", "mime-version", "content-type", "sender", "cc",
    "reply-to", "delivered-to", "content-transfer-encoding", "auto-submitted", "x-received", "dkim-signature", "precedence",
    "received-spf", "authentication-results", "references", "in-reply-to", "x-failed-recipients",
})  # fmt: skip
_BROKEN_LINES = 6  # lines between such a header line and the next field
HeaderFields = tuple[tuple[str, str], ...]  # lower-case name, raw value


@dataclass(frozen=True, kw_only=True)
class MailPart:
    """One part of a mail, or the whole mail: its header, its body, its parts."""

    header: HeaderFields
    body: bytes
    kind: str  # the content type in lower case, such as text/plain
    parameters: dict[str, str] = field(default_factory=dict)
    parts: tuple["MailPart", ...] = ()

    def get(self, name: str) -> str:
        """The first header field of this name, decoded; empty if there is none."""
        return next((decode.header(value) for key, value in self.header if key == name), "")

    def all(self, name: str) -> list[str]:
        """Every header field of this name, decoded."""
        return [decode.header(value) for key, value in self.header if key == name]

    def has(self, name: str) -> bool:
        """Whether there is a header field of this name."""
        return any(key == name for key, _ in self.header)

    @cached_property
    def octets(self) -> bytes:
        """The body without its transfer encoding, cut at a limit."""
        return decode.transfer_encoding(self.body[: 2 * decode.MAX_TEXT], self.get("content-transfer-encoding"))

    @cached_property
    def text(self) -> str:
        """The body as text."""
        return decode.text(self.octets, self.parameters.get("charset", ""))

    def of_kind(self, *kinds: str) -> list["MailPart"]:
        """The parts of these content types, in order."""
        return [part for part in self.walk() if part.kind in kinds]

    def walk(self) -> list["MailPart"]:
        """This part and all below it, in order, but none inside an attached message, which is another mail."""
        parts = [self]
        if self.kind != "message/rfc822":
            for part in self.parts:
                parts += part.walk()
        return parts


def parse_mail(raw: bytes) -> MailPart:
    """The mail as a tree of parts; its lines may end in CRLF, LF or CR. Never raises."""
    return _part(clean_copy(raw[:MAX_MAIL]), depth=0, budget=[MAX_PARTS], default="text/plain")


def clean_copy(raw: bytes) -> bytes:
    """The mail with lines that end in LF, and as it was before a person copied it out of a window or a quotation."""
    raw = raw.removeprefix(_BYTE_ORDER_MARK)
    if b"\r" in raw:
        # Twice, because some gateways turn CRLF into CR CR LF.
        raw = raw.replace(b"\r\n", b"\n").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    path = b""
    if above := _ABOVE.match(raw):
        path = above[1] or b""
        raw = raw[above.end() :]
    for _ in range(MAX_QUOTES):
        if _QUOTED.match(raw):
            raw = _QUOTE_MARK.sub(b"", raw)
        elif indent := _INDENTED.match(raw):
            raw = re.sub(rb"^" + indent[1], b"", raw, flags=re.MULTILINE)
    return path + raw.lstrip(b"\n")


def split_header(raw: bytes) -> tuple[HeaderFields, bytes]:
    """The header fields at the beginning of these bytes, and the body after them."""
    if raw.startswith(b"\n"):
        return (), raw[1:]
    end = raw.find(b"\n\n", 0, MAX_HEADER)
    header, body = (raw[:end], raw[end + 2 :]) if end >= 0 else (raw[:MAX_HEADER], raw[MAX_HEADER:])
    fields: list[tuple[str, str]] = []
    lines = decode.text(header).split("\n")
    for number, line in enumerate(lines):
        if fields and (line[:1] in {" ", "\t"} or _is_broken(lines, number)):
            fields[-1] = (fields[-1][0], f"{fields[-1][1]}\n{line}")
        elif field_line := _FIELD.match(line):
            fields.append((field_line[1].lower(), field_line[2].strip()))
        elif number and not line.startswith(("From ", ">From ")):
            # The blank line after the header is missing: this is the body.
            return tuple(fields), header.split(b"\n", number)[number] + (b"\n\n" + body if end >= 0 else b"")
        elif not number and not line.startswith(("From ", ">From ")):
            return (), raw
    return tuple(fields), body


def _is_broken(lines: list[str], number: int) -> bool:
    """Whether this line belongs to the field above it, though it has no indent: a program has wrapped the header."""
    if _FIELD.match(lines[number]) or lines[number].startswith(("From ", ">From ")):
        return False
    following = [line.partition(":")[0].lower() for line in lines[number + 1 : number + 1 + _BROKEN_LINES]]
    is_parameter = lines[number - 1].endswith(";") and "=" in lines[number]
    return is_parameter or not _COMMON_FIELDS.isdisjoint(following)


def _part(raw: bytes, *, depth: int, budget: list[int], default: str) -> MailPart:
    header, body = split_header(raw)
    declared = next((value for key, value in header if key == "content-type"), "")
    kind, parameters = _content_type(declared, default)
    pieces: list[bytes] = []
    if depth < MAX_DEPTH:
        if kind.startswith("multipart/"):
            pieces = _split(body, parameters.get("boundary", ""))
            default = "message/rfc822" if kind == "multipart/digest" else "text/plain"
        elif kind in {"message/rfc822", "message/global"}:
            inner = MailPart(header=header, body=body, kind=kind).octets if _is_encoded(header) else body
            pieces, default, kind = [inner], "text/plain", "message/rfc822"
    parts = []
    for piece in pieces:
        if budget[0] > 0:
            budget[0] -= 1
            parts.append(_part(piece, depth=depth + 1, budget=budget, default=default))
    if kind.startswith("multipart/") and not parts:
        kind = "text/plain"  # a multipart without parts: its body is the text
    return MailPart(header=header, body=body, kind=kind, parameters=parameters, parts=tuple(parts))


def _is_encoded(header: HeaderFields) -> bool:
    return any(key == "content-transfer-encoding" and value.lower().startswith(("b", "q")) for key, value in header)


def _content_type(value: str, default: str) -> tuple[str, dict[str, str]]:
    value = " ".join(value[:2000].split())
    kind = value.partition(";")[0].strip().lower()
    if "/" not in kind:
        kind = {"text": "text/plain", "": default}.get(kind, default)
    parameters = {name.lower(): (quoted or bare).strip() for name, quoted, bare in _PARAMETER.findall(value)}
    return kind, parameters


def _split(body: bytes, boundary: str) -> list[bytes]:
    """The parts between the declared boundaries, or else between the first lines that look like boundaries."""
    name = boundary.encode("utf-8", "replace")
    pieces = _pieces(body, name) if name else []
    if not pieces and (line := _FIRST_BOUNDARY.search(body, 0, MAX_HEADER)):
        pieces = _pieces(body, line[1].rstrip())
    return pieces


def _pieces(body: bytes, boundary: bytes) -> list[bytes]:
    """The parts between the lines of this boundary; a truncated mail has no closing line (RFC 2046 §5.1.1)."""
    marker = b"--" + boundary
    pieces: list[bytes] = []
    start: int | None = None
    at = -1
    while len(pieces) < MAX_PARTS and (at := body.find(marker, at + 1)) >= 0:
        end = body.find(b"\n", at)
        line = body[at + len(marker) : end if end >= 0 else None].rstrip(b" \t")
        if line not in {b"", b"--"} or not (at == 0 or body[at - 1] == ord("\n")):
            continue
        if start is not None:
            pieces.append(body[start : max(start, at - 1)])
        start = None if line else end + 1 if end >= 0 else len(body)
        if line:
            break
    if start is not None and len(pieces) < MAX_PARTS:
        pieces.append(body[start:])
    return pieces
