"""Reports in which our signature stands in one place and in one spelling: all places in all spellings that mail systems use."""

import base64
import quopri
from collections.abc import Callable, Iterator, Mapping


def _encoded_word(text: str, charset: str = "us-ascii") -> str:
    octets = "".join(letter if letter.isalnum() else f"={ord(letter):02X}" for letter in text)
    return f"=?{charset}?Q?{octets}?="


def _in_base64(text: str) -> str:
    return f"=?utf-8?B?{base64.b64encode(text.encode()).decode()}?="


def _cut(encode: Callable[[str], str], at: int) -> Callable[[str], str]:
    return lambda text: f"{encode(text[:at])}\n {encode(text[at:])}"


def _cut_base64(text: str) -> str:
    letters = base64.b64encode(text.encode()).decode()
    return f"=?utf-8?B?{letters[:18]}?=\n =?utf-8?B?{letters[18:]}?="


# How a Message-ID is spelt in a field.
SPELLINGS: Mapping[str, Callable[[str], str]] = {
    "plain": lambda text: text,
    "capitals": str.upper,
    "without brackets": lambda text: text.strip("<>"),
    "two brackets": lambda text: f"<{text}>",
    "brackets as entities": lambda text: f"&lt;{text.strip('<>')}&gt;",
    "quoted": lambda text: f'"{text}"',
    "folded before": lambda text: f"\n {text}",
    "folded with a tab": lambda text: f"\n\t{text}",
    "folded in the domain": lambda text: f"{text[:-6]}\n {text[-6:]}",
    "folded in the token": lambda text: f"{text[:12]}\n {text[12:]}",
    "a comment after it": lambda text: f"{text} (added by postmaster@mx.example)",
    "encoded word": _encoded_word,
    "encoded word of utf-8": lambda text: _encoded_word(text, "utf-8"),
    "encoded word in base64": _in_base64,
    "two encoded words": _cut(_encoded_word, 15),
    "two encoded words in base64": _cut(_in_base64, 14),
    "a word of base64 cut in two": _cut_base64,
    "half an encoded word": lambda text: f"{_encoded_word(text[:21])}\n {text[21:]}",
    "xtext": lambda text: text.replace("<", "+3C").replace(">", "+3E").replace("@", "+40"),
    "xtext of RFC 6533": lambda text: text.replace("<", "\\x{3C}").replace(">", "\\x{3E}").replace("@", "\\x{40}"),
    "percent": lambda text: text.replace("<", "%3C").replace(">", "%3E").replace("@", "%40"),
    "the token alone": lambda text: text.strip("<>").partition("@")[0],
    "another domain": lambda text: f"{text.partition('@')[0]}@mx.other.example>",
}

_STATUS = """Reporting-MTA: dns; mx.example
{}
Final-Recipient: rfc822; anna@reader.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such user
"""
_SHOWN = "From: The Letter <letter@club.example>\nTo: anna@reader.example\nSubject: Letter\n{}\n"
NOTHING = "X-Nothing: here"


def dsn(
    *,
    own: str = NOTHING,
    status: str = NOTHING,
    shown: str = NOTHING,
    kind: str = "text/rfc822-headers",
    text: str = "I could not deliver it.",
    more: str = "",
) -> bytes:
    """A report of RFC 3464: with fields of its own, about the message, of the message, and further parts."""
    return f"""Return-Path: <>
From: Mail Delivery System <MAILER-DAEMON@mx.example>
To: letter@club.example
Subject: Undelivered Mail Returned to Sender
{own}
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_r"

--=_r
Content-Type: text/plain; charset=utf-8

{text}

--=_r
Content-Type: message/delivery-status

{_STATUS.format(status)}
--=_r
Content-Type: {kind}

{_SHOWN.format(shown)}
{more}--=_r--
""".encode()


def _part(kind: str, body: str, encoding: str = "") -> str:
    return (
        f"--=_r\nContent-Type: {kind}\n{f'Content-Transfer-Encoding: {encoding}' if encoding else NOTHING}\n\n{body}\n"
    )


def _base64_part(kind: str, body: str) -> str:
    return _part(kind, base64.encodebytes(body.encode()).decode(), "base64")


def _quoted_part(kind: str, body: str) -> str:
    return _part(kind, quopri.encodestring(body.encode(), quotetabs=True).decode(), "quoted-printable")


# Where a mail system puts the identity of the message that failed.
PLACES: Mapping[str, Callable[[str], bytes]] = {
    "Message-ID": lambda ours: dsn(shown=f"Message-ID: {ours}"),
    "Message-ID of a whole message": lambda ours: dsn(shown=f"Message-ID: {ours}\n\nDear Anna", kind="message/rfc822"),
    "Message-ID of a global header": lambda ours: dsn(shown=f"Message-ID: {ours}", kind="message/global-headers"),
    "X-Microsoft-Original-Message-ID": lambda ours: dsn(
        shown=f"Message-ID: <AS8P1@eurprd08.prod.outlook.example>\nX-Microsoft-Original-Message-ID: {ours}"
    ),
    "X-Google-Original-Message-ID": lambda ours: dsn(
        shown=f"Message-ID: <CAxyz@mail.gmail.example>\nX-Google-Original-Message-ID: {ours}"
    ),
    "any other field": lambda ours: dsn(shown=f"Message-ID: <1@relay.example>\nX-Relay-Old-Id: {ours}"),
    "X-Original-Message-ID of the status": lambda ours: dsn(status=f"X-Original-Message-ID: {ours}"),
    "Original-Envelope-Id": lambda ours: dsn(status=f"Original-Envelope-Id: {ours}"),
    "In-Reply-To": lambda ours: dsn(own=f"In-Reply-To: {ours}"),
    "References": lambda ours: dsn(own=f"References: {ours}"),
    "the last of References": lambda ours: dsn(own=f"References: <1@other.example>\n <2@other.example> {ours}"),
    "References of the message": lambda ours: dsn(shown=f"References: {ours}", kind="message/rfc822"),
    "X-Original-Message-ID of the report": lambda ours: dsn(own=f"X-Original-Message-ID: {ours}"),
    "the text": lambda ours: dsn(text=f"Your message\n   {ours}\ncould not be delivered."),
    "a second part": lambda ours: dsn(more=_part("text/rfc822-headers", f"Message-ID: {ours}\n")),
    "a part in base64": lambda ours: dsn(more=_base64_part("text/rfc822-headers", f"Message-ID: {ours}\n")),
    "a part in quoted-printable": lambda ours: dsn(more=_quoted_part("text/rfc822-headers", f"Message-ID: {ours}\n")),
    "a message in base64": lambda ours: dsn(more=_base64_part("message/rfc822", f"Message-ID: {ours}\n\nDear Anna")),
    "an attachment": lambda ours: dsn(
        more=_base64_part('application/octet-stream; name="letter.eml"', f"Subject: Letter\nMessage-ID: {ours}\n\nx")
    ),
    "a file": lambda ours: dsn(more=_base64_part("application/octet-stream", f"id of the message: {ours}\n")),
    "a nested message": lambda ours: dsn(
        more=_part("message/rfc822", f"Subject: Fwd\nContent-Type: message/rfc822\n\nMessage-ID: {ours}\n\nDear Anna")
    ),
    "a wrapped report": lambda ours: (
        b"From: MAILER-DAEMON@gateway.example\nTo: letter@club.example\nSubject: Undeliverable\nMessage-ID: <1@gateway.example>\n"
        b'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="=_w"\n\n--=_w\nContent-Type: text/plain\n\nSee below.\n'
        b"--=_w\nContent-Type: message/rfc822\n\n" + dsn(shown=f"Message-ID: {ours}") + b"\n--=_w--\n"
    ),
    "a report without parts": lambda ours: (
        f"Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nTo: letter@club.example\nSubject: failure notice\n\n"
        f"Hi. I could not deliver your message.\n\n<anna@reader.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"
        f"--- Below this line is a copy of the message.\n\nReturn-Path: <letter@club.example>\nReceived: by mx.example; 1 Jan 2026\n"
        f"Message-ID: {ours}\nFrom: letter@club.example\nTo: anna@reader.example\n\nDear Anna\n"
    ).encode(),
}


def placed(ours: str) -> Iterator[tuple[str, str, bytes]]:
    """Each place, each spelling, and the report with this Message-ID there, in lines that end as mail does."""
    for place, report in PLACES.items():
        for spelling, spell in SPELLINGS.items():
            yield place, spelling, report(spell(ours)).replace(b"\n", b"\r\n")
