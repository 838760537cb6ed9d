"""Classifies a refusal by its text first and its codes second, and names the rule that decided.

Codes alone mislead: about half of all 5.x.x reports are about a full mailbox, a policy, the content or our own
reputation. Replies during SMTP and reports that arrive later are classified alike.
"""

import re
from functools import lru_cache

from mailer.domain.bounce import SCOPES, FailureReason, Phase, Scope, Verdict
from mailer.formats.reports.rules import account, content, limits, recipient, sender, transport
from mailer.formats.reports.rules.rule import DOT_IN_NAME, ReplyRule

# Characters of a reply that are read; what matters stands at its beginning.
MAX_TEXT = 1500

# The first rule that matches decides.
RULES: tuple[ReplyRule, ...] = (
    *transport.CONNECTION,
    *transport.EXPIRED,
    *limits.RULES,
    *account.RULES,
    *content.FULL,
    *sender.RULES,
    *transport.PROGRAM,
    *content.RULES,
    *recipient.RULES,
    *transport.RULES,
    *recipient.REJECTED,
    *transport.UNAVAILABLE,
    *transport.ACCESS_DENIED,
)

# Enhanced status codes (RFC 3463 and the IANA registry) by subject and detail, without the class (4 or 5).
STATUSES: dict[str, tuple[FailureReason, str]] = {
    "1.0": (FailureReason.UNKNOWN, "x.1.0 names only the address as the subject"),
    "1.1": (FailureReason.USER_UNKNOWN, "x.1.1 bad destination mailbox"),
    "1.2": (FailureReason.HOST_UNKNOWN, "x.1.2 bad destination system"),
    "1.3": (FailureReason.USER_UNKNOWN, "x.1.3 bad address syntax"),
    "1.4": (FailureReason.UNKNOWN, "x.1.4 ambiguous address"),
    "1.6": (FailureReason.MOVED, "x.1.6 mailbox has moved"),
    "1.7": (FailureReason.SENDER_REFUSED, "x.1.7 bad sender syntax"),
    "1.8": (FailureReason.SENDER_REFUSED, "x.1.8 bad sender system"),
    "1.9": (FailureReason.RELAYING, "x.1.9 relayed to a mailer that does not report"),
    "1.10": (FailureReason.TAKES_NO_MAIL, "x.1.10 null MX, or recipient not found by a Microsoft server"),
    "1.351": (FailureReason.USER_UNKNOWN, "x.1.351 unknown recipient at a Microsoft relay"),
    "2.0": (FailureReason.FILTERED, "x.2.0 other mailbox status"),
    "2.1": (FailureReason.SUSPENDED, "x.2.1 mailbox disabled"),
    "2.2": (FailureReason.MAILBOX_FULL, "x.2.2 mailbox full"),
    "2.3": (FailureReason.TOO_BIG, "x.2.3 message too long for the mailbox"),
    "2.4": (FailureReason.MEMBERS_ONLY, "x.2.4 mailing list expansion"),
    "3.1": (FailureReason.SERVER_FULL, "x.3.1 mail system full"),
    "3.4": (FailureReason.TOO_BIG, "x.3.4 message too big for the system"),
    "4.0": (FailureReason.NETWORK, "x.4.0 other network status"),
    "4.1": (FailureReason.TIMEOUT, "x.4.1 no answer from the host"),
    "4.2": (FailureReason.NETWORK, "x.4.2 bad connection"),
    "4.3": (FailureReason.NETWORK, "x.4.3 directory server failed"),
    "4.4": (FailureReason.HOST_UNKNOWN, "x.4.4 unable to route"),
    "4.5": (FailureReason.RATE, "x.4.5 congestion"),
    "4.6": (FailureReason.LOOP, "x.4.6 routing loop"),
    "4.7": (FailureReason.TIMEOUT, "x.4.7 delivery time expired"),
    "7.0": (FailureReason.POLICY, "x.7.0 other security status"),
    "7.1": (FailureReason.POLICY, "x.7.1 not authorised"),
    "7.8": (FailureReason.LOGIN, "x.7.8 credentials invalid"),
    "7.9": (FailureReason.POLICY, "x.7.9 authentication mechanism; at Yahoo, policy"),
    "7.13": (FailureReason.SUSPENDED, "x.7.13 account disabled"),
    "7.14": (FailureReason.SENDER_REFUSED, "x.7.14 trust relationship required"),
    "7.17": (FailureReason.MOVED, "x.7.17 mailbox has a new owner (RFC 7293)"),
    "7.18": (FailureReason.MOVED, "x.7.18 domain has a new owner (RFC 7293)"),
    "7.20": (FailureReason.AUTHENTICATION, "x.7.20 no passing DKIM signature"),
    "7.21": (FailureReason.AUTHENTICATION, "x.7.21 no acceptable DKIM signature"),
    "7.22": (FailureReason.AUTHENTICATION, "x.7.22 no DKIM signature of the author"),
    "7.23": (FailureReason.AUTHENTICATION, "x.7.23 SPF failed"),
    "7.24": (FailureReason.AUTHENTICATION, "x.7.24 SPF error"),
    "7.25": (FailureReason.NO_PTR, "x.7.25 reverse DNS failed"),
    "7.26": (FailureReason.AUTHENTICATION, "x.7.26 several authentication checks failed"),
    "7.27": (FailureReason.SENDER_REFUSED, "x.7.27 the sender's domain accepts no mail"),
    "7.28": (FailureReason.RATE, "x.7.28 mail flood"),
}
SUBJECTS: dict[str, tuple[FailureReason, str]] = {
    "3": (FailureReason.SERVER, "x.3.x mail system"),
    "4": (FailureReason.NETWORK, "x.4.x network or routing"),
    "6": (FailureReason.CONTENT, "x.6.x content"),
    "7": (FailureReason.POLICY, "x.7.x security or policy"),
}
# RFC 5321 §4.2.3. 550, 553 and 554 can mean anything, and so can 551 outside RCPT.
CODES: dict[int, tuple[FailureReason, str]] = {
    421: (FailureReason.SERVER, "421 service not available"),
    450: (FailureReason.SERVER, "450 mailbox busy or temporarily blocked"),
    451: (FailureReason.SERVER, "451 error in processing"),
    452: (FailureReason.SERVER_FULL, "452 insufficient storage"),
    521: (FailureReason.TAKES_NO_MAIL, "521 host accepts no mail (RFC 7504)"),
    525: (FailureReason.LOGIN, "525 account disabled"),
    530: (FailureReason.LOGIN, "530 authentication required"),
    534: (FailureReason.LOGIN, "534 authentication mechanism too weak"),
    535: (FailureReason.LOGIN, "535 credentials invalid"),
    538: (FailureReason.LOGIN, "538 encryption required for authentication"),
    551: (FailureReason.MOVED, "551 user not local"),
    552: (FailureReason.MAILBOX_FULL, "552 exceeded storage allocation"),
    556: (FailureReason.TAKES_NO_MAIL, "556 domain accepts no mail (RFC 7504)"),
}
# RFC 4954 §4 and §6, RFC 3207 §4: a login or TLS is wanted first, or the login was refused; 525 with x.7.13 of the IANA
# registry: the account that logged in is disabled.
LOGIN_CODES = frozenset({525, 530, 534, 535, 538})
_REFUSED_LOGINS = LOGIN_CODES - {530}
# In these phases the server does not know the recipient yet, so the refusal cannot be about the address.
BEFORE_RECIPIENT = frozenset({Phase.CONNECT, Phase.HELLO, Phase.STARTTLS, Phase.AUTH, Phase.MAIL})
_STATUS = re.compile(r"[245]\.(\d{1,3})\.(\d{1,3})")
_IP = re.compile(r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}")
_REMOTE_HOST = re.compile(r"\bhost \S{1,200} (?:\[[^\]\s]{1,60}\] )?(?:said|refused)(?: to talk to me)?:")
_NO_REASON = re.compile(
    r"\bunknown (?:error|reason|failure|cause|problem)s?\b|\b(?:unbekannte[rsnm]?|onbekende|nieznan\w+|neznám\w+|ismeretlen|tuntematon|okä[nd]+\w*|ukendt|ukjent|неизвестн\w+|невідом\w+|άγνωστ\w+|bilinmeyen)"
    r" (?:\w+ )?(?:fehler|grund|ursache|fout|reden|oorzaak|błąd|błęd|przyczyn|chyb|důvod|hiba|virhe|fel\b|fejl|feil|årsa|ошибк|причин|помилк|σφάλμα|hata)\w*"
    r"|\b(?:erreur|raison|error|causa|motivo|raz[óo]n|errore|erro|eroare)s? (?:inconnue|desconocid\w|sconosciut\w|desconhecid\w|necunoscut\w)\b"
)
_LINKS = re.compile(r"https?://\S{0,300}")
# How servers misspell what the rules look for.
_RESPELT = {
    "doesnt": "doesn't", "dosn't": "doesn't", "dosnt": "doesn't", "dont": "don't", "unknow": "unknown", "unkown": "unknown",
    "unknonw": "unknown", "adress": "address", "recepient": "recipient", "recipent": "recipient",
    "reciepient": "recipient", "reciever": "receiver", "exsist": "exist", "exits": "exist", "exsit": "exist", "invaild": "invalid",
    "avaliable": "available", "unavaliable": "unavailable",
}  # fmt: skip
_MISSPELT = re.compile(r"\b(?:" + "|".join(_RESPELT) + r")\b")
_NO_RULE = "no rule matches the text, the status or the code"


def classify(code: int | None, status: str | None, text: str, phase: Phase = Phase.UNKNOWN) -> Verdict:
    """The meaning of a refusal. `code` is of RFC 5321, `status` of RFC 3463; any of code, status and text may be missing.

    The text outweighs the status, the status the code. `hard` is true only for a permanent refusal of scope address:
    the address is dead for good. Never raises, whatever the text.
    """
    reason, rule = _reason(code, status, text, phase)
    # The account that logs in is ours. 552 before a recipient is named is about the size of the message (RFC 1870 §6.1).
    if SCOPES[reason] is Scope.MAILBOX and (code in _REFUSED_LOGINS or (phase in BEFORE_RECIPIENT and code != 552)):
        reason, rule = FailureReason.ACCOUNT, f"of the account that sends: {rule}"
    if SCOPES[reason] is Scope.ADDRESS:
        if phase in BEFORE_RECIPIENT:
            reason, rule = FailureReason.SENDER_REFUSED, f"before the recipient was named: {rule}"
        elif (
            phase is Phase.CONTENT
            and reason is not FailureReason.HOST_UNKNOWN
            and not recipient.NO_MAILBOX.search(text)
        ):
            # A server that accepted RCPT knows the recipient; a refusal after the content comes from a filter.
            reason, rule = FailureReason.FILTERED, f"after the content: {rule}"
    return Verdict(reason=reason, hard=SCOPES[reason] is Scope.ADDRESS and not is_temporary(code, status), rule=rule)


def is_temporary(code: int | None, status: str | None) -> bool:
    """Whether the refusal is temporary; where code and status contradict each other, it may be."""
    return (code is not None and 400 <= code < 500) or bool(status and status.startswith("4"))


@lru_cache(maxsize=256)
def find_rule(text: str) -> ReplyRule | None:
    """The first rule that matches the text."""
    lowered = text[: 2 * MAX_TEXT].lower()
    words = _NO_REASON.sub("error", _MISSPELT.sub(_respell, _LINKS.sub(" ", lowered).replace("’", "'")))
    # IronPort calls every x.1.0 refusal an unknown address error, whatever the other server replied.
    words = words.replace("unknown address error", " ")
    words = _REMOTE_HOST.sub(" ", DOT_IN_NAME.sub("·", _IP.sub("[ip]", words)))
    words = " ".join(words.split())[:MAX_TEXT]
    rule = next((rule for rule in RULES if rule.matches(words)), None) if words else None
    is_about_address = rule is None or rule.vague or SCOPES[rule.reason] is Scope.ADDRESS
    links = " ".join(_LINKS.findall(lowered)) if is_about_address and "http" in lowered else ""
    return sender.LINK if sender.LINK.matches(links) else rule


def _respell(word: re.Match[str]) -> str:
    return _RESPELT[word[0]]


def reason_of_status(status: str | None) -> tuple[FailureReason, str] | None:
    """The reason that an enhanced status code names, and its meaning; None for those that name none."""
    parts = _STATUS.fullmatch(status or "")
    if parts is None:
        return None
    subject, detail = parts.groups()
    by_status = STATUSES.get(f"{subject}.{detail}") or SUBJECTS.get(subject)
    return by_status if by_status and by_status[0] is not FailureReason.UNKNOWN else None


def _reason(code: int | None, status: str | None, text: str, phase: Phase) -> tuple[FailureReason, str]:
    rule = find_rule(text)
    by_status = reason_of_status(status)
    is_vague = rule is not None and rule.vague and SCOPES[rule.reason] is Scope.ADDRESS
    if rule and not (is_vague and by_status and SCOPES[by_status[0]] is not Scope.ADDRESS):
        return rule.reason, rule.meaning
    # A status of a login says only that it is about security.
    if by_status and not (code in LOGIN_CODES and by_status[0] is FailureReason.POLICY):
        return by_status
    if code in CODES and not (code == 551 and phase not in {Phase.RCPT, Phase.UNKNOWN}):
        return CODES[code]
    return FailureReason.UNKNOWN, _NO_RULE
