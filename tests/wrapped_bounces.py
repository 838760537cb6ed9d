"""What people, lists and gateways make of a bounce on its way: wrapped, passed on, copied, quoted, wrapped anew, encoded."""

import base64
import html
import quopri
import textwrap
from collections.abc import Callable

NULL = "Return-Path: <>\n"
LIST = "Return-Path: <office+bounces@club.example>\n"
OFFICE = "Return-Path: <office@club.example>\nFrom: Office <office@club.example>\nTo: letter@club.example\nSubject: "
ATTACHED = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: text/plain\n\n{}\n--o\nContent-Type: {}\n\n{}\n--o--\n"


def _field(header: str, name: str) -> str:
    return next(line for line in header.split("\n") if line.startswith(f"{name}:"))


def _in_html(text: str) -> str:
    return text if "<html" in text else f"<html><body><div>{html.escape(text).replace(chr(10), '<br>' + chr(10))}</div></body></html>"  # fmt: skip


def _rewrapped(text: str) -> str:
    lines = (textwrap.fill(line, 60, break_long_words=False, break_on_hyphens=False) for line in text.split("\n"))
    return "\n".join(lines)


def _in_the_text(header: str, text: str) -> str:
    subject, sender = _field(header, "Subject"), _field(header, "From")
    return f"{OFFICE}Fwd: {subject[9:]}\nContent-Type: text/plain; charset=utf-8\n\n---------- Forwarded message ---------\n{sender}\nDate: Mon, 2 Mar 2026\n{subject}\nTo: <office@club.example>\n\n{text}"  # fmt: skip


WAYS: dict[str, Callable[[str, str], str]] = {
    "a group's list": lambda header, text: f'{header.replace(NULL, LIST)}\nPrecedence: list\nList-ID: <office.club.example>\nList-Unsubscribe: <mailto:office+unsubscribe@club.example>\n\n{text}\n\n-- \nYou received this message because you are subscribed to the Google Groups "office" group.\nTo unsubscribe from this group and stop receiving emails from it, send an email to office+unsubscribe@club.example.\n',
    "attached to a mail that is passed on": lambda header, text: f"{OFFICE}Fwd: bounce\n" + ATTACHED.format("", "message/rfc822", f"{header}\n\n{text}"),
    "attached as a file": lambda header, text: f"{OFFICE}WG: bounce\n" + ATTACHED.format("", 'application/octet-stream; name="bounce.eml"', f"{header}\n\n{text}"),
    "in the text of a mail that is passed on": _in_the_text,
    "wrapped by a gateway": lambda header, text: f"{NULL}From: postmaster@gateway.example\nTo: office@club.example\nSubject: Undelivered mail\n" + ATTACHED.format("This e-mail is confidential.", "message/rfc822", f"{header}\n\n{text}"),
    "behind quote marks": lambda header, text: "\n".join(f"> {line}" for line in f"{header}\n\n{text}".split("\n")),
    "below blank lines": lambda header, text: f"      \n\n{header}\n\n{text}",
    "below blank lines and the listener's own": lambda header, text: f"{NULL}   \n{header}\n\n{text}",
    "with an indent": lambda header, text: "\n".join(f"    {line}" for line in f"{header}\n\n{text}".split("\n")),
    "wrapped anew": lambda header, text: f"{header}\n\n{_rewrapped(text)}",
    "with a scanner's footer": lambda header, text: f"{header}\n\n{text.partition('--- Below')[0]}\n\n__________\nThis email has been scanned for viruses and spam by Example Security.\n",
    "with a warning above": lambda header, text: f"{header}\n\nCAUTION: This email came from outside. Do not open attachments.\n\n{text}",
    "in HTML alone": lambda header, text: f"{header.replace('text/plain', 'text/html')}\n\n{_in_html(text.partition('--- Below')[0])}",
    "in base64": lambda header, text: f"{header}\nContent-Transfer-Encoding: base64\n\n{base64.encodebytes(text.encode()).decode()}",
    "in quoted-printable": lambda header, text: f"{header}\nContent-Transfer-Encoding: quoted-printable\n\n{quopri.encodestring(text.encode()).decode()}",
    "with lines that end in CR": lambda header, text: f"{header}\n\n{text}".replace("\n", "\r"),
}  # fmt: skip


def wrap(way: str, raw: bytes) -> bytes:
    """The bounce as it arrives in this way."""
    header, _, text = raw.decode().partition("\n\n")
    return WAYS[way](header, text).encode()
