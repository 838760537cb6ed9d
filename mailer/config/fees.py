"""The fee schedule of fees.toml, as the domain knows it."""

from datetime import date
from decimal import Decimal
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from mailer.config.reading import Whole, explain, read_toml, values
from mailer.domain.errors import BadInput
from mailer.domain.membership import FeeOption, FeeSchedule, Period, Season

FEES = "fees.toml"


class _FeeTable(BaseModel):
    """A table of the fee schedule."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class _FeeOption(_FeeTable):
    first: date = Field(alias="from")
    last: date = Field(alias="to")
    years: Whole = Field(ge=1)
    individual: Decimal = Field(gt=0)
    corporate: Decimal = Field(gt=0)

    @model_validator(mode="after")
    def _in_order(self) -> "_FeeOption":
        if self.last < self.first:
            raise ValueError("`to` must not be before `from`")
        return self

    def option(self) -> FeeOption:
        fees = values(self)
        period = Period(first=fees.pop("first"), last=fees.pop("last"))
        return FeeOption(period=period, **fees)


class _Season(_FeeTable):
    year: Whole
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    option: tuple[_FeeOption, ...] = Field(min_length=1)

    def season(self) -> Season:
        options = tuple(option.option() for option in self.option)
        return Season(year=self.year, currency=self.currency, options=options)


class _Fees(_FeeTable):
    season: tuple[_Season, ...] = ()


def load_fees(path: Path) -> FeeSchedule:
    """The fee schedule of this file. Raises BadInput naming the bad keys."""
    try:
        file = _Fees.model_validate(read_toml(path))
    except ValidationError as error:
        raise explain(error, path, _Fees) from error
    years = [season.year for season in file.season]
    if len(set(years)) != len(years):
        raise BadInput(f"{path}: a season's year stands twice; each year has one season")
    return FeeSchedule(seasons=tuple(season.season() for season in file.season))
