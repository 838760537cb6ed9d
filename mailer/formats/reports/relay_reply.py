"""Decides whether a refusal of the relay is about the copy, about our pace, or about ourselves."""

from mailer.domain.bounce import FailureReason, Phase
from mailer.domain.delivery import Reply
from mailer.domain.relay_matter import RelayMatter
from mailer.formats.reports.classify import classify

# Before RCPT the relay knows no recipient (RFC 5321 §3.3), so that it can only speak of itself or of us.
_BEFORE_RECIPIENT = frozenset({Phase.CONNECT, Phase.HELLO, Phase.STARTTLS, Phase.AUTH, Phase.MAIL})


def matter_of(reply: Reply, phase: Phase) -> RelayMatter:
    """What this refusal (4xx or 5xx) of our own relay, given in this phase, is about."""
    if _is_about_the_message(reply):
        return RelayMatter.COPY
    if phase in _BEFORE_RECIPIENT:
        return RelayMatter.SLOW if reply.code // 100 == 4 else RelayMatter.STOP
    if classify(reply.code, reply.status or None, reply.text, phase).reason is FailureReason.RATE:
        return RelayMatter.SLOW
    return RelayMatter.COPY


def _is_about_the_message(reply: Reply) -> bool:
    """Whether it refuses a message for its size, which MAIL announces (RFC 1870 §6.1)."""
    return reply.status == "5.3.4" or (reply.code == 552 and not reply.status)
