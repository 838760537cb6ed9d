"""The page of what waits for a person."""

from mailer.app.installation import App
from mailer.domain.access import Role
from mailer.pipeline.mailings.plan import plan_mailing
from mailer.store.ledger import outages
from tests.club import ISSUE, begin, copies, members
from tests.pipeline.relayed import LOST, NEVER, deliver
from tests.web.conftest import Console

ANNA, BORIS = (member.email for member in members(2))


def test_each_thing_has_its_remedy_as_a_button(app: App, console: Console) -> None:
    begin(app)
    deliver(app, {ANNA: LOST, BORIS: NEVER})
    page = console(Role.SECRETARY).get("/to-do").text
    doubt = copies(app)["P001"]
    assert f'<a class="button" href="/issues/{ISSUE}/copies/{doubt.id}">Settle</a>' in page
    assert '<a class="button" href="/register/people/P002">Show the person</a>' in page
    assert '<h2 id="uncertain">Uncertain copies (1)</h2>' in page


def test_who_cannot_do_it_is_told_who_can(app: App, console: Console) -> None:
    plan_mailing(app.context, ISSUE)
    page = console(Role.EDITOR).get("/to-do").text
    assert "Only these users can do it: secretary." in page
    assert 'class="button" href="/issues' not in page


def test_what_only_the_operator_can_do_is_said_with_the_command(app: App, console: Console) -> None:
    with app.store.transaction() as connection:
        outages.begin(connection, app.context.clock.now(), "<b>connection refused</b>")
    page = console(Role.SECRETARY).get("/to-do").text
    assert "This is a matter for the operator, on the server." in page
    assert "In a terminal: mailer check." in page
    assert "&lt;b&gt;connection refused" in page


def test_an_empty_list_says_so(console: Console) -> None:
    assert "Nothing waits for a person." in console(Role.SECRETARY).get("/to-do").text
