"""A relay that asks to slow down has too many connections, too many messages in a session, or in a time."""

import pytest

from mailer.domain.delivery import Reply
from mailer.domain.relay_matter import Plea
from mailer.formats.reports.relay_plea import plea_of


@pytest.mark.parametrize(
    ("plea", "text"),
    [
        (Plea.CONNECTIONS, "Concurrent connections limit exceeded. Visit https://aka.example/sending"),
        (Plea.CONNECTIONS, "Too many concurrent SMTP connections; please try again later."),
        (Plea.CONNECTIONS, "Error: too many connections from 192.0.2.7"),
        (Plea.CONNECTIONS, "STOREDRV.ClientSubmit; sender thread limit exceeded"),
        (Plea.CONNECTIONS, "Connection rate limit exceeded"),
        (Plea.CONNECTIONS, "Zu viele gleichzeitige Verbindungen"),
        (Plea.CONNECTIONS, "слишком много одновременных соединений"),
        (Plea.CONNECTIONS, "concurrent session limit exceeded"),
        (Plea.CONNECTIONS, "превышено число одновременных сессий"),
        (Plea.SESSION, "Maximum number of messages per session exceeded."),
        (Plea.SESSION, "Too many messages in this session, open a new one"),
        (Plea.SESSION, "Max message per connection reached, closing transmission channel"),
        (Plea.SESSION, "too many messages in one connection"),
        (Plea.SESSION, "Too many messages sent"),
        (Plea.PACE, "Too many messages sent this hour"),
        (Plea.PACE, "Error: too much mail from 192.0.2.7"),
        (Plea.PACE, "Throttling failure: Maximum sending rate exceeded."),
        (Plea.PACE, "Too many messages, slow down: come later"),
        (Plea.PACE, "Temporary system problem"),
        (Plea.PACE, ""),
    ],
)
def test_words_say_what_to_have_less_of(plea: Plea, text: str) -> None:
    assert plea_of(Reply(code=451, text=text)) is plea
