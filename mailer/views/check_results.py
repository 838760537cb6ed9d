"""Shows what `mailer check` has found: the document, the rows of its table, and how many checks there were."""

from collections.abc import Iterator, Sequence

from mailer.domain.check_result import CheckResult, CheckState
from mailer.views.plain_words import counted

COLUMNS = ("", "", "what", "")


def check_document(result: CheckResult) -> dict[str, object]:
    """One result, for programs; one that asks for something to be done says what, and to which group it belongs."""
    document: dict[str, object] = {"what": result.subject, "ok": result.ok, "said": result.finding}
    if result.state is CheckState.OK:
        return document
    return document | {"group": result.group or "", "state": result.state.lower(), "fix": result.fix}


def check_rows(results: Sequence[CheckResult]) -> Iterator[tuple[str, str, str, str]]:
    """The rows of the table; a group stands at its first result, and what to do below what was found."""
    before = None
    for result in results:
        group = "" if result.group is before else result.group or ""
        before = result.group
        fix = f"\n→ {result.fix}" if result.fix else ""
        yield group, result.state, result.subject, f"{result.finding}{fix}"


def checked_sentence(results: Sequence[CheckResult], seconds: float) -> str:
    """How many checks there were, how they stand, and how long they took."""
    notes = sum(result.state is CheckState.NOTE for result in results)
    wrong = sum(result.state is CheckState.WRONG for result in results)
    stands = f"{wrong} wrong, {counted(notes, 'note', 'notes')}"
    return f"{counted(len(results), 'check', 'checks')} in {seconds:.1f} seconds: {stands}"
