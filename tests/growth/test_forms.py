"""Every form of the console has its place among those whose cost `make growth` counts, or is small by its nature."""

import re

from mailer.web.application import ROUTES
from mailer.web.routes import Deed, Public, Stream
from tests.growth.test_pages import FORMS, ISSUE, SMALL_FORMS

POSTS = {
    route.path for route in ROUTES if isinstance(route, Deed) or (isinstance(route, Public) and "POST" in route.methods)
}


def test_every_form_has_a_case_or_is_small() -> None:
    assert {path for path in POSTS if not re.match(SMALL_FORMS, path)} == set(FORMS)
    assert [route.path for route in ROUTES if isinstance(route, Stream)] == [f"{ISSUE}/progress/events"]
