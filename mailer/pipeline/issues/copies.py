"""Makes each person's copy of an issue: fills in the edition, then signs the message. No copy is made elsewhere."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple
from unicodedata import normalize

from mailer.domain.circulation import Copy
from mailer.domain.edition import Edition, Slot, Variant
from mailer.domain.errors import BadInput, CannotRender
from mailer.domain.issue import PictureFile
from mailer.domain.mailing import Mailing
from mailer.domain.names import label
from mailer.domain.newsletter import EnglishDates
from mailer.domain.ports import Message
from mailer.domain.remedy import Action
from mailer.formats.dates_and_money import long_date
from mailer.formats.issue.pictures.kind import stored_picture
from mailer.formats.links import CopyLinks, mail_link
from mailer.formats.message.builder import MessageBuilder, prepare_messages
from mailer.formats.message.size import largest_size
from mailer.formats.pause_subject import pause_subject
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.issues.compile import Letterhead, loaded
from mailer.store import Connection, issues, mailings


class _Prepared(NamedTuple):
    """What the copies of one edition share: the builder, and how the mails by which their readers pause begin.

    The subject is in the reader's language, and for programs in English.
    """

    builder: MessageBuilder
    subject: str
    subject_for_programs: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbench:
    """Everything that is the same in each copy of one mailing; `date` stands in the Date header.

    `links` returns the addresses in a delivery's copy, given the letterhead's `public_url`, or samples without a delivery;
    `sign` signs a message as of a date, if the installation signs.
    """

    issue: IssueName
    letterhead: Letterhead
    editions: Mapping[tuple[str, Variant], Edition]
    pictures: Mapping[str, PictureFile]
    date: datetime
    links: Callable[[str, int | None], CopyLinks]
    sign: Callable[[Message, datetime], Message]
    largest: int = field(init=False)  # no copy has more octets
    # By language, variant and whether for a test. Each is prepared when the first copy needs it.
    _prepared: dict[tuple[str, Variant, bool], _Prepared] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        """Estimate the size once: each turn of the sender asks for it."""
        object.__setattr__(self, "largest", largest_size(self.editions.values(), self.pictures))

    def make(
        self, copy: Copy, message_id: str, *, delivery: int | None = None, test: bool = False, sign: bool = True
    ) -> Message:
        """The message of one copy: the same bytes from the same inputs.

        Its reader can unsubscribe: by signed links when the `delivery` is named, else by a mail to the secretary.
        A `test` is marked as one. Without `sign` the message shows only whether the copy can be made: signing takes
        longer than all the rest. No line begins with a dot, so SMTP has none to double. Raises CannotRender naming
        the person, KeyError for a missing edition.
        """
        prepared = self._prepared.get((copy.language, copy.variant, test)) or self._prepare(copy, test=test)
        until, letterhead, number = copy.paid_until, self.letterhead, copy.copy_number
        links = self.links(letterhead.public_url, delivery)
        address = links.unsubscribe or letterhead.reply_to.wire
        # Without a page, the link in the text opens a draft for the reader.
        preferences = links.preferences or mail_link(address, prepared.subject, number)
        # Mail programs send by themselves what stands in the header. It is ASCII, since spam filters take the %BF of a
        # Russian letter for a template that was not filled in.
        if links.unsubscribe:
            header = mail_link(address, "unsubscribe")
        else:
            header = mail_link(address, prepared.subject_for_programs, number)
        values = {
            Slot.NAME: copy.name,
            Slot.SALUTATION: copy.salutation,
            Slot.COPY_NUMBER: str(number),
            Slot.PAID_UNTIL: _date_in_words(until, copy.language, letterhead.english_dates)
            if until is not None
            else "",
            Slot.PREFERENCES: preferences,
        }
        try:
            message = prepared.builder.make(copy.name, copy.address.wire, message_id, values, header, links.one_click)
        except CannotRender as error:
            raise _unmade(copy, _register_fault(error)) from error
        except BadInput as error:
            raise _unmade(copy, str(error)) from error
        return self.sign(message, self.date) if sign else message

    def _prepare(self, copy: Copy, *, test: bool) -> _Prepared:
        edition = self.editions[copy.language, copy.variant]
        try:
            builder = prepare_messages(
                edition,
                sender=self.letterhead.sender,
                reply_to=self.letterhead.reply_to,
                subject=_marked(edition.subject, test=test),
                date=self.date,
                list_id=f"{self.issue.newsletter}.{self.letterhead.sender.address.domain}",
                list_name=self.letterhead.list_name,
                feedback_id=f"{self.issue.serial}:{self.issue.newsletter}:club-mailer",
                pictures=[self.pictures[name] for name in edition.pictures],
                banner=_test_banner(edition) if test else "",
            )
        except BadInput as error:
            raise _unmade(copy, str(error)) from error
        subject, subject_for_programs = [
            _marked(pause_subject(language, str(self.issue)), test=test) for language in (copy.language, "en")
        ]
        prepared = _Prepared(builder, subject, subject_for_programs)
        return self._prepared.setdefault((copy.language, copy.variant, test), prepared)


def workbench(connection: Connection, context: Context, mailing: Mailing) -> Workbench:
    """What the copies of a mailing are made from, as frozen when it was planned: no text is parsed again.

    The date is the start of sending, or now while that is not fixed.
    """
    date = mailing.starts_at or context.clock.now()
    editions = loaded(mailings.editions_of(connection, mailing.id))
    return Workbench(
        issue=IssueName(newsletter=mailing.newsletter, serial=mailing.serial),
        letterhead=Letterhead.load(mailings.letterhead_of(connection, mailing.id)),
        editions=editions,
        pictures=pictures_of(connection, mailing.content_hash, editions.values()),
        date=date.replace(microsecond=0),
        links=context.copy_links,
        sign=context.signed,
    )


def pictures_of(connection: Connection, content_hash: str, editions: Iterable[Edition]) -> dict[str, PictureFile]:
    """The pictures that these editions show, by name, from the files of the revision, byte for byte as they were stored."""
    shown = {name for edition in editions for name in edition.pictures}
    if not shown:
        return {}
    files = {normalize("NFC", file.name): file.content for file in issues.files_of(connection, content_hash)}
    return {name: stored_picture(name, files[name]) for name in shown}


# A mailing has few different dates, and writing one in words takes as long as the rest of a copy.
@lru_cache(maxsize=1024)
def _date_in_words(day: date, language: str, dates: EnglishDates) -> str:
    return long_date(day, dates.locale(language))


def _unmade(copy: Copy, why: str) -> CannotRender:
    def sentence(person: str) -> str:
        return f"the {copy.language} copy of {person} cannot be made: {why}"

    show = Action.SHOW_PERSON.of(copy.person)
    return CannotRender(sentence(label(copy.person, copy.name)), show, unnamed=sentence(copy.person))


def _register_fault(error: CannotRender) -> str:
    """What the register lacks, and what to do about it."""
    return f"{error}; mend the register, then plan again"


def _marked(subject: str, *, test: bool) -> str:
    return f"[TEST] {subject}" if test else subject


def _test_banner(edition: Edition) -> str:
    if edition.language == "ru":
        return f"ТЕСТ: пробная рассылка, вариант {edition.variant.plain.name}. Не пересылать."
    return f"TEST: a test mailing, variant {edition.variant.plain.name}. Please do not forward."
