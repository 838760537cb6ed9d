"""The newsletters of schedules/*.toml and the fee schedule of fees.toml, as the domain knows them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from mailer.config.reading import Interval, Number, Slug, Whole, YesNo, explain, read_toml
from mailer.domain.address import Address
from mailer.domain.errors import BadInput
from mailer.domain.membership import FeeOption, FeeSchedule, Period, Season
from mailer.domain.newsletter import InsertShow, Newsletter, Schedule, Source, Window
from mailer.formats.address import parse, parse_sender

FEES = "fees.toml"
_WEEKDAYS = r"(?:\*|(?:mon|tue|wed|thu|fri|sat|sun)(?:-(?:mon|tue|wed|thu|fri|sat|sun))?)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedules:
    """Every newsletter by its id, and what membership costs."""

    newsletters: Mapping[str, Newsletter]
    fees: FeeSchedule


def _sender(value: str) -> str:
    try:
        sender = parse_sender(value)
    except BadInput as error:
        raise ValueError(str(error)) from error
    _for_everybody(sender.address)
    return value


def _for_everybody(address: Address) -> None:
    if not address.local.isascii():
        # RFC 6531: a letter with such a header goes only where every server on its way has SMTPUTF8.
        raise ValueError(
            f"{address}: the part before the @ must be of ASCII letters, or most servers refuse the letter"
        )


def _reply_to(value: str) -> str:
    _for_everybody(parse(_address(value)))
    return value


def _address(value: str) -> str:
    try:
        parse(value)
    except BadInput as error:
        raise ValueError(str(error)) from error
    return value


def _cron(value: str) -> str:
    fields = value.split()
    if len(fields) != 5 or not re.fullmatch(rf"{_WEEKDAYS}(?:,{_WEEKDAYS})*", fields[4].lower()):
        # APScheduler and cron count weekdays differently: names only (house.md, trap 1).
        raise ValueError('allowed: five cron fields, weekdays by name, such as "0 10 * * mon-fri"')
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ValueError('allowed: a time zone such as "Europe/Moscow"') from None
    return value


def _hours(value: str) -> str:
    if value and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d", value):
        raise ValueError('allowed: empty, or hours such as "09:00-18:00"')
    return value


SenderText = Annotated[str, AfterValidator(_sender)]
ReplyText = Annotated[str, AfterValidator(_reply_to)]
AddressText = Annotated[str, AfterValidator(_address)]
Line = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]*$")]
Language = Annotated[str, Field(pattern=r"^[a-z]{2}$")]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Newsletter(_Table):
    id: Slug = "russia-confidential"
    name: Line = "Russia Confidential"
    from_: SenderText = Field(default="Russia Confidential <bulletin@club.example>", alias="from")
    reply_to: ReplyText = "secretary@club.example"
    template: Slug = "russia-confidential"
    languages: tuple[Language, ...] = Field(default=("en", "ru"), min_length=1)
    wait_for_all_languages: YesNo = True
    classification: Line = "Confidential"


class _Source(_Table):
    url: str = Field(default="issues", min_length=1)
    every: Interval = Field(default="15 min", validate_default=True)


class _Send(_Table):
    cron: Annotated[str, AfterValidator(_cron)] = "0 10 * * mon-fri"
    timezone: Annotated[str, AfterValidator(_zone)] = "Europe/Moscow"
    between: Annotated[str, AfterValidator(_hours)] = ""
    not_after_hours: Number = Field(default=72, gt=0)
    undo_minutes: Number = Field(default=10, ge=0)
    canary: Whole = Field(default=0, ge=0)
    canary_minutes: Number = Field(default=60, ge=0)


class _Approval(_Table):
    required: YesNo = True
    editors: tuple[AddressText, ...] = ("editor@club.example",)
    test_to: tuple[AddressText, ...] = ()


class _Audience(_Table):
    circulations: tuple[str, ...] = ("club", "centre")
    grace_days: Whole = Field(default=0, ge=0)


class _Insert(_Table):
    show: Literal["always", "when_due", "never"] = "always"
    due_days: Whole = Field(default=90, ge=0)
    contact: Line = ""
    signature: Annotated[str, Field(pattern=r"^[^\x00-\x09\x0b-\x1f\x7f]*$")] = ""


class _File(_Table):
    newsletter: _Newsletter = _Newsletter()
    source: _Source = _Source()
    send: _Send = _Send()
    approval: _Approval = _Approval()
    audience: _Audience = _Audience()
    insert: _Insert = _Insert()


class _FeeOption(_Table):
    from_: date = Field(alias="from")
    to: date
    years: Whole = Field(ge=1)
    individual: Decimal = Field(gt=0)
    corporate: Decimal = Field(gt=0)

    @model_validator(mode="after")
    def _in_order(self) -> "_FeeOption":
        if self.to < self.from_:
            raise ValueError("`to` must not be before `from`")
        return self


class _Season(_Table):
    year: Whole
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    option: tuple[_FeeOption, ...] = Field(min_length=1)


class _Fees(_Table):
    season: tuple[_Season, ...] = ()


def load_schedules(folder: Path) -> Schedules:
    """Every newsletter and the fee schedule of a folder. Raises BadInput naming every bad file and its keys."""
    if not folder.is_dir():
        raise BadInput(f"{folder} is not a folder; see [paths] schedules in config.toml")
    newsletters, fees, problems = [], FeeSchedule(seasons=()), []
    for file in sorted(folder.glob("*.toml")):
        try:
            if file.name == FEES:
                fees = _fees(file)
            else:
                newsletters.append(_newsletter(file))
        except BadInput as error:
            problems.append(str(error))
    if problems:
        raise BadInput("\n".join(problems))
    return Schedules(newsletters={one.id: one for one in newsletters}, fees=fees)


def _newsletter(path: Path) -> Newsletter:
    try:
        file = _File.model_validate({"newsletter": {}} | read_toml(path))
    except ValidationError as error:
        raise explain(error, path, _File) from error
    head, send, hours = file.newsletter, file.send, file.send.between
    if head.id != path.stem:
        raise BadInput(f"{path}: [newsletter] id: found {head.id!r}; allowed: {path.stem!r}, the file's own name")
    opens, _, closes = hours.partition("-")
    return Newsletter(
        id=head.id,
        name=head.name,
        sender=parse_sender(head.from_),
        reply_to=parse(head.reply_to),
        template=head.template,
        languages=head.languages,
        wait_for_all_languages=head.wait_for_all_languages,
        classification=head.classification,
        source=Source(url=file.source.url, every=file.source.every),
        schedule=Schedule(
            cron=send.cron,
            timezone=send.timezone,
            between=Window(opens=time.fromisoformat(opens), closes=time.fromisoformat(closes)) if hours else None,
            not_after_hours=send.not_after_hours,
            undo_minutes=send.undo_minutes,
            canary=send.canary,
            canary_minutes=send.canary_minutes,
        ),
        approval_required=file.approval.required,
        editors=tuple(parse(address) for address in file.approval.editors),
        test_to=tuple(parse(address) for address in file.approval.test_to),
        circulations=file.audience.circulations,
        grace_days=file.audience.grace_days,
        insert_show=InsertShow(file.insert.show),
        insert_due_days=file.insert.due_days,
        insert_contact=file.insert.contact,
        insert_signature=file.insert.signature,
    )


def _fees(path: Path) -> FeeSchedule:
    try:
        file = _Fees.model_validate(read_toml(path))
    except ValidationError as error:
        raise explain(error, path, _Fees) from error
    years = [season.year for season in file.season]
    if len(set(years)) != len(years):
        raise BadInput(f"{path}: a season's year stands twice; each year has one season")
    return FeeSchedule(
        seasons=tuple(
            Season(
                year=season.year,
                currency=season.currency,
                options=tuple(
                    FeeOption(
                        period=Period(first=option.from_, last=option.to),
                        years=option.years,
                        individual=option.individual,
                        corporate=option.corporate,
                    )
                    for option in season.option
                ),
            )
            for season in file.season
        )
    )
