"""A line of the table of reasons: words that a server says, what they mean, and why we read them so."""

import re
from dataclasses import dataclass

from mailer.domain.bounce import Reason


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern over a reply in small letters with single blanks; `why` also names the rule in the report."""

    pattern: re.Pattern[str]
    reason: Reason
    why: str
    vague: bool = False  # words of a server that only passes a failure on: what else the report says is asked first


def rule(reason: Reason, why: str, *patterns: str, vague: bool = False) -> Rule:
    """The rule that any of these patterns speaks for the reason."""
    return Rule(re.compile("|".join(patterns)), reason, why, vague)
