"""Decides when copies that failed alike failed through us or our relay: so many readers of unrelated providers do not."""

from dataclasses import dataclass

from mailer.domain.bounce import ALERT_SCOPES, Scope

# Ten are no accident, and half of the copies tried means the mailing, not its readers.
AT_LEAST, SHARE = 10, 0.5
# Of a canary wave or mailing of fewer than twenty copies half will do, and no fewer than these.
FEW = 5
# Readers of so many providers are unrelated: one organisation, or two, may refuse all theirs for reasons of their own.
PROVIDERS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class AlikeTally:
    """How many copies of a mailing failed alike, of how many tried meanwhile, and how both divide among providers.

    `largest` and `largest_tried` are the copies of the provider with most of the failures: how many failed alike, and
    how many were tried.
    """

    failed: int
    tried: int
    providers: int
    largest: int
    largest_tried: int


def needed_of(copies: int) -> int:
    """How many must fail alike to mean the mailing. `copies` are those of the canary wave or mailing under way."""
    return min(AT_LEAST, max(FEW, (copies + 1) // 2))


def is_large_share(failed: int, tried: int) -> bool:
    """Whether as large a share of the copies tried failed alike as means the mailing."""
    return failed > 0 and failed >= SHARE * tried


def is_over_unrelated(tally: AlikeTally) -> bool:
    """Whether they failed at unrelated providers: the share is as large without the provider that has most of them."""
    return tally.providers >= PROVIDERS and is_large_share(
        tally.failed - tally.largest, tally.tried - tally.largest_tried
    )


def may_be_one_provider(scope: Scope) -> bool:
    """Whether a failure of this scope means us only if it comes from unrelated providers.

    A provider may refuse all its readers' mailboxes; what refuses the sender or the text is not about readers at all.
    """
    return scope not in ALERT_SCOPES
