"""Decides whether a refusal of the relay is about the copy, about our pace, or about ourselves.

Only what is certain is taken for ours: a relay that refuses many readers alike is heard by the repetition.
"""

import re

from mailer.domain.bounce import SCOPES, FailureReason, Phase, Scope
from mailer.domain.delivery import Reply
from mailer.domain.relay_matter import RelayMatter
from mailer.formats.reports.classify import BEFORE_RECIPIENT, LOGIN_CODES, classify
from mailer.formats.reports.rules.readers import names_a_reader
from mailer.formats.reports.rules.rule import either

# RFC 4954 §4 and §6: the login cannot be checked now; Amazon and Microsoft slow their customers down with them.
_LOGIN_CODES_FOR_NOW = frozenset({432, 454})

# Replies to RCPT by which Postfix, Exim, Sendmail, qmail and Exchange refuse to relay for this client. Postfix refuses the
# client and the sender there too (smtpd_delay_reject). The words must begin the reply: later in it they are quoted from
# another server and concern one recipient.
_BEFORE_THE_WORDS = either(
    r"<[^>]*>[:.]* *",  # Postfix: the address
    r"error: |sorry, (?!that|you)",
    r"[45]\.\d+\.\d+ ",
    r"recipient address rejected: ",
    r"[\w\-]+(?:\.[\w\-]+)+: |\[\w+\] ",  # the server's name, a code of its own
)
_REFUSES_CLIENT = either(
    # Postfix, Exim, Exchange, Sendmail, others.
    r"relay access denied|relay(?:ing)?\b[^.;]{0,30} (?:denied|prohibited|disallowed)",
    r"relay(?:ing)?\b[^.;]{0,20} not (?:permitted|allowed|enabled)",
    r"(?:smtp; )?unable to relay|we do not relay|invalid credentials for relay|tenant(?:inbound)?attribution",
    # qmail, Plesk.
    r"sorry, (?:you don't authenticate|that domain isn't in my list of allowed)",
    # Postfix with smtpd_delay_reject, and its block lists.
    r"(?:client host|helo command|sender address) rejected:|service unavailable[;,] client",
    r"sender(?: address)? rejected\b(?! by)|sender verif\w*(?! ok)\b",
    # A login is wanted first.
    r"(?:smtp )?auth(?:entication)? (?:(?:is )?required|fail)|this mail server requires authentication|please authenticate|you must log ?in|send auth\b",
    r"(?:client |sender |user )?(?:is |was )?not authenticated\b(?! for)|unauthenticated senders",
    # In other languages.
    r"relais refus|weiterleitung (?:nicht|verweigert)|пересылка запрещена",
)
_CLIENT_REFUSED = re.compile(f"(?:{_BEFORE_THE_WORDS})*(?:{_REFUSES_CLIENT})", re.IGNORECASE)

# RFC 6647, whatever else the reply says: it defers the first letter of every sender, however slow.
_GREYLIST = re.compile(r"gr[ae]y-?list", re.IGNORECASE)

# Statuses (RFC 3463 and the IANA registry) of a relay that is busy, full or congested, without the class.
_BUSY = frozenset({"3.1", "3.2", "4.5", "5.3", "7.28"})
_BUSY_WORDS = re.compile(
    either(
        r"(?:server|system|service|relay|host) (?:is )?(?:\w+ )?(?:busy|overload)|too busy",
        r"load (?:average|is|too)|overloaded",
        r"insufficient (?:system|memory|resources)",
        r"queue (?:\w+ )?(?:quota|full|limit)",
    ),
    re.IGNORECASE,
)
# After the recipient was taken, a 4xx without words about content or reader is the relay's trouble.
_OWN_TROUBLE = frozenset({FailureReason.SERVER, FailureReason.SERVER_FULL})
# Statuses about the recipient's address or mailbox (RFC 3463 §3.2, §3.3).
_READERS = ("4.1.", "4.2.")


def matter_of(reply: Reply, phase: Phase) -> RelayMatter:
    """What this refusal (4xx or 5xx) of our own relay, given in this phase, is about."""
    is_temporary = reply.code // 100 == 4
    reason = classify(reply.code, reply.status or None, reply.text, phase).reason
    if _is_about_the_message(reply, phase, reason):
        return RelayMatter.COPY
    if phase in BEFORE_RECIPIENT:
        # A limit on a time is later, also as 5xx.
        return RelayMatter.SLOW if is_temporary or reason is FailureReason.RATE else RelayMatter.STOP
    if reason is FailureReason.GREYLISTED or _GREYLIST.search(reply.text):
        return RelayMatter.COPY
    if reply.code == 421:  # the relay ends the session (RFC 5321 §4.2.3)
        return RelayMatter.SLOW
    if reply.code in LOGIN_CODES:
        return RelayMatter.STOP
    is_readers = names_a_reader(reply.text)
    if reason is FailureReason.RATE and not is_readers:
        return RelayMatter.SLOW
    if _refuses_client(reply, phase) or (reason is FailureReason.ACCOUNT and not is_readers):
        return RelayMatter.SLOW if is_temporary else RelayMatter.STOP
    if is_readers:
        return RelayMatter.COPY
    return RelayMatter.SLOW if is_temporary and _is_busy(reply, phase, reason) else RelayMatter.COPY


def _is_about_the_message(reply: Reply, phase: Phase, reason: FailureReason) -> bool:
    """Whether it refuses a message for its size (RFC 1870 §6.1) or its form (x.6.x), which MAIL announces."""
    if phase not in BEFORE_RECIPIENT:
        return False
    if reply.status:
        return reply.status[1:] == ".3.4" or reply.status[1:4] == ".6."
    # 552 without a status is meant for sizes; words about our account or its quota say otherwise.
    return reply.code == 552 and SCOPES[reason] is not Scope.SENDER and "quota" not in reply.text.lower()


def _refuses_client(reply: Reply, phase: Phase) -> bool:
    """Whether the relay refuses this client or sender, rather than the recipient of the command."""
    return phase is Phase.RCPT and _CLIENT_REFUSED.match(reply.text) is not None


def _is_busy(reply: Reply, phase: Phase, reason: FailureReason) -> bool:
    """Whether a 4xx is about the relay's own load or trouble, not about one reader or about the content."""
    scope = SCOPES[reason]
    if _BUSY_WORDS.search(reply.text):
        return True
    if scope is Scope.MAILBOX or reason is FailureReason.FILTERED or reply.status.startswith(_READERS):
        return False
    if (reply.status[2:] in _BUSY and scope is not Scope.CONTENT) or reply.code in _LOGIN_CODES_FOR_NOW:
        return True
    if scope is Scope.ADDRESS:
        return False
    if phase is Phase.DATA:  # the recipient has been accepted, and nothing has been read yet
        return True
    if scope is Scope.CONTENT:
        return False
    return phase is Phase.CONTENT and (
        reply.status.startswith("4.3.") or (reason in _OWN_TROUBLE and reply.code != 450)
    )
