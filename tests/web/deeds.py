"""A case for every address that a form is sent to: what came before, who sends it, and what the form says."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pyotp
from starlette.testclient import TestClient

from mailer.app.installation import App
from mailer.domain.access import Role
from mailer.domain.user import User
from mailer.formats.token import Purpose
from mailer.pipeline.mailings.pause import pause_mailing
from mailer.pipeline.mailings.plan import plan_mailing
from mailer.pipeline.sending import suspend
from mailer.pipeline.users import accounts, add_user
from tests.authenticator import Authenticator
from tests.club import ISSUE, LETTER, copies, import_register, members, pay, pull_issues, reverse
from tests.pipeline.members.linked import link_in, token
from tests.pipeline.relayed import LOST, deliver
from tests.reported import FULL, bounce, come_back, path_of
from tests.web.conftest import PASSWORD
from tests.web.console.sent import approved, begun, with_countdown

SITE = "https://letter.club.example"
_ISSUE = "/issues/{newsletter}/{serial:int}"
_PERSON = "/register/people/{person:path}"
_MEMBERSHIP = "/register/memberships/{membership:path}"
_PAYMENT = {
    "period_from": "2019-01-01", "period_to": "2019-12-31", "amount": "50000", "currency": "RUB",
    "paid_on": "2018-07-01", "reference": "INV-19", "seen": "yes",
}  # fmt: skip
_NEW_PERSON = {
    "membership": "M900", "kind": "individual", "circulation": "club", "person": "P900",
    "name_en": "Ada Moor", "email": "ada@example.org", "languages": "en",
}  # fmt: skip
_TEXT = f"""---
newsletter: {LETTER}
language: en
status: finished
number: NUMBER
serial: 42
volume: 17
year: 2018
date: 2018-08-09
title: The harbour at night
---

Lights.
"""
_KEY = Authenticator(SITE)

Files = Mapping[str, tuple[str, bytes]]
Fields = Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class Case:
    """One form, with what its address names. `stage` brings the club about; `form` may open pages and look into it."""

    path: str
    stage: Callable[[App], object]
    form: Fields | Callable[[App, TestClient], Fields] = field(default_factory=dict)
    role: Role | None = Role.SECRETARY
    values: Mapping[str, str] = field(default_factory=dict)  # of the address, where the form says otherwise
    files: Files = field(default_factory=dict)
    name: str = ""

    @property
    def label(self) -> str:
        """The name of the test."""
        return self.name or self.path


def pulled(app: App) -> None:
    """Twelve paid-up members, a user of each role, and an issue from the source."""
    import_register(app, members(12))
    pull_issues(app)
    for role in Role:
        address = "" if role is Role.ADMIN else f"{role.value}@club.example"
        add_user(app.context, User(id=0, name=role.value, role=role, address=address), PASSWORD)


def _planned(app: App) -> None:
    pulled(app)
    plan_mailing(app.context, ISSUE)


def _approved(app: App) -> None:
    pulled(app)
    approved(app)


def _begun(app: App) -> None:
    """The countdown runs."""
    pulled(app)
    begun(with_countdown(app))


def _paused(app: App) -> None:
    _begun(app)
    pause_mailing(app.context, ISSUE)


def _sent(app: App) -> None:
    """Sent to eleven, with one copy in doubt; a twelfth has paid since."""
    pulled(app)
    late = members(12)[11]
    reverse(app, late)
    begun(app)
    deliver(app, {"desk002@members.example": LOST})
    pay(app, late)


def _held(app: App) -> None:
    """One copy is held back, since its payment was reversed; then it is paid again."""
    pulled(app)
    begun(app)
    reverse(app, members(12)[4])
    deliver(app)
    pay(app, members(12)[4])


def _returned(app: App) -> None:
    _sent(app)
    come_back(app, "P001", FULL)


def _suspended(app: App) -> None:
    pulled(app)
    suspend.suspend(app.context, "members.example", until=None, reason="their postmaster asks")


# --- forms that need something of a page or of the installation -------------------------------------------------------


def _hidden(page: str, *names: str) -> dict[str, str]:
    return {name: re.findall(rf'name="{name}" value="([^"]*)"', page)[0] for name in names}


def _with_version(path: str, **fields: str) -> Callable[[App, TestClient], Fields]:
    return lambda _app, client: {**fields, **_hidden(client.get(path).text, "version")}


def _import(_app: App, client: TestClient) -> Fields:
    return _hidden(client.post("/register/import", data=_ROWS).text, "digest", "version")


def _uncertain(app: App, _client: TestClient) -> Fields:
    return {"copy": str(copies(app)["P002"].id), "as": "accepted"}


def _code(app: App, client: TestClient) -> Fields:
    secret = re.search(r"<code[^>]*>([A-Z2-7 ]+)</code>", client.post("/account/app/begin").text)
    assert secret
    return {"code": pyotp.TOTP(secret[1].replace(" ", "")).at(app.context.clock.now())}


def _sheet(client: TestClient) -> list[str]:
    return re.findall(r"<li>([0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4})</li>", client.post("/account/sheet").text)


def _second(_app: App, client: TestClient) -> Fields:
    """The password is typed anew, and a printed code is next."""
    codes = _sheet(client)
    _give_password(client)
    return {"code": codes[0]}


def _passkey_asked(app: App, client: TestClient) -> Fields:
    _stored(app, client)
    _give_password(client)
    return {}


def _passkey_given(app: App, client: TestClient) -> Fields:
    _passkey_asked(app, client)
    return {"passkey": _KEY.get(client.post("/sign-in/passkey").text)}


def _give_password(client: TestClient) -> None:
    client.cookies.clear()
    client.post("/sign-in", data={"name": "secretary", "password": PASSWORD})


def _new_passkey(_app: App, client: TestClient) -> Fields:
    return {"passkey": _KEY.create(client.post("/account/passkeys/options").text), "passkey_name": "PC"}


def _stored(app: App, client: TestClient) -> Fields:
    client.post("/account/passkeys", data=dict(_new_passkey(app, client)))
    return {"own_password": PASSWORD}


def _with_sheet(_app: App, client: TestClient) -> Fields:
    assert _sheet(client)
    return {"own_password": PASSWORD}


def _with_app(app: App, client: TestClient) -> Fields:
    client.post("/account/app", data=dict(_code(app, client)))
    return {"own_password": PASSWORD}


def _elsewhere(_app: App, client: TestClient) -> Fields:
    with TestClient(client.app, base_url=SITE, headers=client.headers) as other:
        other.post("/sign-in", data={"name": "secretary", "password": PASSWORD})
    return {}


def _other_user(app: App, _client: TestClient) -> Fields:
    user = accounts.find_user(app.context, "editor")
    assert user.id == int(_USER["user"])
    return {
        **_USER,
        "role": "secretary",
        "login": "boris",
        "address": "boris@club.example",
        "password": f"{PASSWORD} 2",
    }


def _disabled(app: App, _client: TestClient) -> Fields:
    accounts.disable(app.context, accounts.find_user(app.context, "editor"))
    return _USER


def _editors_sheet(_app: App, client: TestClient) -> Fields:
    with TestClient(client.app, base_url=SITE, headers=client.headers) as other:
        other.post("/sign-in", data={"name": "editor", "password": PASSWORD})
        assert _sheet(other)
    return _USER


def _paused_person(_app: App, client: TestClient) -> Fields:
    client.post("/register/people/P001/pause", data={"from": "2018-08-01"})
    return _P001


def _wish(kind: str, **choice: str) -> Callable[[App, TestClient], Fields]:
    """A member has chosen something on the page of a copy; the link of the letter that follows is in `token`."""

    def asked(app: App, client: TestClient) -> Fields:
        client.post(f"/m/{token(app, Purpose.PREFERENCES)}", data=choice)
        return {"token": link_in(app, kind), "sure": "yes"}

    return asked


def _link(purpose: Purpose, **fields: str) -> Callable[[App, TestClient], Fields]:
    return lambda app, _client: {"token": token(app, purpose), **fields}


def _new_password(_app: App, client: TestClient) -> Fields:
    _elsewhere(_app, client)
    return {"old": PASSWORD, "new": f"{PASSWORD} 2", "again": f"{PASSWORD} 2"}


def _successor(_app: App, client: TestClient) -> Fields:
    version = _hidden(client.get("/register/people/P001/successor").text, "version")
    return {**_NEW_PERSON, "ended_on": "2018-06-01", **version}


def _free_seat(_app: App, client: TestClient) -> Fields:
    path = "/register/people/P001/end"
    version = _hidden(client.get(path).text, "version")
    client.post(path, data={"ended_on": "2018-06-01", **version})
    return {**_NEW_PERSON, **_M001}


def _reversal(_app: App, client: TestClient) -> Fields:
    page = client.get("/register/memberships/M001/payments/1/reverse").text
    names = ("period_from", "period_to", "amount", "currency", "paid_on", "reference")
    typed = {name: re.findall(rf'name="{name}"[^>]*? value="([^"]*)"', page)[0] for name in names}
    return {**typed, **_M001, "number": "1", "seen": "yes"}


_ROWS = {"members_rows": "\t".join(_NEW_PERSON) + "\r\n" + "\t".join(_NEW_PERSON.values()) + "\r\n"}
_OF_41 = {"newsletter": LETTER, "serial": "41"}
_P001, _M001, _USER = {"person": "P001"}, {"membership": "M001"}, {"user": "1"}
_DOUBT = {**_OF_41, "as": "accepted"}
_UPLOAD = {"files": ("en.md", _TEXT.replace("NUMBER", "8").encode())}


def _returned_mail(app: App, _client: TestClient) -> Fields:
    copy = copies(app)["P004"]
    return {"mail": ("returned.eml", bounce(path_of(app, copy), FULL, message_id=copy.message_id))}


def _copy(person: str, **fields: str) -> Callable[[App, TestClient], Fields]:
    return lambda app, _client: {**_OF_41, "id": str(copies(app)[person].id), **fields}


def _hold(_app: App, client: TestClient) -> Fields:
    client.post("/holds", data={"address": "Reader002", "why": "she left the embassy"})
    return {"hold": "1", "why": "she wrote again"}


def _uploaded(_app: App, client: TestClient) -> Fields:
    client.post("/issues/upload", files={"files": ("en.md", _TEXT.replace("NUMBER", "8").encode() + b"A slip.")})
    return {}


CASES = (
    # The issue and its mailing.
    Case(path="/issues/upload", stage=pulled, files=_UPLOAD, role=Role.EDITOR),
    Case(path="/issues/upload", stage=pulled, form=_uploaded, files=_UPLOAD, name="/issues/upload once more"),
    Case(path="/issues/pull", stage=pulled, form=_uploaded),
    Case(path=f"{_ISSUE}/look", stage=pulled, form={**_OF_41, "person": "P001"}),
    Case(path=f"{_ISSUE}/plan", stage=pulled, form=_OF_41),
    Case(path=f"{_ISSUE}/approve", stage=_planned, form=_OF_41),
    Case(path=f"{_ISSUE}/withdraw", stage=_approved, form=_OF_41),
    Case(path=f"{_ISSUE}/drop", stage=_planned, form=_OF_41),
    Case(path=f"{_ISSUE}/test", stage=_planned, form={**_OF_41, "to": "editors"}, role=Role.EDITOR),
    Case(path=f"{_ISSUE}/send", stage=_approved, form={**_OF_41, "copies": "12"}),
    Case(path=f"{_ISSUE}/stop", stage=_begun, form=_OF_41),
    Case(path=f"{_ISSUE}/pause", stage=_begun, form=_OF_41),
    Case(path=f"{_ISSUE}/resume", stage=_paused, form=_OF_41),
    Case(path=f"{_ISSUE}/cancel", stage=_begun, form={**_OF_41, "serial": "41"}),
    Case(path=f"{_ISSUE}/unsent", stage=_sent, form={**_OF_41, "copies": "1"}),
    Case(path=f"{_ISSUE}/copies/{{id:int}}/settle", stage=_sent, form=_copy("P002", **{"as": "resend"})),
    Case(path=f"{_ISSUE}/copies/{{id:int}}/release", stage=_held, form=_copy("P005")),
    Case(path=f"{_ISSUE}/copies/{{id:int}}/right-address", stage=_returned, form=_copy("P001")),
    Case(path=f"{_ISSUE}/settle", stage=_sent, form=lambda app, _: {**_DOUBT, "copy": str(copies(app)["P002"].id)}),
    # Returned mail and holds.
    Case(path="/returns", stage=_sent, form=_returned_mail),
    Case(path="/returns/settle", stage=_returned, form={"report": "1"}),
    Case(path="/returns/{report:int}/right-address", stage=_returned, form={"report": "1"}),
    Case(path="/holds", stage=pulled, form={"address": "Reader002", "why": "she left the embassy"}),
    Case(path="/holds/{hold:int}/lift", stage=pulled, form=_hold),
    Case(path="/holds/domains", stage=pulled, form={"domain": "members.example", "reason": "their postmaster asks"}),
    Case(path="/holds/domains/lift", stage=_suspended, form={"domain": "members.example"}),
    Case(path="/find", stage=pulled, form={"q": "Reader003"}),
    # The register.
    Case(path="/register/add", stage=pulled, form=_NEW_PERSON),
    Case(path="/register/import", stage=pulled, form=_ROWS),
    Case(path="/register/import/apply", stage=_planned, form=_import),
    Case(path="/register/export", stage=pulled, form={"format": "members"}),
    Case(
        path=f"{_PERSON}/edit", stage=_planned, form=_with_version("/register/people/P001/edit", **_P001, name_en="Ada")
    ),
    Case(
        path=f"{_PERSON}/end",
        stage=_planned,
        form=_with_version("/register/people/P001/end", **_P001, ended_on="2018-06-01"),
    ),
    Case(path=f"{_PERSON}/successor", stage=_planned, form=_successor, values=_P001),
    Case(path=f"{_PERSON}/pause", stage=_planned, form={**_P001, "from": "2018-07-01"}),
    Case(path=f"{_PERSON}/resume", stage=_planned, form=_paused_person),
    Case(path=f"{_PERSON}/export", stage=_planned, form=_P001),
    Case(path=f"{_PERSON}/erase", stage=_planned, form={**_P001, "typed": "P001"}),
    Case(
        path=f"{_MEMBERSHIP}/edit",
        stage=_planned,
        form=_with_version("/register/memberships/M001/edit", **_M001, organisation="The Embassy"),
    ),
    Case(path=f"{_MEMBERSHIP}/add", stage=_planned, form=_free_seat),
    Case(path=f"{_MEMBERSHIP}/payments/add", stage=_planned, form={**_PAYMENT, **_M001}),
    Case(path=f"{_MEMBERSHIP}/payments/{{number:int}}/reverse", stage=_planned, form=_reversal),
    # Users and one's own account.
    Case(path="/users", stage=pulled, form={"name": "boris", "role": "editor", "password": PASSWORD}, role=Role.ADMIN),
    Case(path="/users/{user:int}", stage=pulled, form=_other_user, role=Role.ADMIN),
    Case(path="/users/{user:int}/password", stage=pulled, form=_other_user, role=Role.ADMIN),
    Case(path="/users/{user:int}/disable", stage=pulled, form=_USER, role=Role.ADMIN),
    Case(path="/users/{user:int}/enable", stage=pulled, form=_disabled, role=Role.ADMIN),
    Case(path="/users/{user:int}/second-ways/remove", stage=pulled, form=_editors_sheet, role=Role.ADMIN),
    Case(path="/account", stage=pulled, form={"language": "ru", "address": "me@club.example"}),
    Case(path="/account/password", stage=pulled, form=_new_password),
    Case(path="/account/language", stage=pulled, form={"language": "ru"}),
    Case(path="/account/app/begin", stage=pulled),
    Case(path="/account/app", stage=pulled, form=_code),
    Case(path="/account/app/remove", stage=pulled, form=_with_app),
    Case(path="/account/sheet", stage=pulled),
    Case(path="/account/sheet/remove", stage=pulled, form=_with_sheet),
    Case(path="/account/passkeys/options", stage=pulled),
    Case(path="/account/passkeys", stage=pulled, form=_new_passkey),
    Case(
        path="/account/passkeys/{passkey:int}/remove", stage=pulled, form=lambda *at: {"passkey": "1", **_stored(*at)}
    ),
    Case(path="/account/sessions/end", stage=pulled, form=_elsewhere),
    Case(path="/sign-in", stage=pulled, form={"name": "secretary", "password": PASSWORD}, role=None),
    Case(path="/sign-in/second", stage=pulled, form=_second),
    Case(path="/sign-in/second", stage=pulled, form=_passkey_given, name="/sign-in/second by a passkey"),
    Case(path="/sign-in/passkey", stage=pulled, form=_passkey_asked),
    Case(path="/sign-out", stage=pulled),
    # Members.
    Case(path="/u/{token}", stage=_sent, form=_link(Purpose.ONE_CLICK, **{"List-Unsubscribe": "One-Click"}), role=None),
    Case(path="/m/{token}", stage=_sent, form=_link(Purpose.PREFERENCES, choice="stop"), role=None),
    Case(path="/read/{token}", stage=_sent, form=_link(Purpose.WEB_COPY), role=None),
    Case(
        path="/confirm/{token}",
        stage=_sent,
        form=_wish("confirm-address", choice="address", address="a@new.example"),
        role=None,
    ),
    Case(path="/undo/{token}", stage=_sent, form=_wish("wish-done", choice="stop"), role=None),
)
