"""Compiles an issue's editions once, and makes each person's copy from them."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache

from mailer.domain.address import Address
from mailer.domain.circulation import Copy, Renewal
from mailer.domain.edition import ALL_VARIANTS, NO_INSERT, Edition, Slot, Variant, variant_named
from mailer.domain.errors import BadInput, CannotRender, NotFound
from mailer.domain.issue import Issue
from mailer.domain.newsletter import InsertShow, Newsletter, SenderName
from mailer.domain.ports import Message
from mailer.formats.address import parse
from mailer.formats.dates_and_money import long_date
from mailer.formats.edition import compile as editions
from mailer.formats.issue.folder import assemble
from mailer.formats.message.builder import MessageBuilder, prepare_messages
from mailer.formats.templates import BASE
from mailer.pipeline.context import Context
from mailer.store import Connection, issues
from mailer.store.issues import Revision
from mailer.store.mailings import StoredEdition

PaidUntil = date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """Who writes, and when the insert is shown, as frozen with the editions: settings never change what was approved."""

    sender: SenderName
    reply_to: Address
    list_name: str
    renewal: Renewal

    @classmethod
    def of(cls, newsletter: Newsletter) -> "Letterhead":
        """The letterhead of a newsletter's settings as they are now."""
        renewal = Renewal(show=newsletter.insert_show, due_days=newsletter.insert_due_days)
        return cls(sender=newsletter.sender, reply_to=newsletter.reply_to, list_name=newsletter.name, renewal=renewal)

    def dump(self) -> dict[str, str]:
        """As the database keeps it."""
        return {
            "sender_name": self.sender.name,
            "sender": self.sender.address.wire,
            "reply_to": self.reply_to.wire,
            "list_name": self.list_name,
            "insert_show": self.renewal.show.value,
            "insert_due_days": str(self.renewal.due_days),
        }

    @classmethod
    def load(cls, stored: Mapping[str, str]) -> "Letterhead":
        """What `dump` kept."""
        sender = SenderName(name=stored["sender_name"], address=parse(stored["sender"]))
        renewal = Renewal(show=InsertShow(stored["insert_show"]), due_days=int(stored["insert_due_days"]))
        reply_to = parse(stored["reply_to"])
        return cls(sender=sender, reply_to=reply_to, list_name=stored["list_name"], renewal=renewal)


def load_issue(connection: Connection, revision: Revision) -> Issue:
    """The issue of a revision, read again from the files as they were pulled."""
    issue = assemble(
        revision.folder,
        issues.files_of(connection, revision.content_hash),
        languages=revision.languages,
        wait_for_all=False,
    )
    if issue is None:
        raise NotFound(f"{revision.newsletter}/{revision.serial} has no finished text; pull it again")
    return issue


def compile_editions(context: Context, issue: Issue) -> dict[tuple[str, Variant], Edition]:
    """Every edition that anybody may need: each language of the issue in each variant of the newsletter.

    All of them, so that an approval covers a late payer's copy too. Raises MailerError naming the template or season.
    """
    newsletter = context.newsletter(issue.newsletter)
    return {
        (language, variant): editions.compile_edition(
            issue=issue,
            language=language,
            variant=variant,
            newsletter=newsletter,
            fees=context.fees,
            templates=context.templates,
        )
        for language in issue.languages
        for variant in variants(newsletter)
    }


def variants(newsletter: Newsletter) -> tuple[Variant, ...]:
    """Every variant that a newsletter's copies may have."""
    return (NO_INSERT,) if newsletter.insert_show is InsertShow.NEVER else ALL_VARIANTS


def inputs_hash(context: Context, newsletter: Newsletter) -> str:
    """One hash over what, besides the issue, editions are compiled from: templates, fees, and the newsletter's words."""
    digest = hashlib.sha256(repr((context.fees, Letterhead.of(newsletter).dump(), newsletter.classification)).encode())
    digest.update(repr((newsletter.languages, newsletter.insert_contact, newsletter.insert_signature)).encode())
    for folder in (BASE, newsletter.template):
        for file in sorted((context.templates / folder).rglob("*")):
            if file.is_file():
                digest.update(f"\n{file.relative_to(context.templates)}\n".encode() + file.read_bytes())
    return digest.hexdigest()


def editions_hash(compiled: Iterable[StoredEdition], letterhead: Letterhead) -> str:
    """One hash over every compiled edition and the letterhead: what an approval is bound to."""
    lines = [f"{one.language} {one.variant} {one.digest}" for one in compiled]
    lines += [f"{name}={value}" for name, value in letterhead.dump().items()]
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def stored(compiled: Mapping[tuple[str, Variant], Edition]) -> list[StoredEdition]:
    """The editions as the database keeps them."""
    return [
        StoredEdition(language=language, variant=variant.name, digest=editions.digest(one), body=editions.dump(one))
        for (language, variant), one in compiled.items()
    ]


def loaded(kept: Iterable[StoredEdition]) -> dict[tuple[str, Variant], Edition]:
    """The editions that the database keeps, by language and variant."""
    return {(one.language, variant_named(one.variant)): editions.load(one.body) for one in kept}


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbench:
    """Everything that is the same for each copy of one mailing; `date` stands in the Date header."""

    issue: Issue
    letterhead: Letterhead
    editions: Mapping[tuple[str, Variant], Edition]
    date: datetime
    # Prepared when first needed, by language, variant and whether for a test: never more than two for an edition.
    _builders: dict[tuple[str, str, bool], MessageBuilder] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def make(self, copy: Copy, message_id: str, *, unsubscribe: str = "", test: bool = False) -> Message:
        """The message of one copy, marked as a test or not. Raises CannotRender naming the person."""
        try:
            return self.print_copy(
                copy.language,
                copy.variant.name,
                copy.copy_number,
                copy.address.wire,
                copy.name,
                copy.salutation,
                copy.paid_until,
                message_id,
                unsubscribe=unsubscribe,
                test=test,
            )
        except CannotRender as error:
            raise CannotRender(f"the {copy.language} copy of person {copy.person} cannot be made: {error}") from error

    def print_copy(
        self,
        language: str,
        variant: str,
        copy_number: int,
        address: str,
        name: str,
        salutation: str,
        paid_until: PaidUntil,
        message_id: str,
        *,
        unsubscribe: str = "",
        test: bool = False,
    ) -> Message:
        """The message of one copy from the plain values of its row: the same bytes from the same inputs.

        `address` is an `Address.wire`, `unsubscribe` where its reader writes to get no more (empty: not told). No line
        begins with a dot, so SMTP has none to double. Raises CannotRender naming the slot that cannot be filled or the
        header that cannot hold its words; KeyError for an edition that is not there.
        """
        builder = self._builders.get((language, variant, test)) or self._prepare(language, variant, test=test)
        values = {
            Slot.NAME: name,
            Slot.SALUTATION: salutation,
            Slot.COPY_NUMBER: str(copy_number),
            Slot.PAID_UNTIL: _told_until(paid_until, language) if paid_until else "",
        }
        try:
            return builder.make(name, address, message_id, values, unsubscribe)
        except CannotRender as error:
            raise CannotRender(f"{error}; mend the register, then plan again") from error
        except BadInput as error:
            raise CannotRender(str(error)) from error

    def _prepare(self, language: str, variant: str, *, test: bool) -> MessageBuilder:
        edition = self.editions[language, variant_named(variant)]
        try:
            builder = prepare_messages(
                edition,
                sender=self.letterhead.sender,
                reply_to=self.letterhead.reply_to,
                subject=f"[TEST] {edition.subject}" if test else edition.subject,
                date=self.date,
                list_id=f"{self.issue.newsletter}.{self.letterhead.sender.address.domain}",
                list_name=self.letterhead.list_name,
                feedback_id=f"{self.issue.serial}:{self.issue.newsletter}:club-mailer",
                pictures=[picture for picture in self.issue.pictures if picture.name in edition.pictures],
                banner=_test_banner(edition) if test else "",
            )
        except BadInput as error:
            raise CannotRender(str(error)) from error
        return self._builders.setdefault((language, variant, test), builder)


# The same few dates stand in all copies of a mailing, and writing one out takes as long as making the rest of a copy.
_told_until = lru_cache(maxsize=1024)(long_date)


def _test_banner(edition: Edition) -> str:
    """What a test mailing says of itself, in its own language."""
    if edition.language == "ru":
        return f"ТЕСТ: пробная рассылка, вариант {edition.variant.name}. Не пересылать."
    return f"TEST: a test mailing, variant {edition.variant.name}. Please do not forward."
