"""Why a person receives an issue, or does not."""

from dataclasses import dataclass

from mailer.domain.circulation import Decision, Judged
from mailer.domain.delivery import Delivery


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The decision by the register as it is `now`, the `frozen` one once the issue is planned, and the person's copies."""

    person: str
    issue: str
    now: Judged
    frozen: Decision | None
    copies: tuple[Delivery, ...]
