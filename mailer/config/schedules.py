"""The newsletters of schedules/*.toml and the fee schedule of fees.toml, as the domain knows them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from mailer.config.fees import FEES, load_fees
from mailer.config.reading import (
    Days,
    Interval,
    Number,
    Slug,
    Whole,
    YesNo,
    default_text,
    explain,
    read_from,
    read_toml,
    values,
)
from mailer.domain.address import Address
from mailer.domain.errors import BadInput
from mailer.domain.membership import FeeSchedule
from mailer.domain.newsletter import (
    EnglishDates,
    InsertShow,
    LanguageTexts,
    Newsletter,
    Schedule,
    SenderName,
    Source,
    Window,
)
from mailer.domain.subject import DEFAULT_SUBJECT, SubjectSlot, check_subject
from mailer.formats.address import parse, parse_sender
from mailer.formats.characters import find_invisible

_WEEKDAYS = r"(?:\*|(?:mon|tue|wed|thu|fri|sat|sun)(?:-(?:mon|tue|wed|thu|fri|sat|sun))?)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedules:
    """Every newsletter by its id, and what membership costs."""

    newsletters: Mapping[str, Newsletter]
    fees: FeeSchedule


def _sender(value: str) -> SenderName:
    try:
        sender = parse_sender(value)
    except BadInput as error:
        raise ValueError(str(error)) from error
    _refuse_non_ascii(sender.address)
    return sender


def _reply_to(value: str) -> Address:
    address = _address(value)
    _refuse_non_ascii(address)
    return address


def _address(value: str) -> Address:
    try:
        return parse(value)
    except BadInput as error:
        raise ValueError(str(error)) from error


def _refuse_non_ascii(address: Address) -> None:
    if not address.local.isascii():
        # RFC 6531: a letter with such a header goes only where every server on its way has SMTPUTF8.
        raise ValueError(
            f"{address}: the part before the @ must be of ASCII letters, or most servers refuse the letter"
        )


def _cron(value: str) -> str:
    fields = value.split()
    if len(fields) != 5 or not re.fullmatch(rf"{_WEEKDAYS}(?:,{_WEEKDAYS})*", fields[4].lower()):
        # Numbers of weekdays mean different days in different cron programs.
        raise ValueError('allowed: five cron fields, weekdays by name, such as "0 10 * * mon-fri"')
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ValueError('allowed: a time zone such as "Europe/Moscow"') from None
    return value


def _window(value: str) -> Window | None:
    if not value:
        return None
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d", value):
        raise ValueError('allowed: empty, or hours such as "09:00-18:00"')
    opens, _, closes = value.partition("-")
    if opens == closes:
        raise ValueError(
            f"{opens} is both the opening and the closing time, so no message would ever leave; "
            'allowed: empty for any time, or hours such as "09:00-18:00"'
        )
    return Window(opens=time.fromisoformat(opens), closes=time.fromisoformat(closes))


def _subject(value: str) -> str:
    slots = ", ".join(f"{{{slot}}}" for slot in SubjectSlot)
    allowed = f'allowed: one line with the slots {slots}, such as "{DEFAULT_SUBJECT}"'
    if character := find_invisible(value):
        raise ValueError(f"it contains {character}; {allowed}")
    try:
        check_subject(value)
    except ValueError as error:
        raise ValueError(f"{error}; {allowed}") from error
    return value


def _line(value: str) -> str:
    """The text, empty if it is blank; one that copies could not show is refused before an issue is planned with it."""
    if character := find_invisible(value):
        raise ValueError(f"it contains {character}; allowed: one line of visible characters")
    return value if value.strip() else ""


def _lines(value: str) -> str:
    for line in value.split("\n"):
        if character := find_invisible(line):
            raise ValueError(f"it contains {character}; allowed: lines of visible characters")
    return value if value.strip() else ""


# What a person writes, and what the domain makes of it.
SenderText = Annotated[SenderName, read_from(_sender)]
ReplyText = Annotated[Address, read_from(_reply_to)]
AddressText = Annotated[Address, read_from(_address)]
HoursText = Annotated[Window | None, read_from(_window)]
Line = Annotated[str, AfterValidator(_line)]
Lines = Annotated[str, AfterValidator(_lines)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2}$")]


class _Table(BaseModel):
    """A table of a schedule. Its fields have the domain's names; an alias is the key that people write."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class _Newsletter(_Table):
    id: Slug = "russia-confidential"
    name: Line = "Russia Confidential"
    sender: SenderText = default_text("Russia Confidential <bulletin@club.example>", alias="from")
    reply_to: ReplyText = default_text("secretary@club.example")
    template: Slug = "russia-confidential"
    languages: tuple[Language, ...] = Field(default=("en", "ru"), min_length=1)
    wait_for_all_languages: YesNo = True
    classification: Line = "Confidential"
    subject: Annotated[str, AfterValidator(_subject)] = DEFAULT_SUBJECT
    english_dates: EnglishDates = EnglishDates.AMERICAN


class _Source(_Table):
    url: str = Field(default="issues", min_length=1)
    every: Interval = default_text("15 min")


class _Send(_Table):
    cron: Annotated[str, AfterValidator(_cron)] = "0 10 * * mon-fri"
    timezone: Annotated[str, AfterValidator(_zone)] = "Europe/Moscow"
    between: HoursText = default_text("")
    not_after_hours: Number = Field(default=72, gt=0)
    undo_minutes: Number = Field(default=10, ge=0)
    canary: Whole = Field(default=0, ge=0)
    canary_minutes: Number = Field(default=60, ge=0)


class _Approval(_Table):
    approval_required: YesNo = Field(default=True, alias="required")
    four_eyes: YesNo = False
    editors: tuple[AddressText, ...] = default_text(("editor@club.example",))
    test_to: tuple[AddressText, ...] = ()

    @field_validator("four_eyes")
    @classmethod
    def _of_an_approval(cls, value: bool, others: ValidationInfo) -> bool:
        if value and others.data.get("approval_required") is False:
            raise ValueError("allowed: true only with required = true, since one person approves and another one sends")
        return value


class _Audience(_Table):
    circulations: tuple[str, ...] = ("club", "centre")
    grace_days: Days = Field(default=0, ge=0)


class _InsertTexts(_Table):
    """A table such as [insert.ru]."""

    name: Line = ""
    contact: Line = ""
    signature: Lines = ""


class _Insert(_Table):
    """Besides these keys it has tables for single languages."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, _InsertTexts]

    insert_show: InsertShow = Field(default=InsertShow.ALWAYS, alias="show")
    insert_due_days: Days = Field(default=90, ge=0, alias="due_days")
    insert_contact: Line = Field(default="", alias="contact")
    insert_signature: Lines = Field(default="", alias="signature")


class _File(_Table):
    newsletter: _Newsletter = _Newsletter()
    source: _Source = _Source()
    send: _Send = _Send()
    approval: _Approval = _Approval()
    audience: _Audience = _Audience()
    insert: _Insert = _Insert()


def load_schedules(folder: Path) -> Schedules:
    """Every newsletter and the fee schedule of a folder. Raises BadInput naming every bad file and its keys."""
    if not folder.is_dir():
        raise BadInput(f"{folder} is not a folder; see [paths] schedules in config.toml")
    newsletters, fees, problems = [], FeeSchedule(seasons=()), []
    for file in sorted(folder.glob("*.toml")):
        try:
            if file.name == FEES:
                fees = load_fees(file)
            else:
                newsletters.append(_newsletter(file))
        except BadInput as error:
            problems.append(str(error))
    if problems:
        raise BadInput("\n".join(problems))
    return Schedules(newsletters={newsletter.id: newsletter for newsletter in newsletters}, fees=fees)


def _newsletter(path: Path) -> Newsletter:
    try:
        file = _File.model_validate({"newsletter": {}} | read_toml(path))
    except ValidationError as error:
        raise explain(error, path, _File) from error
    identity = file.newsletter.id
    if identity != path.stem:
        raise BadInput(f"{path}: [newsletter] id: found {identity!r}; allowed: {path.stem!r}, the file's own name")
    own = file.insert.__pydantic_extra__
    languages = file.newsletter.languages
    if unknown := next((language for language in own if language not in languages), ""):
        raise BadInput(
            f"{path}: [insert.{unknown}]: allowed are the languages of [newsletter] languages: {', '.join(languages)}"
        )
    return Newsletter(
        texts={language: LanguageTexts(**values(texts)) for language, texts in own.items()},
        source=Source(**values(file.source)),
        schedule=Schedule(**values(file.send)),
        **values(file.newsletter, file.approval, file.audience, file.insert),
    )
