"""Reads what a relay that asks to slow down has too much of: connections, messages in a session, or messages in a time."""

import re

from mailer.domain.bounce import FailureReason
from mailer.domain.delivery import Reply
from mailer.domain.relay_matter import Plea
from mailer.formats.reports.classify import classify
from mailer.formats.reports.rules.rule import either

_NUMBER = r"(?:too (?:many|much)|max(?:imum)?|limit|exceed|reached|concurren|simultan|parallel|viele|trop|слишком много|превышен|过多|太多|超过)"
# Microsoft calls the connections of one sender threads.
_LINK = r"(?:connection|sessions\b|threads?\b|verbindung|connexion|соединени|подключени|连接)"
# Sessions at once are connections; "session limit" alone is that of the messages in one.
_AT_ONCE = r"(?:concurren|simultan|parallel|gleichzeitig|одновременн)\w*.{0,20}(?:session|sitzung|сесси)"
_CONNECTIONS = re.compile(rf"{_NUMBER}.{{0,60}}{_LINK}|{_LINK}.{{0,40}}{_NUMBER}|{_AT_ONCE}", re.IGNORECASE)
_SESSION = re.compile(
    either(
        r"\b(?:per|this|one|a single|each|current|the same) (?:smtp )?(?:session|connection)\b(?!')",
        r"(?:new|another|re-?open) (?:smtp )?(?:session|connection)|reconnect",
        r"(?:pro|dieser|einer) (?:verbindung|sitzung)|(?:par|cette) (?:connexion|session)",
        r"\b(?:(?:в|за) (?:одн\w{1,2}|эт\w{1,2}) (?:соединени|сесси)|за (?:сессию|соединение))",
        # Halon and Message Systems; NetEase's codes.
        r"\bbatch limit|\b(?:mi|rp|dt):d[mr]c\b",
    ),
    re.IGNORECASE,
)
_MESSAGES = re.compile(
    r"(?:too many|max(?:imum)?(?: number of)?) (?:messages|mails|e-?mails|transactions|recipients)\b", re.IGNORECASE
)
_TIME = re.compile(
    either(
        r"second|minute|hour|daily|hourly|\bday\b|today|tomorrow|\blast\b|\brate\b|later|quick|fast|slow|too many \w+ from",
        r"sekund|stunde|\btag\b|heute|heure|jour|ralentir|секунд|минут|час|сутки|сегодня|день",
        r"秒|分钟|小时|天",
    ),
    re.IGNORECASE,
)


def plea_of(reply: Reply) -> Plea:
    """What to have less of, by the words of a reply that asks to slow down."""
    # First, since "messages per connection" names a connection too.
    if _SESSION.search(reply.text):
        return Plea.SESSION
    if _CONNECTIONS.search(reply.text):
        return Plea.CONNECTIONS
    # OpenSMTPD: "Too many messages sent", in this session; where a time is named, it counts those of all sessions.
    if _MESSAGES.search(reply.text) and not _TIME.search(reply.text):
        return Plea.SESSION
    return Plea.PACE


def names_a_rate(reply: Reply) -> bool:
    """Whether a reply that asks to slow down says so in clear words, and not only that the session ends."""
    return classify(reply.code, reply.status or None, reply.text).reason is FailureReason.RATE
