"""A rule: text patterns of a server's reply, the reason they stand for, and what they mean."""

import re
from dataclasses import dataclass
from functools import cache

from mailer.domain.bounce import FailureReason


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyRule:
    """A pattern for a reply in lower case with single spaces; `meaning` names the rule in reports.

    A vague rule matches the words of a server that only relays a refusal: other text in the report is tried first.
    """

    pattern: str
    reason: FailureReason
    meaning: str
    vague: bool = False

    def matches(self, reply: str) -> bool:
        """Whether the pattern occurs in the reply."""
        return bool(_compile(self.pattern).search(reply))


def rule(reason: FailureReason, meaning: str, *patterns: str, vague: bool = False) -> ReplyRule:
    """The rule that any of these patterns stands for the reason."""
    return ReplyRule(pattern="|".join(patterns), reason=reason, meaning=meaning, vague=vague)


@cache
def _compile(pattern: str) -> re.Pattern[str]:
    """Compiled when first needed: compiling all rules takes 30 ms, and most commands classify no reply."""
    return re.compile(pattern)
