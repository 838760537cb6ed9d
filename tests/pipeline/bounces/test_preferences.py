"""A pause that the secretary enters, for a person who may have unsubscribed from a newsletter before."""

from dataclasses import replace
from datetime import date

import pytest

from mailer.app.installation import App
from mailer.domain.errors import Refused
from mailer.domain.membership import Pause
from mailer.pipeline.bounces.preferences import own_pauses, pause_for
from mailer.store import holds
from tests.club import ISSUE, copies, members

PEOPLE = members(2)
SUMMER = Pause(first=date(2018, 8, 1), last=date(2018, 8, 31))


def test_a_pause_is_refused_only_where_no_newsletter_is_left_to_pause(app: App) -> None:
    copy = copies(app)["P001"]
    with app.store.transaction() as connection:
        wish = Pause(first=date(2018, 7, 13), last=None)
        now = app.context.clock.now()
        holds.replace_pause(connection, "P001", wish, now=now, newsletter=ISSUE.newsletter, delivery=copy.id)
    with pytest.raises(Refused, match="P001 unsubscribed on"):
        pause_for(app.context, "P001", SUMMER)
    newsletter = app.context.newsletter(ISSUE.newsletter)
    both = replace(app.context, newsletters={newsletter.id: newsletter, "letter": replace(newsletter, id="letter")})
    pause_for(both, "P001", SUMMER)
    assert [(pause.newsletter, pause.days) for pause in own_pauses(both, "P001")] == [
        ("", SUMMER),
        (newsletter.id, wish),
    ]
