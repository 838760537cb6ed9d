"""Compiles an issue's editions, once for each language and variant."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mailer.domain.address import Address
from mailer.domain.circulation import Renewal
from mailer.domain.edition import ALL_VARIANTS, NO_INSERT, Edition, Variant, variant_named
from mailer.domain.errors import NotFound
from mailer.domain.issue import Issue
from mailer.domain.newsletter import InsertShow, Newsletter, SenderName
from mailer.formats.address import parse
from mailer.formats.edition import compile as editions
from mailer.formats.edition.stored import digest, dump, load
from mailer.formats.issue.folder import assemble
from mailer.formats.templates import BASE
from mailer.pipeline.context import Context
from mailer.store import Connection, issues
from mailer.store.issues import Revision
from mailer.store.mailings import StoredEdition


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
        raise NotFound(f"{revision.name} has no finished text; pull it again")
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
        StoredEdition(language=language, variant=variant.name, digest=digest(one), body=dump(one))
        for (language, variant), one in compiled.items()
    ]


def loaded(kept: Iterable[StoredEdition]) -> dict[tuple[str, Variant], Edition]:
    """The editions that the database keeps, by language and variant."""
    return {(one.language, variant_named(one.variant)): load(one.body) for one in kept}
