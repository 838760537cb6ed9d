"""Speaks with the club's relay: hands over one message after another, and tells what came of each."""

import asyncio
import re
from typing import cast

from aiosmtplib import SMTP, SMTPException

from mailer.domain.address import Address
from mailer.domain.delivery import Accepted, Deferred, Outcome, Rejected, Reply, Unknown
from mailer.domain.errors import TransportDown
from mailer.domain.ports import Envelope, Mark
from mailer.gateways import replies

QUIT_SECONDS = 5.0  # nothing is owed after the last reply, so politeness has a limit

# Refusals before the content that concern our standing with the relay and no member: nobody's attempt is used up.
_NOT_FOR_US = {
    421: "is closing the service",  # RFC 5321 §3.8
    530: "wants a login or TLS first; check [smtp] username, password_file and security",  # RFC 4954 §6, RFC 3207 §4
    538: "wants TLS before a login; check [smtp] security",  # RFC 4954 §4
}

_REFUSED = {
    b"MAIL": "the relay refused our sender address",
    b"RCPT": "the relay refused the recipient's address",
    b"DATA": "the relay refused to be given the message",
}


class SmtpConnection:
    """A greeted connection. After anything that leaves it in doubt it is closed and takes no more messages."""

    def __init__(self, client: SMTP) -> None:
        assert client.protocol is not None
        self._client = client
        self._protocol = client.protocol
        self._extensions = frozenset(client.esmtp_extensions)  # the client forgets them when the connection ends
        self._transport = cast(asyncio.WriteTransport, client.transport)
        tls = self._transport.get_extra_info("ssl_object")
        self._tls_version = (tls.version() or "") if tls else ""
        self._reset_due = False

    @property
    def usable(self) -> bool:
        """Whether a further message may be tried on it."""
        return self._client.is_connected

    async def send(self, envelope: Envelope, message: bytes, mark: Mark) -> Outcome:
        """Carry out one attempt; `mark` is awaited between the relay's 354 and the first octet of content.

        The message's lines end in CRLF, the last one too; ValueError otherwise. Raises TransportDown when nothing came
        of it before `mark` and no member is to blame. What is raised, `mark`'s own errors and a cancellation
        included, leaves the connection closed; what is lost after `mark` is Unknown.
        """
        content = _content(message)
        if (needed := self._missing(envelope, message)) is not None:
            return Rejected(reply=needed, tls_version=self._tls_version, detail="the relay was not asked")
        try:
            refusal = await self._ask(envelope, message)
            if refusal is not None:
                return refusal
            await mark()
            return await self._hand_over(content)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Afterwards the connection is gone at once; what was not yet on the wire never will be."""
        self._transport.abort()
        self._client.close()

    async def leave(self) -> None:
        """Afterwards the connection is closed, with a QUIT where it is usable; never takes over QUIT_SECONDS."""
        try:
            if self.usable:
                await self._client.quit(timeout=min(QUIT_SECONDS, self._client.timeout or QUIT_SECONDS))
        except (SMTPException, OSError):
            pass  # nothing is owed: every message has its outcome already
        finally:
            self.close()
            await asyncio.sleep(0)  # lets the loop close the socket, even when it stops right after this

    def _missing(self, envelope: Envelope, message: bytes) -> Reply | None:
        """The refusal of RFC 6531 §3.5 or RFC 6152 §3 for what the relay has not announced that it can carry."""
        if _needs_smtputf8(envelope) and "smtputf8" not in self._extensions:
            text = "the relay does not announce SMTPUTF8, needed for this address"
            return Reply(code=553, status="5.6.7", text=text)
        if not message.isascii() and "8bitmime" not in self._extensions:
            text = "the relay does not announce 8BITMIME, needed for this message"
            return Reply(code=554, status="5.6.3", text=text)
        return None

    async def _ask(self, envelope: Envelope, message: bytes) -> Outcome | None:
        """MAIL, RCPT, DATA; None when the relay waits for the content."""
        if self._reset_due:
            if (reply := await self._command(b"RSET")).code // 100 != 2:
                raise self._down(f"answered {replies.quoted(reply)} to RSET")
            self._reset_due = False
        dialogue: tuple[tuple[bytes, list[bytes], int], ...] = (
            (b"MAIL", [b"FROM:" + _path(envelope.sender), *self._options(envelope, message)], 2),
            (b"RCPT", [b"TO:" + _path(envelope.recipient)], 2),
            (b"DATA", [], 3),
        )
        for verb, words, wanted in dialogue:
            reply = await self._command(verb, *words)
            if reply.code // 100 != wanted:
                return self._refusal(verb, reply)
            self._reset_due = True
        self._reset_due = False  # the reply to the content ends the transaction, whatever it is (RFC 5321 §4.1.1.4)
        return None

    def _options(self, envelope: Envelope, message: bytes) -> list[bytes]:
        options = []
        if "size" in self._extensions:
            options.append(b"SIZE=%d" % len(message))  # RFC 1870 §3: with CRLFs, without the added dots
        if not message.isascii():
            options.append(b"BODY=8BITMIME")  # RFC 6152 §2
        if _needs_smtputf8(envelope):
            options.append(b"SMTPUTF8")  # RFC 6531 §3.4
        return options

    async def _command(self, verb: bytes, *words: bytes) -> Reply:
        try:
            reply = replies.read(*await self._client.execute_command(verb, *words))
        except (SMTPException, OSError) as error:
            raise self._down(f"was lost at {verb.decode()}: {replies.printable(str(error))}") from error
        if reply.code in _NOT_FOR_US:
            raise self._down(f"{_NOT_FOR_US[reply.code]}; it answered {replies.quoted(reply)} to {verb.decode()}")
        return reply

    def _refusal(self, verb: bytes, reply: Reply) -> Outcome:
        match reply.code // 100:
            case 4:
                return Deferred(reply=reply, tls_version=self._tls_version, detail=_REFUSED[verb])
            case 5 if _concerns_us(verb, reply):
                raise self._down(f"refuses to work for us: {replies.quoted(reply)} to {verb.decode()}; check [smtp]")
            case 5:
                return Rejected(reply=reply, tls_version=self._tls_version, detail=_REFUSED[verb])
            case _:
                raise self._down(f"answered {replies.quoted(reply)} to {verb.decode()}, which is no answer to it")

    async def _hand_over(self, content: bytes) -> Outcome:
        """The content and the reply to it.

        aiosmtplib's own DATA leaves no room for the mark, so the content goes through two public methods of its
        protocol, `write` and `read_response`. No other await may stand between them: what comes meanwhile is dropped.
        """
        if not self.usable:
            return self._unknown("the connection was lost before the content: nothing of it was sent")
        try:
            self._protocol.write(content)
            reply = replies.read(*await self._protocol.read_response(timeout=self._client.timeout))
        except (SMTPException, OSError) as error:
            return self._unknown(f"the reply to the content was lost: {replies.printable(str(error))}")
        if reply.code == 421:
            self.close()  # RFC 5321 §3.8: the relay is closing its side
        match reply.code // 100:
            case 2:
                return Accepted(reply=reply, tls_version=self._tls_version)
            case 4:
                return Deferred(reply=reply, tls_version=self._tls_version, detail="the relay put off the content")
            case 5:
                return Rejected(reply=reply, tls_version=self._tls_version, detail="the relay refused the content")
            case _:
                return self._unknown(
                    f"the relay answered {replies.quoted(reply)} to the content, which is no answer to it"
                )

    def _unknown(self, detail: str) -> Unknown:
        self.close()
        return Unknown(reply=None, tls_version=self._tls_version, detail=detail)

    def _down(self, what: str) -> TransportDown:
        return TransportDown(f"the relay {self._client.hostname}:{self._client.port} {what}")


def _concerns_us(verb: bytes, reply: Reply) -> bool:
    """Whether a 5xx is about our sender or our right to relay: no member is to blame, so nobody's attempt is used up.

    A MAIL refused for the message's size (552 or 5.3.4, RFC 1870 §6.1) is about that message.
    """
    if verb == b"MAIL":
        return reply.code != 552 and reply.status != "5.3.4"
    return verb == b"RCPT" and replies.denies_relaying(reply)


def _needs_smtputf8(envelope: Envelope) -> bool:
    return envelope.sender.needs_smtputf8 or envelope.recipient.needs_smtputf8


def _path(address: Address) -> bytes:
    return f"<{address.wire}>".encode()


def _content(message: bytes) -> bytes:
    """The message as DATA carries it: a dot before each leading dot, a lone dot at the end (RFC 5321 §4.5.2)."""
    if not message.endswith(b"\r\n") or re.search(rb"\r(?!\n)|(?<!\r)\n", message):
        raise ValueError("a message's lines must end in CRLF: a bare CR or LF can smuggle a second message in")
    dotted = message.replace(b"\r\n.", b"\r\n..")
    return (b"." if dotted.startswith(b".") else b"") + dotted + b".\r\n"
