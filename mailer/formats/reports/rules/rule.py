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
    A reply must show each pattern of `needs`, none of which looks for more than a few letters, and not show `unless`.
    """

    pattern: re.Pattern[str]
    reason: FailureReason
    meaning: str
    vague: bool = False
    needs: tuple[re.Pattern[str], ...] = ()
    unless: re.Pattern[str] | None = None

    def matches(self, words: str) -> bool:
        """Whether the rule stands for these words."""
        for need in self.needs:
            if need.search(words) is None:
                return False
        return self.pattern.search(words) is not None and (self.unless is None or self.unless.search(words) is None)


def rule(
    reason: FailureReason,
    meaning: str,
    *patterns: str,
    vague: bool = False,
    needs: tuple[str, ...] = (),
    unless: str | None = None,
) -> ReplyRule:
    """The rule that any of these patterns stands for the reason."""
    return ReplyRule(
        pattern=re.compile(either(*patterns)),
        reason=reason,
        meaning=meaning,
        vague=vague,
        needs=tuple(re.compile(need) for need in needs),
        unless=re.compile(unless) if unless else None,
    )


def either(*patterns: str) -> str:
    """The pattern of a reply that shows any of these."""
    return "|".join(patterns)


def letters(words: str) -> str:
    """The pattern of a reply that shows any of these letters, a quick first look. An underscore is a blank."""
    return "|".join(re.escape(word.replace("_", " ")) for word in words.split())
