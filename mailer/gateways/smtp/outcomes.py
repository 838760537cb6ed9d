"""Maps SMTP replies to outcomes: Accepted, Deferred, Rejected or Unknown."""

from mailer.domain.bounce import Phase
from mailer.domain.delivery import Accepted, Deferred, Outcome, Rejected, Reply, Unknown
from mailer.domain.ports import Envelope
from mailer.gateways.server_text import printable
from mailer.gateways.smtp import replies
from mailer.gateways.smtp.events import CommandRefused, ContentReplied, Verb

# What to check after replies that want a login or TLS first.
_CHECKS = {
    530: "it wants a login or TLS first; check username, password_file and security",  # RFC 4954 §6, RFC 3207 §4
    538: "it wants TLS before a login; check security",  # RFC 4954 §4
}

_REFUSALS = {
    Verb.MAIL: "the relay refused our sender address",
    Verb.RCPT: "the relay refused the recipient's address",
    Verb.DATA: "the relay refused to be given the message",
}

PHASES = {Verb.MAIL: Phase.MAIL, Verb.RCPT: Phase.RCPT, Verb.DATA: Phase.DATA}

_FOR_NON_ASCII = frozenset({"smtputf8", "8bitmime"})


def of_refusal(refusal: CommandRefused, tls_version: str) -> Outcome:
    """Return the outcome of a refusal before the content."""
    reply = replies.parse(refusal.code, refusal.text)
    kind = Deferred if refusal.code // 100 == 4 else Rejected
    return kind(
        reply=reply,
        phase=PHASES.get(refusal.verb, Phase.UNKNOWN),
        tls_version=tls_version,
        detail=_CHECKS.get(refusal.code, _REFUSALS[refusal.verb]),
    )


def of_reply(answer: ContentReplied, tls_version: str) -> Outcome:
    """Return the outcome of the reply to the content; Unknown if it may belong to another copy."""
    if answer.code is None:
        return lost(answer.text, tls_version)
    reply = replies.parse(answer.code, answer.text)
    match answer.code // 100:
        case 2:
            return Accepted(reply=reply, tls_version=tls_version)
        case 4:
            return Deferred(
                reply=reply, phase=Phase.CONTENT, tls_version=tls_version, detail="the relay put off the content"
            )
        case _:
            return Rejected(
                reply=reply, phase=Phase.CONTENT, tls_version=tls_version, detail="the relay refused the content"
            )


def lost(reason: str, tls_version: str) -> Unknown:
    """Return the outcome of a copy whose content may have been sent, but has no reply."""
    return Unknown(
        reply=None,
        tls_version=tls_version,
        detail=f"the reply to the content was lost: {printable(reason)}",
    )


def cannot_carry(envelope: Envelope, extensions: frozenset[str], tls_version: str) -> Rejected | None:
    """Return the rejection of RFC 6531 §3.5 for a non-ASCII address when the relay does not announce SMTPUTF8.

    8BITMIME is needed too (§3.1), since the To header contains the address.
    """
    if extensions >= _FOR_NON_ASCII or (envelope.sender.isascii() and envelope.recipient.isascii()):
        return None
    missing = " and ".join(sorted(word.upper() for word in _FOR_NON_ASCII - extensions))
    text = f"the relay does not announce {missing}, needed for this address"
    reply = Reply(code=553, status="5.6.7", text=text)
    return Rejected(reply=reply, tls_version=tls_version, detail="the relay was not asked")
