"""Finds the copy or the wish that a member's link names, and what its page may show: nothing about the person."""

from dataclasses import dataclass
from datetime import date

from mailer.domain.delivery import Delivery, State
from mailer.domain.errors import NotFound
from mailer.domain.newsletter import Newsletter
from mailer.domain.wish import Wish, WishKind
from mailer.formats.links import link, read_link
from mailer.formats.token import Purpose
from mailer.pipeline.context import Context
from mailer.store import Connection, mailings, wishes
from mailer.store.copies import deliveries
from mailer.store.members import is_seated

# Unknown, forged, expired and revoked links, and those of erased people, look alike.
UNKNOWN = "this link is not valid, or not any more"


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberCopy:
    """A copy whose link was used, of a person who is in the register."""

    delivery: Delivery
    newsletter: Newsletter

    @property
    def person(self) -> str:
        """Whose copy it is."""
        return self.delivery.person


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyPage:
    """What the page behind a copy's link shows. `language` is the copy's; `web_copy` is empty without one."""

    newsletter: Newsletter
    language: str
    languages: tuple[str, ...]
    contact: str
    today: date
    web_copy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WishPage:
    """What the page behind the link in a letter shows. `is_done`: that a button would change nothing more."""

    newsletter: Newsletter
    kind: WishKind
    language: str
    contact: str
    is_done: bool


def copy_behind(connection: Connection, context: Context, purpose: Purpose, token: str) -> MemberCopy | None:
    """The copy that a link of this purpose names, once it may have left; None for every other link."""
    number = read_link(context.keys, purpose, token)
    delivery = deliveries.delivery(connection, number) if number is not None else None
    if delivery is None or not delivery.address or not _has_left(delivery):
        return None
    newsletter = context.newsletters.get(mailings.mailing(connection, delivery.mailing).newsletter)
    if newsletter is None or not is_seated(connection, delivery.person):
        return None
    return MemberCopy(delivery=delivery, newsletter=newsletter)


def _has_left(delivery: Delivery) -> bool:
    return delivery.attempts > 0 or delivery.state not in {State.PENDING, State.HELD, State.CANCELLED}


def known_copy(connection: Connection, context: Context, purpose: Purpose, token: str) -> MemberCopy:
    """The same; NotFound for every other link."""
    copy = copy_behind(connection, context, purpose, token)
    if copy is None:
        raise NotFound(UNKNOWN)
    return copy


def known_wish(connection: Connection, context: Context, purpose: Purpose, token: str, *, lock: bool = False) -> Wish:
    """The wish that a link to confirm or to undo names, while it can be; NotFound for every other link."""
    number = read_link(context.keys, purpose, token)
    wish = wishes.wish(connection, number, lock=lock) if number is not None else None
    now = context.clock.now()
    if wish is None or wish.newsletter not in context.newsletters:
        raise NotFound(UNKNOWN)
    valid = wish.may_be_confirmed(now) if purpose is Purpose.CONFIRM else wish.may_be_undone(now)
    if not valid or not is_seated(connection, wish.person):
        raise NotFound(UNKNOWN)
    return wish


def page_of_copy(context: Context, purpose: Purpose, token: str) -> CopyPage:
    """What the page behind a copy's link shows; nothing is written. NotFound for a link that is not valid."""
    with context.store.reading() as connection:
        copy = known_copy(connection, context, purpose, token)
    readable = purpose is Purpose.PREFERENCES
    return CopyPage(
        newsletter=copy.newsletter,
        language=copy.delivery.language,
        languages=copy.newsletter.languages,
        contact=str(copy.newsletter.reply_to),
        today=context.clock.now().date(),
        web_copy=link(context.keys, "", Purpose.WEB_COPY, copy.delivery.id) if readable else "",
    )


def page_of_wish(context: Context, purpose: Purpose, token: str) -> WishPage:
    """What the page behind a letter's link shows; nothing is written. NotFound for a link that is not valid."""
    with context.store.reading() as connection:
        wish = known_wish(connection, context, purpose, token)
    newsletter = context.newsletter(wish.newsletter)
    return WishPage(
        newsletter=newsletter,
        kind=wish.kind,
        language=wish.language,
        contact=str(newsletter.reply_to),
        is_done=(wish.done_at if purpose is Purpose.CONFIRM else wish.undone_at) is not None,
    )
