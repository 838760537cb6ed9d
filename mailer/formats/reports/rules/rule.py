"""A rule: text patterns of a server's reply, the reason they stand for, and what they mean."""

import re
from dataclasses import dataclass

from mailer.domain.bounce import FailureReason

# Patterns stop at a dot that ends a sentence; they must not stop at one inside a name.
DOT_IN_NAME = re.compile(r"(?<=[\w\-])\.(?=[a-z])")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyRule:
    """A pattern for a reply in lower case with single spaces; `meaning` names the rule in reports.

    A vague rule matches the words of a server that only relays a refusal: other text in the report is tried first.
    """

    pattern: re.Pattern[str]
    reason: FailureReason
    meaning: str
    vague: bool = False


def rule(reason: FailureReason, meaning: str, *patterns: str, vague: bool = False) -> ReplyRule:
    """The rule that any of these patterns stands for the reason."""
    return ReplyRule(pattern=re.compile("|".join(patterns)), reason=reason, meaning=meaning, vague=vague)
