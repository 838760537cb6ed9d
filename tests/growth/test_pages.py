"""Every page, and every form over many people, costs at most in proportion to them: counted in all its threads."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack

import pytest
from argon2 import PasswordHasher
from starlette.testclient import TestClient

from mailer.app.installation import App
from mailer.domain.access import Role
from mailer.domain.user import User
from mailer.formats.credentials import password
from mailer.formats.token import Purpose
from mailer.web.application import ROUTES, create_app
from mailer.web.routes import Page, Public
from tests.club import LETTER, Club
from tests.growth.conftest import Compare, Hold, Opened
from tests.growth.counting import cost_of
from tests.growth.grown import APPROVED, EARLIER, PASSWORD, PLANNED, PULLED, SENDING, SENT, SITE

pytestmark = pytest.mark.sqlite

HEADERS = {"Sec-Fetch-Site": "same-origin", "Origin": SITE}
ISSUE, PERSON, MEMBERSHIP = (
    "/issues/{newsletter}/{serial:int}",
    "/register/people/P00005",
    "/register/memberships/M00005",
)
# What stands in the places of an address.
PLACES = {
    "newsletter": LETTER,
    "serial": str(SENT.serial),
    "folder": "2018-07",
    "person": "P00005",
    "membership": "M00005",
    "link": "no-such-link",
    "id": "5",
    "user": "2",
    "number": "1",
    "hold": "1",
    "report": "1",
}
# Lists as they are asked for, besides each page as it is.
LISTS = (
    *(
        "/register?words=reader0",
        "/register?words=no+such",
        "/history?words=plan",
        "/returns?show=all",
        "/holds?show=all",
    ),
    *(
        f"/issues/{LETTER}/{SENT.serial}/copies?words=reader00007",
        f"/issues/{LETTER}/{SENT.serial}/copies?state=bounced",
    ),
    *(f"/issues/{LETTER}/{name.serial}" for name in (PULLED, PLANNED, APPROVED, SENDING)),
    *(f"/issues/{LETTER}/{name.serial}/circulation" for name in (PLANNED, SENDING)),
    *(
        f"/issues/{LETTER}/{name.serial}/{page}"
        for name in (APPROVED, SENDING)
        for page in ("send", "progress", "report")
    ),
)
QUERIES = {"{folder}/preview": "?language=en", "{serial:int}/test": "?person=P00005"}
# The links that a member has.
LINKS = {
    "/u/{token}": Purpose.ONE_CLICK,
    "/m/{token}": Purpose.PREFERENCES,
    "/read/{token}": Purpose.WEB_COPY,
    "/confirm/{token}": Purpose.CONFIRM,
    "/undo/{token}": Purpose.UNDO,
}
Fields = Mapping[str, object]
Browsers = Mapping[int, Mapping[Role, TestClient]]
# Forms that change, send or read many people or copies, or after which every plan is compared with the register.
FORMS: Mapping[str, Fields] = {
    f"{ISSUE}/look": {"person": "P00005", "serial": PLANNED.serial},
    f"{ISSUE}/plan": {"serial": PULLED.serial},
    f"{ISSUE}/approve": {"serial": PLANNED.serial, "as_planned": "yes"},
    f"{ISSUE}/withdraw": {"serial": APPROVED.serial},
    f"{ISSUE}/drop": {"serial": PLANNED.serial},
    f"{ISSUE}/send": {"serial": APPROVED.serial, "as_planned": "yes"},
    f"{ISSUE}/stop": {"serial": SENDING.serial},
    f"{ISSUE}/pause": {"serial": SENDING.serial},
    f"{ISSUE}/resume": {"serial": SENDING.serial},
    f"{ISSUE}/cancel": {"serial": SENDING.serial},
    f"{ISSUE}/unsent": {},
    f"{ISSUE}/copies/{{id:int}}/settle": {"id": 5, "as": "accepted"},
    f"{ISSUE}/copies/{{id:int}}/release": {"id": 7},
    f"{ISSUE}/copies/{{id:int}}/right-address": {"id": 1},
    f"{ISSUE}/settle": {"as": "accepted"},
    "/issues/pull": {},
    "/returns/settle": {"report": "1"},
    "/returns/{report:int}/right-address": {"report": "1"},
    "/holds": {"address": "Reader00006", "why": "she left"},
    "/holds/{hold:int}/lift": {"why": "she wrote"},
    "/holds/domains": {"domain": "members1.example", "reason": "asked"},
    "/holds/domains/lift": {"domain": "members1.example"},
    "/find": {"q": "reader"},
    "/register/import": {"members_rows": "{members}"},
    "/register/import/apply": {},
    "/register/export": {"format": "members"},
    "/register/people/{person:path}/pause": {"from": "2018-07-01"},
    "/register/people/{person:path}/resume": {},
    "/register/people/{person:path}/export": {},
    "/register/people/{person:path}/erase": {"typed": "P00005"},
    "/register/people/{person:path}/edit": {"name_en": "Ada", "version": f"{PERSON}/edit"},
    "/register/people/{person:path}/end": {"ended_on": "2018-06-01", "version": f"{PERSON}/end"},
    "/register/memberships/{membership:path}/edit": {"organisation": "", "version": f"{MEMBERSHIP}/edit"},
    "/register/memberships/{membership:path}/payments/add": {
        "period_from": "2019-01-01",
        "period_to": "2019-12-31",
        "amount": "1",
        "currency": "RUB",
        "seen": "yes",
    },
}
# Forms of one user, one issue's folder or one record, and members' own: nothing in them is as large as the register.
SMALL_FORMS = (
    r"/sign-|/account|/users|/issues/upload|.*/test$|/returns$|/register/add|.*/successor$|.*\{membership:path\}/add$"
    r"|.*/reverse$|/[um]/|/confirm/|/undo/|/read/"
)


@pytest.fixture(autouse=True, scope="module")
def cheap_passwords() -> Iterator[None]:
    """A password is hashed in a millisecond."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(password, "HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        yield


def filled(path: str, values: Fields) -> str:
    """The address with its places filled in."""
    serial = EARLIER.serial if "{id" in path else PLANNED.serial if path.endswith("/drop") else SENT.serial
    places = {**PLACES, "serial": str(serial), **{name: str(value) for name, value in values.items()}}
    return re.sub(r"\{(\w+)(:\w+)?\}", lambda place: places[place[1]], path)


def rows_of(club: Club) -> str:
    """Its register with other names, as a spreadsheet program copies it."""
    return (club.folder / "members.csv").read_text().replace(",", "\t").replace("Reader", "Name")


def signed_in(app: App, role: Role) -> TestClient:
    """A browser in which a user of this role has signed in."""
    client = TestClient(create_app(lambda: app), SITE, headers=HEADERS)
    client.post("/sign-in", data={"name": role.value, "password": PASSWORD})
    return client


def roles() -> dict[str, Role]:
    """Who may see each page: the secretary, where she may."""
    may = {}
    for route in ROUTES:
        if isinstance(route, Page):
            may[route.path] = next(
                role
                for role in (Role.SECRETARY, Role.EDITOR, Role.ADMIN)
                if User(id=0, name="", role=role).may(route.right)
            )
    return may


PAGES = roles()
PUBLIC = [route.path for route in ROUTES if isinstance(route, Public) and "GET" in route.methods]


@pytest.fixture(scope="module")
def browsers(clubs: Mapping[int, Club], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browsers]:
    """Browsers in which users of each role have signed in at each club; pages change nothing, so all share them."""
    with ExitStack() as apps:
        signed = {}
        for people, club in clubs.items():
            app = apps.enter_context(club.copied(tmp_path_factory.mktemp("console") / "club").opened())
            signed[people] = {role: signed_in(app, role) for role in Role}
            signed[people][Role.SECRETARY].post("/register/import", data={"members_rows": rows_of(club)})
        yield signed


@pytest.mark.parametrize("path", [*PAGES, *LISTS])
def test_a_page_costs_in_proportion(browsers: Browsers, sizes: Sequence[int], compare: Compare, path: str) -> None:
    asked = filled(path, {}) + next((query for end, query in QUERIES.items() if path.endswith(end)), "")
    costs = []
    for people in sizes:
        client = browsers[people][PAGES.get(path, Role.SECRETARY)]

        def ask(client: TestClient = client) -> None:
            answer = client.get(asked)
            assert answer.status_code == (422 if path.endswith("/rejected") else 200), (
                answer.text
            )  # no row was rejected

        costs.append(cost_of(ask))
    compare(f"GET {path}", costs)


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_costs_in_proportion(hold: Hold, path: str, opened: Opened) -> None:
    def prepare(club: Club) -> Callable[[], object]:
        app = opened(club)
        token = app.context.keys.sign(LINKS[path], 5) if path in LINKS else ""
        client = TestClient(create_app(lambda: app), SITE, headers=HEADERS)
        return lambda: client.get(filled(path, {"token": token}), follow_redirects=False)

    hold(f"GET {path}", prepare)


@pytest.mark.parametrize("path", FORMS)
def test_a_form_costs_in_proportion(hold: Hold, path: str, opened: Opened) -> None:
    def prepare(club: Club) -> Callable[[], object]:
        app = opened(club)
        client = signed_in(app, Role.SECRETARY)
        fields = {name: str(value) for name, value in FORMS[path].items()}
        if "version" in fields:
            page = client.get(fields["version"]).text
            fields["version"] = re.findall(r'name="version" value="([^"]*)"', page)[0]
        if "{members}" in fields.values() or path == "/register/import/apply":
            rows = rows_of(club)
            draft = client.post("/register/import", data={"members_rows": rows}).text
            if path == "/register/import/apply":
                fields = {
                    name: re.findall(rf'name="{name}" value="([^"]*)"', draft)[0] for name in ("digest", "version")
                }
            else:
                fields["members_rows"] = rows
        if path == f"{ISSUE}/resume":
            client.post(filled(f"{ISSUE}/pause", FORMS[path]))
        if path.endswith("/resume") and "person" in path:
            client.post(filled(path.replace("resume", "pause"), {}), data={"from": "2018-08-01"})
        if path == "/holds/domains/lift":
            client.post("/holds/domains", data=dict(FORMS["/holds/domains"]))
        if path in (f"{ISSUE}/send", f"{ISSUE}/unsent", f"{ISSUE}/cancel", f"{ISSUE}/settle"):
            page = client.get(filled(path, FORMS[path])).text
            fields |= dict(re.findall(r'name="(copy)" value="([^"]*)"', page)[:1])
            fields |= {"copies": typed[1]} if (typed := re.search(r"Type (\d+)", page)) else {}
            fields["serial"] = filled("{serial}", FORMS[path])

        def send() -> None:
            answer = client.post(filled(path, FORMS[path]), data=fields, follow_redirects=False)
            # The countdown of the issue is over, so that it cannot be stopped any more.
            assert answer.status_code in ({409} if path.endswith("/stop") else {200, 303}), answer.text

        return send

    hold(f"POST {path}", prepare)
