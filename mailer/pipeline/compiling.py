"""Compiles an issue's editions once, and makes each person's copy from them."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from mailer.domain.address import Address
from mailer.domain.circulation import Copy, Renewal
from mailer.domain.edition import ALL_VARIANTS, NO_INSERT, Edition, Slot, Variant, variant_named
from mailer.domain.errors import BadInput, CannotRender, NotFound
from mailer.domain.issue import Issue
from mailer.domain.newsletter import InsertShow, Newsletter, Sender
from mailer.formats import edition as editions
from mailer.formats import issue_file
from mailer.formats.address import parse
from mailer.formats.message import Letter, build
from mailer.formats.templates import BASE
from mailer.formats.wording import long_date
from mailer.pipeline.press import Press
from mailer.store import Connection, issues
from mailer.store.issues import Revision
from mailer.store.mailings import StoredEdition


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """Who writes, and when the insert is shown, as frozen with the editions: settings never change what was approved."""

    sender: Sender
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
        sender = Sender(name=stored["sender_name"], address=parse(stored["sender"]))
        renewal = Renewal(show=InsertShow(stored["insert_show"]), due_days=int(stored["insert_due_days"]))
        reply_to = parse(stored["reply_to"])
        return cls(sender=sender, reply_to=reply_to, list_name=stored["list_name"], renewal=renewal)


def load_issue(connection: Connection, revision: Revision) -> Issue:
    """The issue of a revision, read again from the files as they were pulled."""
    issue = issue_file.assemble(
        revision.folder,
        issues.files_of(connection, revision.content_hash),
        languages=revision.languages,
        wait_for_all=False,
    )
    if issue is None:
        raise NotFound(f"{revision.newsletter}/{revision.serial} has no finished text; pull it again")
    return issue


def compile_editions(press: Press, issue: Issue) -> dict[tuple[str, Variant], Edition]:
    """Every edition that anybody may need: each language of the issue in each variant of the newsletter.

    All of them, so that an approval covers a late payer's copy too. Raises MailerError naming the template or season.
    """
    newsletter = press.newsletter(issue.newsletter)
    return {
        (language, variant): editions.compile_edition(
            issue=issue,
            language=language,
            variant=variant,
            newsletter=newsletter,
            fees=press.fees,
            templates=press.templates,
        )
        for language in issue.languages
        for variant in variants(newsletter)
    }


def variants(newsletter: Newsletter) -> tuple[Variant, ...]:
    """Every variant that a newsletter's copies may have."""
    return (NO_INSERT,) if newsletter.insert_show is InsertShow.NEVER else ALL_VARIANTS


def inputs_hash(press: Press, newsletter: Newsletter) -> str:
    """One hash over what, besides the issue, editions are compiled from: templates, fees, and the newsletter's words."""
    digest = hashlib.sha256(repr((press.fees, Letterhead.of(newsletter).dump(), newsletter.classification)).encode())
    digest.update(repr((newsletter.languages, newsletter.insert_contact, newsletter.insert_signature)).encode())
    for folder in (BASE, newsletter.template):
        for file in sorted((press.templates / folder).rglob("*")):
            if file.is_file():
                digest.update(f"\n{file.relative_to(press.templates)}\n".encode() + file.read_bytes())
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

    def fill(self, copy: Copy, *, banner: str = "") -> tuple[str, str]:
        """The HTML and the text of one copy. Raises CannotRender naming the person and the slot."""
        edition = self.editions[copy.language, copy.variant]
        try:
            return editions.fill(edition, values_for(copy, edition), banner=banner)
        except CannotRender as error:
            raise CannotRender(
                f"the {copy.language} copy of person {copy.person} cannot be made: {error}; "
                "mend the register, then plan again"
            ) from error

    def make(self, copy: Copy, message_id: str, *, test: bool = False) -> bytes:
        """The message of one copy: the same bytes from the same inputs.

        Raises CannotRender as `fill` does, and for words that no header can hold.
        """
        edition = self.editions[copy.language, copy.variant]
        html, text = self.fill(copy, banner=test_banner(copy) if test else "")
        domain = self.letterhead.sender.address.domain
        letter = Letter(
            sender=self.letterhead.sender,
            reply_to=self.letterhead.reply_to,
            recipient_name=copy.name,
            recipient=copy.address,
            subject=f"[TEST] {edition.subject}" if test else edition.subject,
            date=self.date,
            message_id=message_id,
            language=copy.language,
            list_id=f"{self.issue.newsletter}.{domain}",
            list_name=self.letterhead.list_name,
            feedback_id=f"{self.issue.serial}:{self.issue.newsletter}:club-mailer",
            html=html,
            text=text,
            pictures=tuple(picture for picture in self.issue.pictures if picture.name in edition.pictures),
        )
        try:
            return build(letter)
        except BadInput as error:
            raise CannotRender(f"the {copy.language} copy of person {copy.person} cannot be made: {error}") from error


def values_for(copy: Copy, edition: Edition) -> dict[Slot, str]:
    """What stands in the edition's slots for one person."""
    until = long_date(copy.paid_until, copy.language) if copy.paid_until else ""
    every = {
        Slot.NAME: copy.name,
        Slot.SALUTATION: copy.salutation,
        Slot.COPY_NUMBER: str(copy.copy_number),
        Slot.PAID_UNTIL: until,
    }
    return {slot: every[slot] for slot in edition.slots}


def test_banner(copy: Copy) -> str:
    """What a test mailing says of itself, in its own language."""
    if copy.language == "ru":
        return f"ТЕСТ: пробная рассылка, вариант {copy.variant.name}. Не пересылать."
    return f"TEST: a test mailing, variant {copy.variant.name}. Please do not forward."
