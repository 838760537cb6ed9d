"""Reads what a relay that asks to slow down has too much of: connections, messages in a session, or messages in a time."""

import re

from mailer.domain.bounce import FailureReason
from mailer.domain.delivery import Reply
from mailer.domain.relay_matter import Plea
from mailer.formats.reports.classify import classify

_NUMBER = r"(?:too (?:many|much)|max(?:imum)?|limit|exceed|reached|concurren|simultan|parallel|viele|trop|слишком много|превышен|过多|太多|超过)"
# Microsoft calls the connections of one sender threads.
_LINK = r"(?:connection|sessions\b|threads?\b|verbindung|connexion|соединени|подключени|连接)"
_CONNECTIONS = re.compile(rf"{_NUMBER}.{{0,60}}{_LINK}|{_LINK}.{{0,40}}{_NUMBER}", re.IGNORECASE)
_SESSION = re.compile(
    r"(?:per|this|one|a single|each|current|the same) (?:smtp )?(?:session|connection)\b"
    r"|(?:new|another|re-?open) (?:smtp )?(?:session|connection)|reconnect"
    r"|(?:pro|dieser|einer) (?:verbindung|sitzung)|(?:par|cette) (?:connexion|session)|\b(?:(?:в|за) (?:одн\w{1,2}|эт\w{1,2}) (?:соединени|сесси)|за (?:сессию|соединение))",
    re.IGNORECASE,
)
_MESSAGES = re.compile(
    r"(?:too many|max(?:imum)?(?: number of)?) (?:messages|mails|e-?mails|transactions|recipients)\b", re.IGNORECASE
)
_TIME = re.compile(
    r"second|minute|hour|daily|hourly|\bday\b|\brate\b|later|quick|fast|sekund|stunde|\btag\b|heure|jour|секунд|минут|час|сутки|день|秒|分钟|小时|天",
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
