"""A made-up club's installation on disk: settings, schedule, fees, key, an issue and a register made by code."""

import email
import email.policy
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType

from mailer.app.installation import App, open_app
from mailer.app.sender import open_sender
from mailer.domain.delivery import Attempt, Delivery
from mailer.domain.membership import Payment, Period
from mailer.domain.ports import Clock, Transport
from mailer.domain.shelf import PulledFolder
from mailer.formats.register import files
from mailer.gateways.sources.folder import FolderSource
from mailer.pipeline.context import IssueName
from mailer.pipeline.issues import pull
from mailer.pipeline.mailings.approve import approve_mailing
from mailer.pipeline.mailings.deliveries import delivery_history, list_deliveries
from mailer.pipeline.mailings.plan import plan_mailing
from mailer.pipeline.mailings.send import send_mailing
from mailer.pipeline.register import import_export
from mailer.pipeline.sending.sender import Sender
from tests import databases
from tests.doubles import FrozenClock
from tests.scripted_relay import Misbehaviour, Phase, Script, Sink

TEMPLATES = Path(__file__).parents[1] / "templates"
LETTER = "harbour-letter"
ISSUE = IssueName(newsletter=LETTER, serial=41)
# The issue's date, two in the afternoon in London (BST).
THURSDAY = datetime(2018, 7, 12, 13, 0, tzinfo=UTC)

Table = Mapping[str, object]
Tables = Mapping[str, Table]

CONFIG: Tables = {
    "paths": {"templates": str(TEMPLATES)},
    "smtp": {
        "host": "127.0.0.1",
        "port": 1,  # where none listens
        "security": "none",
        "connections": 2,
        "timeout_seconds": 5,
        "final_timeout_seconds": 5,
    },
}
SCHEDULE: Tables = {
    "newsletter": {
        "id": LETTER,
        "name": "The Harbour Letter",
        "from": "The Harbour Letter <letter@club.example>",
        "reply_to": "secretary@club.example",
        "languages": ["en"],
        "classification": "For members",
    },
    "source": {"every": "1 min"},
    "send": {"cron": "0 10 * * mon-fri", "timezone": "Europe/London", "undo_minutes": 0},
    "approval": {"required": True, "editors": []},
    "audience": {"circulations": ["club"]},
    "insert": {"show": "never"},
}
FEES = """
[[season]]
year = 2018
currency = "RUB"
  [[season.option]]
  from = 2018-01-01
  to = 2018-12-31
  years = 1
  individual = 50000
  corporate = 80000
"""
WORDS = {
    "en": ("The last keeper of the lamp", "The lamp of Norland burned oil until *last winter*.", "Dear Friend{}"),
    "ru": ("Последний смотритель лампы", "Лампа Норландии горела на масле до *прошлой зимы*.", "Дорогой друг{}"),
}
MEMBER_COLUMNS = (
    "membership,kind,organisation,circulation,person,seat,name_en,name_ru,salutation_en,salutation_ru,"
    "email,languages,free_until,ended_on,pause_from,pause_until"
)
PAYMENT_COLUMNS = "membership,period_from,period_to,amount,currency,paid_on,in_full,reference"


@dataclass(frozen=True, kw_only=True)
class Member:
    """A row of the register and its payment; none of its words is in another member's row."""

    number: int
    kind: str = "individual"
    membership: str = ""
    languages: str = "en"
    paid: int = 50000
    until: str = "2018-12-31"
    in_full: bool = False
    address: str = ""
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def person(self) -> str:
        return f"P{self.number:03}"

    @property
    def email(self) -> str:
        return self.address or f"desk{self.number:03}@members.example"

    @property
    def words(self) -> tuple[str, ...]:
        """Words that show that a message is about this member."""
        number = f"{self.number:03}"
        return (f"Reader{number}", f"Читатель{number}", f"Friend{number}", f"друг{number}", self.email)

    def row(self) -> str:
        number = f"{self.number:03}"
        cells = {
            "membership": self.membership or f"M{number}",
            "kind": self.kind,
            "circulation": "club",
            "person": self.person,
            "name_en": f"Reader{number}",
            "name_ru": f"Читатель{number}",
            "salutation_en": WORDS["en"][2].format(number),
            "salutation_ru": WORDS["ru"][2].format(number),
            "email": self.email,
            "languages": self.languages,
        } | self.more
        return ",".join(cells.get(column, "") for column in MEMBER_COLUMNS.split(","))

    def payment(self) -> str:
        membership = self.membership or f"M{self.number:03}"
        in_full = "yes" if self.in_full else ""
        return f"{membership},2018-01-01,{self.until},{self.paid},RUB,2018-01-22,{in_full},INV-{self.number:03}"


def members(count: int, first: int = 1, **fields: object) -> list[Member]:
    """This many paid-up members, numbered from `first`."""
    return [Member(number=number, **fields) for number in range(first, first + count)]


@dataclass(frozen=True)
class Club:
    """An installation in a folder. Its settings are written anew by `settle` and `reschedule`."""

    folder: Path

    @classmethod
    def found(cls, folder: Path, schedule: Tables | None = None) -> "Club":
        """A new installation with one finished issue and an empty register."""
        club = cls(folder)
        (folder / "schedules").mkdir(parents=True)
        databases.begin(folder)
        (folder / "schedules" / "fees.toml").write_text(FEES)
        (folder / "mailer.key").write_text("5a" * 32)
        club.reschedule(schedule or {})
        club.settle()
        for language in joined(SCHEDULE, schedule or {})["newsletter"]["languages"]:
            club.write_issue(language)
        return club

    def copied(self, folder: Path) -> "Club":
        """A copy of the installation, which is not open, with a database of its own."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        databases.copy(self.folder, folder)
        return Club(folder)

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    def settle(self, **tables: Table | Sequence[Table]) -> None:
        """Write config.toml, with these keys beside or over the usual ones; with `relay` tables there is no [smtp]."""
        several = {name: given for name, given in tables.items() if not isinstance(given, Mapping)}
        alone = {name: given for name, given in tables.items() if isinstance(given, Mapping)}
        made = joined(CONFIG | databases.settings_of(self.folder), alone)
        if "relay" in several:
            several["relay"] = [{**CONFIG["smtp"], **one} for one in several["relay"]]
            del made["smtp"]
        self.config.write_text(_toml(made, several))

    def reschedule(self, tables: Tables) -> None:
        """Write the newsletter's schedule, with these keys beside or over the usual ones."""
        (self.folder / "schedules" / f"{LETTER}.toml").write_text(_toml(joined(SCHEDULE, tables)))

    def write_issue(
        self, language: str = "en", *, serial: int = 41, number: int = 7, day: str = "2018-07-12", more: str = ""
    ) -> None:
        """A finished text of an issue in its folder; `more` ends its article."""
        title, body, _ = WORDS[language]
        folder = self.folder / "issues" / f"{day[:4]}-{number:02}"
        folder.mkdir(parents=True, exist_ok=True)
        head = {"newsletter": LETTER, "language": language, "status": "finished", "number": number, "serial": serial}
        head |= {"volume": 17, "year": day[:4], "date": day, "title": title}
        lines = [f"{key}: {value}" for key, value in head.items()]
        (folder / f"{language}.md").write_text("\n".join(["---", *lines, "---", "", body, more, ""]))

    def write_register(self, people: Sequence[Member]) -> None:
        """members.csv and payments.csv in the club's folder."""
        (self.folder / "members.csv").write_text("\n".join([MEMBER_COLUMNS, *(one.row() for one in people), ""]))
        paid = [one.payment() for one in people if one.paid]
        (self.folder / "payments.csv").write_text("\n".join([PAYMENT_COLUMNS, *paid, ""]))

    @contextmanager
    def opened(self, clock: Clock | None = None, *, who: str = "secretary") -> Iterator[App]:
        """The installation, open."""
        app = open_app(self.config, who=who, clock=clock or FrozenClock(THURSDAY))
        try:
            yield app
        finally:
            app.store.close()

    @contextmanager
    def sending(
        self, clock: Clock, relay: Sink | Transport, **tables: Table | Sequence[Table]
    ) -> Iterator[tuple[App, Sender]]:
        """The installation with these settings, open, and a sender of its own to this relay."""
        if isinstance(relay, Sink):
            tables["smtp"] = {**tables.get("smtp", {}), "port": relay.port}
        self.settle(**tables)
        with self.opened(clock) as app, open_sender(app) as (sender, _owner):
            if not isinstance(relay, Sink):
                sender._relays = tuple(replace(one, transport=relay) for one in sender._relays)
            yield app, sender

    @contextmanager
    def sending_by(
        self, clock: Clock, ports: Mapping[str, int], given: Mapping[str, Table], **tables: Table | Sequence[Table]
    ) -> Iterator[tuple[App, Sender]]:
        """The same with several relays, by name: the port of each, and the other settings of its table."""
        relays = [{"name": name, "port": port, **given.get(name, {})} for name, port in ports.items()]
        self.settle(relay=relays, **tables)
        with self.opened(clock) as app, open_sender(app) as (sender, _owner):
            yield app, sender


def import_register(app: App, people: Sequence[Member]) -> None:
    """Put these members and their payments into the register."""
    club = Club(app.config.folder)
    club.write_register(people)
    import_export.import_register(
        replace(app.context, who="secretary"),
        members_table=files.read_members("members.csv", (club.folder / "members.csv").read_bytes()),
        payments_table=files.read_payments("payments.csv", (club.folder / "payments.csv").read_bytes()),
        end_missing=None,
        skip_bad=False,
    )


def reverse(app: App, member: Member) -> None:
    """Reverse the member's payment."""
    period = Period(first=date(2018, 1, 1), last=date.fromisoformat(member.until))
    given = {"amount": Decimal(-member.paid), "currency": "RUB", "reference": f"BACK-{member.number:03}"}
    payment = Payment(membership=f"M{member.number:03}", period=period, **given)
    import_export.add_payment(replace(app.context, who="secretary"), payment)


def pay(app: App, member: Member) -> None:
    """Enter a payment for the member's period once more."""
    period = Period(first=date(2018, 1, 1), last=date.fromisoformat(member.until))
    given = {"amount": Decimal(member.paid), "currency": "RUB", "reference": f"AGAIN-{member.number:03}"}
    payment = Payment(membership=f"M{member.number:03}", period=period, **given)
    import_export.add_payment(replace(app.context, who="secretary"), payment)


def pull_issues(app: App) -> list[PulledFolder]:
    """Pull the club's issues, without the wait that shows whether a folder is still being written to."""
    newsletter = app.context.newsletters[LETTER]
    source = FolderSource(newsletter.source.url, app.config.folder, lambda: None)
    return pull.pull(app.context, newsletter, source)


def make_ready(app: App, people: Sequence[Member] = ()) -> None:
    """Import these members, pull, plan and approve the issue, so that it may be sent."""
    if people:
        import_register(app, people)
    pull_issues(app)
    plan_mailing(app.context, ISSUE)
    approve_mailing(app.context, ISSUE)


def begin(app: App, people: Sequence[Member] = ()) -> None:
    """The same, and begin to send: its copies leave at the next drain."""
    make_ready(app, people)
    send_mailing(app.context, ISSUE)


def copies(app: App) -> dict[str, Delivery]:
    """The issue's copies by person; for a reader of two languages, the last one."""
    return {one.person: one for one in list_deliveries(app.context, ISSUE, None)}


def attempts(app: App, person: str) -> list[Attempt]:
    """Every attempt of a person's copy."""
    return list(delivery_history(app.context, copies(app)[person].id).attempts)


def states(app: App) -> dict[str, int]:
    """How many copies of the issue are in each state, the empty ones left out."""
    found = [one.state.value for one in list_deliveries(app.context, ISSUE, None)]
    return {state: found.count(state) for state in sorted(set(found))}


def says(member: Member, *answers: str | Misbehaviour | None, phase: Phase = Phase.RCPT) -> Script:
    """A relay that gives this member one answer after another, the last one again and again, and accepts all others."""

    def script(now: Phase, _sender: str, recipient: str, nth: int) -> str | Misbehaviour | None:
        return answers[min(nth, len(answers)) - 1] if now is phase and recipient == member.email else None

    return script


def readable(message: bytes, kind: str = "text/") -> str:
    """All text of a message, headers and every part of this kind decoded, with plain spaces."""
    parsed = email.message_from_bytes(message, policy=email.policy.default)
    parts = [part.get_content() for part in parsed.walk() if part.get_content_type().startswith(kind)]
    heads = [f"{name}: {value}" for name, value in parsed.items()]
    return "\n".join([*heads, *parts]).replace("\u00a0", " ")


def joined(usual: Tables, given: Tables) -> dict[str, dict[str, object]]:
    """Both tables of tables in one; the second wins."""
    return {name: {**usual.get(name, {}), **given.get(name, {})} for name in [*usual, *(set(given) - set(usual))]}


def _toml(tables: Tables, several: Mapping[str, Sequence[Table]] = MappingProxyType({})) -> str:
    named = [(f"[{name}]", table) for name, table in tables.items()]
    named += [(f"[[{name}]]", table) for name, given in several.items() for table in given]
    sections = [[head, *(f"{key} = {json.dumps(value)}" for key, value in table.items())] for head, table in named]
    return "\n".join(line for section in sections for line in [*section, ""])
