"""A standing publication: its name, sender, audience, schedule and the terms of its insert."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from mailer.domain.address import Address
from mailer.domain.every import Every
from mailer.domain.subject import DEFAULT_SUBJECT


class InsertShow(StrEnum):
    """When the membership-renewal insert goes with a copy."""

    ALWAYS = "always"
    WHEN_DUE = "when_due"
    NEVER = "never"


class EnglishDates(StrEnum):
    """How English copies write a date."""

    AMERICAN = "american"  # July 12, 2018
    BRITISH = "british"  # 12 July 2018

    def locale(self, language: str) -> str:
        """The language, with the country whose dates it has where there is a choice: `en-GB`."""
        return "en-GB" if language == "en" and self is EnglishDates.BRITISH else language


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where finished issues are pulled from, and how often."""

    url: str
    every: Every


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The hours in which messages may leave, `opens` included, `closes` not; it may span midnight."""

    opens: time
    closes: time

    def contains(self, at: time) -> bool:
        """Whether a message may leave at this local time."""
        if self.opens <= self.closes:
            return self.opens <= at < self.closes
        return at >= self.opens or at < self.closes


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When issues leave: a cron line with weekday names, in a time zone, within a window.

    `canary` copies leave first, and the others `canary_minutes` later; 0: all at once.
    """

    cron: str
    timezone: str
    between: Window | None
    not_after_hours: float
    undo_minutes: float
    canary: int = 0
    canary_minutes: float = 60

    def open_at(self, instant: datetime) -> bool:
        """Whether messages may leave at this (aware) instant, in the schedule's own time zone."""
        return self.between is None or self.between.contains(instant.astimezone(ZoneInfo(self.timezone)).time())

    def opens_at(self, instant: datetime) -> datetime:
        """The first moment, at this instant or later, at which messages may leave."""
        if self.open_at(instant):
            return instant
        # Minute by minute, since a change of the clocks may open or close the window at any of them.
        moment = instant.astimezone(UTC).replace(second=0, microsecond=0)
        while not self.open_at(moment := moment + timedelta(minutes=1)):
            pass
        return moment


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderName:
    """A name and an address, as in From."""

    name: str
    address: Address


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageTexts:
    """What a newsletter is called, whom its insert names, and who signs it, in one language; empty: as in the others."""

    name: str = ""
    contact: str = ""
    signature: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Newsletter:
    """All settings of a newsletter, from schedules/<id>.toml. `texts` are those of single languages."""

    id: str
    name: str
    sender: SenderName
    reply_to: Address
    template: str
    languages: tuple[str, ...]
    wait_for_all_languages: bool
    classification: str
    source: Source
    schedule: Schedule
    approval_required: bool
    editors: tuple[Address, ...]
    test_to: tuple[Address, ...]
    circulations: tuple[str, ...]
    grace_days: int
    insert_show: InsertShow
    insert_due_days: int
    insert_contact: str
    insert_signature: str = ""
    four_eyes: bool = False  # who approves a mailing does not send it
    subject: str = DEFAULT_SUBJECT  # a pattern that can be filled: `check_subject`
    english_dates: EnglishDates = EnglishDates.AMERICAN
    texts: Mapping[str, LanguageTexts] = field(default_factory=dict)

    def in_language(self, language: str) -> "Newsletter":
        """The newsletter as its readers of this language know it."""
        own = self.texts.get(language)
        if own is None:
            return self
        return replace(
            self,
            name=own.name or self.name,
            insert_contact=own.contact or self.insert_contact,
            insert_signature=own.signature or self.insert_signature,
        )
