"""A line of the table of reasons: words that a server says, what they mean, and why we read them so."""

import re
from dataclasses import dataclass

from mailer.domain.bounce import FailureReason


@dataclass(frozen=True, slots=True)
class ReplyRule:
    """A pattern over a reply in small letters with single blanks; `why` also names the rule in the report."""

    pattern: re.Pattern[str]
    reason: FailureReason
    why: str
    vague: bool = False  # words of a server that only passes a failure on: what else the report says is asked first


def rule(reason: FailureReason, why: str, *patterns: str, vague: bool = False) -> ReplyRule:
    """The rule that any of these patterns speaks for the reason."""
    return ReplyRule(re.compile("|".join(patterns)), reason, why, vague)
