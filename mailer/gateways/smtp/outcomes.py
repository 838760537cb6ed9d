"""Says what a relay's answer means for the copy it is about: done, later, never, not known, or nobody's fault but ours."""

from mailer.domain.delivery import Accepted, Deferred, Outcome, Rejected, Reply, Unknown
from mailer.domain.ports import Envelope
from mailer.gateways.smtp import replies
from mailer.gateways.smtp.events import Answered, CommandRefused, Verb

# Refusals before the content that concern our standing with the relay and no member: nobody's attempt is used up.
_NOT_FOR_US = {
    530: "wants a login or TLS first; check username, password_file and security",  # RFC 4954 §6, RFC 3207 §4
    538: "wants TLS before a login; check security",  # RFC 4954 §4
}

_REFUSED = {
    Verb.MAIL: "the relay refused our sender address",
    Verb.RCPT: "the relay refused the recipient's address",
    Verb.DATA: "the relay refused to be given the message",
}

_FOR_OTHER_LETTERS = frozenset({"smtputf8", "8bitmime"})


def of_refusal(refused: CommandRefused, tls_version: str) -> Outcome | str:
    """What a refusal before the content comes to; a text when it is about us and no member, and why."""
    reply = replies.read(refused.code, refused.text)
    if refused.code in _NOT_FOR_US:
        return f"{_NOT_FOR_US[refused.code]}; it answered {replies.quoted(reply)} to {refused.verb.value}"
    if refused.code // 100 == 4:
        return Deferred(reply=reply, tls_version=tls_version, detail=_REFUSED[refused.verb])
    if _concerns_us(refused.verb, reply):
        return f"refuses to work for us: {replies.quoted(reply)} to {refused.verb.value}; check its settings"
    return Rejected(reply=reply, tls_version=tls_version, detail=_REFUSED[refused.verb])


def of_answer(answered: Answered, tls_version: str) -> Outcome:
    """What the answer to the content comes to; Unknown when it cannot be trusted to be this copy's."""
    if answered.code is None:
        return lost(answered.text, tls_version)
    reply = replies.read(answered.code, answered.text)
    match answered.code // 100:
        case 2:
            return Accepted(reply=reply, tls_version=tls_version)
        case 4:
            return Deferred(reply=reply, tls_version=tls_version, detail="the relay put off the content")
        case _:
            return Rejected(reply=reply, tls_version=tls_version, detail="the relay refused the content")


def lost(why: str, tls_version: str) -> Unknown:
    """The content may have left, and no answer to it came."""
    return Unknown(
        reply=None, tls_version=tls_version, detail=f"the reply to the content was lost: {replies.printable(why)}"
    )


def cannot_carry(envelope: Envelope, extensions: frozenset[str], tls_version: str) -> Rejected | None:
    """The refusal of RFC 6531 §3.5 for an address that needs SMTPUTF8, where the relay has not announced it.

    Nor can it be used without 8BITMIME, which §3.1 asks of a relay with SMTPUTF8: the To header has the address in it.
    """
    if extensions >= _FOR_OTHER_LETTERS or (envelope.sender.isascii() and envelope.recipient.isascii()):
        return None
    lacking = " and ".join(sorted(word.upper() for word in _FOR_OTHER_LETTERS - extensions))
    text = f"the relay does not announce {lacking}, needed for this address"
    reply = Reply(code=553, status="5.6.7", text=text)
    return Rejected(reply=reply, tls_version=tls_version, detail="the relay was not asked")


def _concerns_us(verb: Verb, reply: Reply) -> bool:
    """Whether a 5xx is about our sender or our right to relay: no member is to blame, so nobody's attempt is used up.

    A MAIL refused for the message's size (552 or 5.3.4, RFC 1870 §6.1) is about that message.
    """
    if verb is Verb.MAIL:
        return reply.code != 552 and reply.status != "5.3.4"
    return verb is Verb.RCPT and replies.denies_us(reply)
