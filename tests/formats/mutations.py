"""Spoils a mail in the ways in which mail is spoilt, and a few more; the same seed spoils it in the same way."""

import hashlib

SPOILERS = [
    b"@", b"<", b"=?utf-8?B?", b"\n\n", b"\0", b"Content-Type: multipart/report\n", b"Final-Recipient: rfc822;", b"<style>",
    b"a" * 3000, b" " * 3000, b"<" * 2000, b"x@" * 1000, b"a." * 1000 + b"@", b"\n" * 500, b"Received: a\n" * 50, b"--", b"\xff\xfe",
]  # fmt: skip
CHANGES = [
    (b"\r\n", b"\r"), (b"\n", b"\r\n"), (b"\n\n", b"\n"), (b"@", b"@@"), (b" ", b""), (b"<", b""), (b"--", b""), (b":", b" :"), (b"\n", b"\n "),
]  # fmt: skip

_HEAD = b"Return-Path: <>\nFrom: MAILER-DAEMON@x.example\nTo: a@b.example\nSubject: Undelivered Mail\n"
# Mails that only malice or a broken program makes: of a megabyte, or of more of one thing than anybody writes.
ODD = {
    "a body of a megabyte": _HEAD + b"\n" + b"the mailbox of anna@reader.example is full, said the server 550\n" * 16_000,
    "a line of a megabyte": _HEAD + b"\n" + b"anna@reader.example 550 " * 45_000,
    "a line of letters": _HEAD + b"\n" + b"a" * 1_000_000,
    "a megabyte of quotes": _HEAD + b"\n" + b">" * 1_000_000,
    "quoted lines": _HEAD + b"\n" + b"> > > user unknown\n" * 55_000,
    "ten thousand parts": _HEAD + b'Content-Type: multipart/mixed; boundary="b"\n\n' + b"--b\nContent-Type: text/plain\n\n550 user unknown\n" * 10_000,
    "ten thousand reports": _HEAD + b'Content-Type: multipart/report; boundary="b"\n\n' + b"--b\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822; a@b.example\nAction: failed\n\n" * 10_000,
    "two hundred messages, each in another": b"Content-Type: message/rfc822\n\n" * 200 + _HEAD + b"\nuser unknown\n",
    "two hundred parts, each in another": b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (level, level) for level in range(200)) + _HEAD,
    "a hundred thousand fields": b"".join(b"X-Field-%d: value\n" % number for number in range(100_000)) + _HEAD + b"\nuser unknown\n",
    "a hundred thousand received": b"Received: from a by b for <anna@reader.example>\n" * 100_000 + _HEAD + b"\nuser unknown\n",
    "a field that never ends": _HEAD + b"To: " + b"anna@reader.example,\n " * 45_000 + b"\n\nuser unknown\n",
    "encoded words": _HEAD + b"Subject: " + b"=?utf-8?B?0K8=?= " * 60_000 + b"\n\nuser unknown\n",
}  # fmt: skip


class Chance:
    """Numbers that look like chance and are derived from a seed."""

    def __init__(self, seed: str) -> None:
        self._seed, self._count = seed, 0

    def below(self, bound: int) -> int:
        self._count += 1
        return int.from_bytes(hashlib.blake2b(f"{self._seed}/{self._count}".encode(), digest_size=8).digest()) % max(
            1, bound
        )


def spoilt(mail: bytes, other: bytes, chance: Chance) -> bytes:
    """The mail after one to eight changes; pieces of the other one may get into it."""
    for _ in range(1 + chance.below(8)):
        at = chance.below(len(mail) + 1)
        to = at + chance.below(200)
        match chance.below(7):
            case 0:
                mail = mail[:at] + bytes(chance.below(256) for _ in range(chance.below(30))) + mail[at:]
            case 1:
                mail = mail[:at] + mail[to:]
            case 2:
                mail = mail[:at] + mail[at:to] * (1 + chance.below(40)) + mail[to:]
            case 3:
                mail = mail[: at + 1]
            case 4:
                start = chance.below(len(other))
                mail = mail[:at] + other[start : start + chance.below(3000)] + mail[at:]
            case 5:
                mail = mail.replace(*CHANGES[chance.below(len(CHANGES))])
            case _:
                mail = mail[:at] + SPOILERS[chance.below(len(SPOILERS))] + mail[at:]
    return mail
