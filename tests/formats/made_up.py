"""A made-up issue in two languages with everything a tree can hold, its newsletter, fees and one reader."""

import zlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from functools import cache
from pathlib import Path

from mailer.domain.address import Address
from mailer.domain.edition import ALL_VARIANTS, Edition, Slot, Terms, Variant, Wording
from mailer.domain.every import Every
from mailer.domain.insert import Inserts, Renewal
from mailer.domain.issue import Author, Issue, IssueText, PictureFile, Status
from mailer.domain.issue_tree import Block
from mailer.domain.membership import FeeOption, FeeSchedule, Period, Season
from mailer.domain.newsletter import InsertShow, Newsletter, Schedule, SenderName, Source
from mailer.domain.way_out import WayOut
from mailer.formats.edition.compile import compile_edition
from mailer.formats.issue.markdown import parse
from mailer.formats.links import mail_link
from mailer.formats.message.builder import MessageBuilder, prepare_messages
from mailer.formats.message.parts import html_and_text
from mailer.formats.pause_subject import pause_subject

TEMPLATES = Path(__file__).parents[2] / "templates"
DAY = date(2031, 3, 5)

# Where the readers of the newsletter's copies pause, by the way out that copies have.
PAGE = "https://letter.club.example/m/pabcdefgh"
WAYS = {
    WayOut.PAGE: PAGE,
    WayOut.MAIL: mail_link("uabcdefgh234567@bounces.club.example", pause_subject("en", "harbour-letter/253", 17)),
    WayOut.REPLY: mail_link("secretary@club.example", pause_subject("en", "harbour-letter/253", 17)),
}

READER = {
    "en": {
        Slot.NAME: "Ada Harbour",
        Slot.SALUTATION: "Dear Ms. Harbour",
        Slot.COPY_NUMBER: "17",
        Slot.PAID_UNTIL: "June 30, 2031",
        Slot.PREFERENCES: WAYS[WayOut.REPLY],
    },
    "ru": {
        Slot.NAME: "Ада Гавань",
        Slot.SALUTATION: "Уважаемая г-жа Гавань",
        Slot.COPY_NUMBER: "17",
        Slot.PAID_UNTIL: "30 июня 2031\u00a0г.",
        Slot.PREFERENCES: WAYS[WayOut.REPLY],
    },
}

_ENGLISH = """
## The ferry and the lighthouse

The lighthouse of Norland was lit by hand until *last winter*. Its keeper, **Tom Reed**, told the club that "nobody
asked for the lamp to be changed" - and yet it was. [The harbour office](https://harbour.example/lamp?year=2031&full=yes)
keeps the log; so does [the museum](https://museum.example/).

- The old lamp burned oil, and somebody had to climb two hundred and eleven steps every night to trim it.
- The new one does not:
    1. it is smaller;
    2. it is colder.

> From the log: the sea was calm, and [the office](https://harbour.example/lamp?year=2031&full=yes) slept well until the
> morning came.

### What it cost

![The lamp room from below](lamp.png)

Table: Costs by year

| Year | Oil | Hands |
|------|-----|-------|
| 2029 | 1200 | three |
| 2030 | 900 | two |

---

From now on the ferry steers by the new light\\
and by the stars.
"""

_RUSSIAN = """
## Паром и маяк

Маяк Норландии зажигали вручную до *прошлой зимы*. Его смотритель **Том Рид** рассказал клубу, что "никто не просил
менять лампу", - и всё же её сменили. [Портовая служба](https://harbour.example/lamp?year=2031&full=yes) ведёт журнал;
ведёт его и [музей](https://museum.example/).

- Старая лампа горела на масле, и кому-то приходилось каждую ночь подниматься на двести одиннадцать ступеней.
- Новая обходится без этого:
    1. она меньше;
    2. она холоднее.

> Из журнала: море было спокойно, и [служба](https://harbour.example/lamp?year=2031&full=yes) крепко спала, пока не
> наступило утро.

### Сколько это стоило

![Фонарь маяка снизу](lamp.png)

Таблица: Расходы по годам

| Год | Масло | Руки |
|-----|-------|------|
| 2029 | 1200 | три |
| 2030 | 900 | две |

---

Теперь паром идёт по новому огню\\
и по звёздам.
"""


def a_newsletter(**fields: object) -> Newsletter:
    """The Harbour Letter."""
    given = {
        "id": "harbour-letter",
        "name": "The Harbour Letter",
        "sender": SenderName(name="The Harbour Letter", address=Address(local="letter", domain="club.example")),
        "reply_to": Address(local="secretary", domain="club.example"),
        "template": "russia-confidential",
        "languages": ("en", "ru"),
        "wait_for_all_languages": True,
        "classification": "For members only",
        "source": Source(url="issues", every=Every(timedelta(minutes=15))),
        "schedule": Schedule(
            cron="0 10 * * mon-fri", timezone="Europe/Moscow", between=None, not_after_hours=72, undo_minutes=10
        ),
        "approval_required": True,
        "editors": (),
        "test_to": (),
        "circulations": ("club",),
        "grace_days": 0,
        "insert_show": InsertShow.ALWAYS,
        "insert_due_days": 90,
        "insert_contact": "",
    }
    return Newsletter(**given | fields)


def a_text(language: str = "en", **fields: object) -> IssueText:
    """The issue's text in a language."""
    given = {
        "language": language,
        "newsletter": "harbour-letter",
        "status": Status.FINISHED,
        "number": 3,
        "serial": 253,
        "volume": 17,
        "year": 2031,
        "date": DAY,
        "title": {"en": "The last keeper of the lamp", "ru": "Последний смотритель лампы"}[language],
        "kicker": {"en": "Our correspondent reports:", "ru": "Сообщает наш корреспондент:"}[language],
        "authors": (
            Author(name={"en": "Nora Quill", "ru": "Нора Квилл"}[language], about={"en": "writer", "ru": "писатель"}[language]),
            Author(name={"en": "Tom Reed", "ru": "Том Рид"}[language]),
        ),
        "editor": {"en": "Ida Stone", "ru": "Ида Стоун"}[language],
        "place": {"en": "Norland", "ru": "Норландия"}[language],
        "copyright": ("© The Harbour Club",),
        "blocks": _article(language),
    }  # fmt: skip
    return IssueText(**given | fields)


@cache
def _article(language: str) -> tuple[Block, ...]:
    return parse({"en": _ENGLISH, "ru": _RUSSIAN}[language], language, first_heading=2)


def an_issue(*texts: IssueText) -> Issue:
    """The issue with these texts, else with both."""
    return Issue(
        newsletter="harbour-letter",
        number=3,
        serial=253,
        volume=17,
        year=2031,
        date=DAY,
        content_hash="0" * 64,
        texts=texts or (a_text("en"), a_text("ru")),
        pictures=(PictureFile(name="lamp.png", subtype="png", content=a_png()),),
    )


def a_png() -> bytes:
    """One white pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    head = chunk(b"IHDR", b"\0\0\0\1\0\0\0\1\x08\0\0\0\0")
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0\xff")) + chunk(b"IEND", b"")


def _option(last_year: int, individual: int, corporate: int) -> FeeOption:
    return FeeOption(
        period=Period(first=date(2031, 1, 1), last=date(last_year, 12, 31)),
        years=last_year - 2030,
        individual=Decimal(individual),
        corporate=Decimal(corporate),
    )


FEES = FeeSchedule(
    seasons=(Season(year=2031, currency="RUB", options=(_option(2031, 51000, 82000), _option(2032, 93000, 144000))),)
)


def offering(variant: Variant) -> Variant:
    """The variant with what it offers to the reader, who has paid until June 30, 2031, or for nothing."""
    inserts = Inserts(day=DAY, renewal=Renewal(show=InsertShow.ALWAYS, due_days=90), fees=FEES)
    return inserts.with_offer(variant, None if variant.wording is Wording.OPEN else date(2031, 6, 30))


INDIVIDUAL, CORPORATE = offering(Variant(terms=Terms.INDIVIDUAL)), offering(Variant(terms=Terms.CORPORATE))
# Every insert with and without a table of fees.
EVERY_VARIANT = tuple(dict.fromkeys(each for plain in ALL_VARIANTS for each in (plain, offering(plain))))


def an_edition(language: str = "en", variant: Variant = INDIVIDUAL, **fields: object) -> Edition:
    """The issue compiled; `fields` replace arguments of `compile_edition`."""
    if not fields:
        return _compiled(language, variant)
    return compile_edition(language=language, variant=variant, **_compilation() | fields)


def _compilation() -> dict[str, object]:
    return {"issue": an_issue(), "newsletter": a_newsletter(), "fees": FEES, "templates": TEMPLATES}


@cache
def _compiled(language: str, variant: Variant) -> Edition:
    return compile_edition(language=language, variant=variant, **_compilation())


def with_text(language: str = "en", **fields: object) -> Issue:
    """The issue with something else in one of its texts."""
    whole = an_issue()
    return replace(whole, texts=tuple(replace(t, **fields) if t.language == language else t for t in whole.texts))


def a_builder(edition: Edition, **fields: object) -> MessageBuilder:
    """The edition's builder under the newsletter's own headers; `fields` replace arguments of `prepare_messages`."""
    newsletter = a_newsletter()
    given = {
        "sender": newsletter.sender,
        "reply_to": newsletter.reply_to,
        "subject": "The Harbour Letter № 3 (253): a title",
        "date": datetime(2031, 3, 5, 10, 0, tzinfo=timezone(timedelta(hours=3))),
        "list_id": "harbour-letter.club.example",
        "list_name": newsletter.name,
        "feedback_id": "253:harbour-letter:club-mailer",
    }
    return prepare_messages(edition, **given | fields)


def printed(edition: Edition, values: Mapping[Slot, str], *, banner: str = "") -> tuple[str, str]:
    """The HTML and the text of one copy, read out of its message."""
    return html_and_text(
        a_builder(edition, banner=banner).make("Ada Harbour", "ada@example.org", "<m17@club.example>", values)
    )
