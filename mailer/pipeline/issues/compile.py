"""Compiles an issue's editions, once for each language and variant."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from mailer.domain.address import Address
from mailer.domain.edition import NO_INSERT, Edition, Variant, variant_named
from mailer.domain.errors import MailerError, NotFound, TooLong
from mailer.domain.insert import Renewal, usual_variants
from mailer.domain.issue import Issue
from mailer.domain.membership import FeeSchedule
from mailer.domain.newsletter import EnglishDates, InsertShow, Newsletter, SenderName
from mailer.domain.shelf import Revision
from mailer.domain.subject import DEFAULT_SUBJECT
from mailer.domain.way_out import WayOut
from mailer.formats.address import parse
from mailer.formats.edition.compile import HTML_WARN, compile_edition, html_size, style_warnings
from mailer.formats.edition.stored import digest, dump, load
from mailer.formats.issue.folder import assemble
from mailer.formats.issue.pictures.kind import stored_picture
from mailer.pipeline.context import Context
from mailer.store import Connection, issues
from mailer.store.mailings import StoredEdition


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """What copies say besides their editions, frozen with these, so that it stays as approved.

    Sender, Reply-To, list name, when the insert is shown, and where the members' pages are.
    """

    sender: SenderName
    reply_to: Address
    list_name: str
    renewal: Renewal
    public_url: str = ""
    english_dates: EnglishDates = EnglishDates.AMERICAN

    @classmethod
    def of(cls, newsletter: Newsletter, public_url: str = "") -> "Letterhead":
        """The letterhead by the present settings."""
        return cls(
            sender=newsletter.sender,
            reply_to=newsletter.reply_to,
            list_name=newsletter.name,
            renewal=Renewal(show=newsletter.insert_show, due_days=newsletter.insert_due_days),
            public_url=public_url,
            english_dates=newsletter.english_dates,
        )

    def dump(self) -> dict[str, str]:
        """The letterhead as the database stores it."""
        return {
            "sender_name": self.sender.name,
            "sender": self.sender.address.wire,
            "reply_to": self.reply_to.wire,
            "list_name": self.list_name,
            "insert_show": self.renewal.show.value,
            "insert_due_days": str(self.renewal.due_days),
            # As shipped neither is written, so that what was approved before there were such settings stays approved.
            **({"public_url": self.public_url} if self.public_url else {}),
            **({"english_dates": "british"} if self.english_dates is EnglishDates.BRITISH else {}),
        }

    @classmethod
    def load(cls, stored: Mapping[str, str]) -> "Letterhead":
        """The letterhead that `dump` stored."""
        sender = SenderName(name=stored["sender_name"], address=parse(stored["sender"]))
        renewal = Renewal(show=InsertShow(stored["insert_show"]), due_days=int(stored["insert_due_days"]))
        reply_to = parse(stored["reply_to"])
        return cls(
            sender=sender,
            reply_to=reply_to,
            list_name=stored["list_name"],
            renewal=renewal,
            public_url=stored.get("public_url", ""),
            english_dates=EnglishDates(stored.get("english_dates", EnglishDates.AMERICAN)),
        )


def load_issue(connection: Connection, revision: Revision) -> Issue:
    """Parse the issue of a revision from its stored files: the texts as they were pulled, the pictures as they are sent."""
    issue = assemble(
        revision.folder,
        issues.files_of(connection, revision.content_hash),
        languages=revision.languages,
        wait_for_all=False,
        picture=stored_picture,
    )
    if issue is None:
        raise NotFound(f"{revision.name} has no finished text; pull it again")
    return issue


def compile_editions(
    context: Context, issue: Issue, rare: Iterable[Variant] = ()
) -> dict[tuple[str, Variant], Edition]:
    """Compile every edition: each language of the issue in each usual variant of the newsletter, and in these rare ones.

    So an approval also covers the copy of a person who pays later. Raises MailerError naming the template or season.
    """
    newsletter = context.newsletter(issue.newsletter)
    return compile_all(issue, newsletter, context.fees, context.templates, way_out=context.way_out, rare=rare)


def compile_all(
    issue: Issue,
    newsletter: Newsletter,
    fees: FeeSchedule,
    templates: Path,
    *,
    way_out: WayOut,
    rare: Iterable[Variant] = (),
) -> dict[tuple[str, Variant], Edition]:
    """The same with these settings, fees and templates."""
    return {
        (language, variant): compile_edition(
            issue=issue,
            language=language,
            variant=variant,
            newsletter=newsletter,
            fees=fees,
            templates=templates,
            way_out=way_out,
        )
        for language in issue.languages
        for variant in dict.fromkeys((*variants(newsletter, fees, issue.date), *rare))
    }


def length_fault(context: Context, issue: Issue) -> str:
    """Why an edition of the issue is too long to be sent; empty for none, or where another fault hides it until `plan`."""
    newsletter, fees, templates = context.newsletter(issue.newsletter), context.fees, context.templates
    try:
        without_insert = replace(newsletter, insert_show=InsertShow.NEVER)
        shortest = compile_all(issue, without_insert, fees, templates, way_out=context.way_out)
        if any(html_size(edition) > HTML_WARN for edition in shortest.values()):
            compile_all(issue, newsletter, fees, templates, way_out=context.way_out)
    except TooLong as error:
        return str(error)
    except MailerError:
        return ""
    return ""


def style_notes(context: Context, issue: Issue) -> list[str]:
    """What readers would not see of the newsletter's style sheets; they are the same for each language and variant."""
    return style_notes_of(issue, context.newsletter(issue.newsletter), context.fees, context.templates)


def style_notes_of(issue: Issue, newsletter: Newsletter, fees: FeeSchedule, templates: Path) -> list[str]:
    """The same with these settings, fees and templates."""
    language = issue.languages[0]
    lost = style_warnings(issue=issue, language=language, newsletter=newsletter, fees=fees, templates=templates)
    return [f"template {newsletter.template}: {sentence}" for sentence in lost]


def variants(newsletter: Newsletter, fees: FeeSchedule, day: date) -> tuple[Variant, ...]:
    """Every variant that copies of an issue of this day usually have."""
    if newsletter.insert_show is InsertShow.NEVER:
        return (NO_INSERT,)
    return usual_variants(fees, day, newsletter.grace_days)


def inputs_hash(context: Context, newsletter: Newsletter) -> str:
    """One hash over what editions are compiled from besides the issue: templates, fees, the newsletter's settings.

    The way out is no part of it: whichever words a plan has, its copies say it by the way that there is when they leave.
    """
    from mailer.formats.templates import BASE  # imports Jinja, which making copies does not need

    letterhead = Letterhead.of(newsletter, context.public_url)
    digest = hashlib.sha256(repr((context.fees, letterhead.dump(), newsletter.classification)).encode())
    digest.update(repr((newsletter.languages, newsletter.insert_contact, newsletter.insert_signature)).encode())
    if newsletter.subject != DEFAULT_SUBJECT:  # what was planned before there was this setting is not out of date
        digest.update(repr(newsletter.subject).encode())
    if newsletter.texts:  # without them as before there were any, so that what was approved stays approved
        digest.update(repr(sorted(newsletter.texts.items(), key=lambda texts: texts[0])).encode())
    for folder in (BASE, newsletter.template):
        for file in sorted((context.templates / folder).rglob("*")):
            if file.is_file():
                digest.update(f"\n{file.relative_to(context.templates)}\n".encode() + file.read_bytes())
    return digest.hexdigest()


def editions_hash(compiled: Iterable[StoredEdition], letterhead: Letterhead) -> str:
    """One hash over every compiled edition and the letterhead, to which an approval is bound."""
    lines = [f"{edition.language} {edition.variant} {edition.digest}" for edition in compiled]
    lines += [f"{name}={value}" for name, value in letterhead.dump().items()]
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def stored(compiled: Mapping[tuple[str, Variant], Edition]) -> list[StoredEdition]:
    """The editions as the database stores them."""
    return [
        StoredEdition(language=language, variant=variant.name, digest=digest(edition), body=dump(edition))
        for (language, variant), edition in compiled.items()
    ]


def loaded(editions: Iterable[StoredEdition]) -> dict[tuple[str, Variant], Edition]:
    """The editions that the database stores, by language and variant."""
    return {(edition.language, variant_named(edition.variant)): load(edition.body) for edition in editions}
