"""Keeps what a user has brought to import until it is applied: looked at first, then applied byte for byte."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailer.domain.errors import BadInput, Refused
from mailer.domain.register_columns import MEMBER_COLUMNS, PAYMENT_COLUMNS, Column
from mailer.domain.register_difference import Difference
from mailer.domain.remedy import Action
from mailer.formats.register.files import check_ignored, members_in, payments_in
from mailer.formats.register.rejected import Sheet, rejected_csv, rejected_rows, rejected_text, rejected_workbook
from mailer.formats.register.spreadsheet import TextTable, pasted_table, read_table
from mailer.formats.register.write import header_of, languages_of
from mailer.formats.register.xlsx_file import sheet_names
from mailer.pipeline.context import Context
from mailer.pipeline.register.import_export import MembersTable, PaymentsTable, compare, import_within
from mailer.store import drafts
from mailer.store.drafts import ImportDraft
from mailer.store.members import load_register

# How long a draft is kept: time enough to read a difference, and to ask about it.
KEPT = timedelta(minutes=30)
_PASTED = {"members": "pasted rows of people", "payments": "pasted rows of payments"}


@dataclass(frozen=True, slots=True, kw_only=True)
class BroughtTable:
    """A table as a user brought it: a file with its name, or pasted rows in UTF-8."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftLook:
    """A draft and what it changes in the register now."""

    draft: ImportDraft
    difference: Difference
    rejected: tuple[str, ...]  # the tables, `members` or `payments`, that have bad rows


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsToMend:
    """Rows of a draft as they would be pasted, and how they are to be read.

    `is_whole` says that the good rows, which are not applied yet, follow the bad ones.
    """

    members: str = ""
    payments: str = ""
    is_whole: bool = False
    end_missing: bool = False
    ignored: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedFile:
    """The rejected rows as a file."""

    name: str
    media_type: str
    content: bytes


def bring(
    context: Context,
    session: str,
    *,
    members: BroughtTable | None,
    payments: BroughtTable | None,
    pasted: bool,
    end_missing: bool,
    ignored: str = "",
) -> None:
    """Keep these tables for the session, in place of its last ones; raises BadInput for one that cannot be read.

    A workbook with both sheets is both tables.
    """
    if members is not None and payments is None and not pasted and _has_sheet(members, "payments"):
        payments = members
        if not _has_sheet(members, "members"):
            members = None
    if members is None and payments is None:
        raise BadInput("nothing was brought: choose a file, or paste rows")
    parts = (members, payments, pasted, end_missing, ignored)
    draft = ImportDraft(
        session=session,
        who=context.who,
        at=context.clock.now(),
        digest=hashlib.sha256(repr(parts).encode()).hexdigest(),
        members_name=members.name if members else "",
        members=members.content if members else None,
        payments_name=payments.name if payments else "",
        payments=payments.content if payments else None,
        pasted=pasted,
        end_missing=end_missing,
        ignored=ignored,
    )
    _tables(context, draft)
    with context.store.transaction() as connection:
        drafts.put(connection, draft, since=_oldest(context))


def look(context: Context, session: str) -> DraftLook:
    """What the session's draft would change now; nothing is changed. Refused when there is none any more."""
    draft = _draft(context, session)
    members, payments = _tables(context, draft)
    end = context.clock.now().date() if draft.end_missing else None
    difference = compare(context, members_table=members, payments_table=payments, end_missing=end)
    places = {fault.file for fault in difference.bad}
    rejected = tuple(name for name, table in _text_tables(context, draft).items() if table.place in places)
    return DraftLook(draft=draft, difference=difference, rejected=rejected)


def apply_draft(context: Context, session: str, *, digest: str, version: int, skip_bad: bool) -> Difference:
    """Apply the session's draft, whose difference from this version of the register was seen.

    Refused for another draft or another version, and BadInput for bad rows unless they are skipped.
    """
    draft = _draft(context, session)
    if draft.digest != digest:
        raise Refused("other tables were brought in this session meanwhile; nothing was applied: look at them again")
    members, payments = _tables(context, draft)
    end = context.clock.now().date() if draft.end_missing else None
    shown = compare(context, members_table=members, payments_table=payments, end_missing=end)
    with context.store.transaction() as connection:
        difference = import_within(
            connection,
            context,
            members_table=members,
            payments_table=payments,
            end_missing=end,
            skip_bad=skip_bad,
            version=version,
            shown=shown,
        )
        if not difference.bad:
            drafts.drop(connection, session)
    return difference


def forget_old(context: Context) -> None:
    """Delete the drafts whose time is over."""
    with context.store.transaction() as connection:
        drafts.drop_before(connection, _oldest(context))


# --- rejected rows ----------------------------------------------------------------------------------------------------


def rejected_file(context: Context, session: str, table: str, say: Callable[[str], str]) -> RejectedFile:
    """The bad rows of the draft's table (`members` or `payments`) in the format in which they came, with their reasons as `say` says them.

    A workbook has the bad rows of both.
    """
    shown = look(context, session)
    sheets = _rejected(context, shown, say)
    if table not in sheets:
        raise BadInput("no row of this table is rejected")
    content = {"members": shown.draft.members, "payments": shown.draft.payments}[table] or b""
    if shown.draft.pasted:
        text = rejected_text(sheets[table])
        return RejectedFile(
            name=f"rejected-{table}.tsv", media_type="text/tab-separated-values", content=text.encode("utf-8-sig")
        )
    if content.startswith(b"PK\x03\x04"):
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return RejectedFile(name="rejected.xlsx", media_type=kind, content=rejected_workbook(sheets))
    return RejectedFile(
        name=f"rejected-{table}.csv", media_type="text/csv", content=rejected_csv(sheets[table], content)
    )


def rows_to_mend(context: Context, session: str, say: Callable[[str], str]) -> RowsToMend:
    """The rows of the draft as they would be pasted, the bad ones first, so that these can be mended in place.

    The good ones stay with them as long as they are not applied.
    """
    shown = look(context, session)
    draft, is_whole = shown.draft, not shown.difference.changes_nothing
    sheets = _all_rows(context, shown, say) if is_whole else _rejected(context, shown, say)
    rows = {name: rejected_text(sheet) for name, sheet in sheets.items()}
    return RowsToMend(
        members=rows.get("members", ""),
        payments=rows.get("payments", ""),
        is_whole=is_whole,
        end_missing=is_whole and draft.end_missing,
        ignored=draft.ignored,
    )


def _rejected(context: Context, shown: DraftLook, say: Callable[[str], str]) -> dict[str, Sheet]:
    sheets = {
        name: rejected_rows(table, shown.difference.bad, say=say)
        for name, table in _text_tables(context, shown.draft).items()
    }
    return {name: sheet for name, sheet in sheets.items() if sheet[1]}


def _all_rows(context: Context, shown: DraftLook, say: Callable[[str], str]) -> dict[str, Sheet]:
    return {
        name: rejected_rows(table, shown.difference.bad, say=say, with_good=True)
        for name, table in _text_tables(context, shown.draft).items()
    }


# --- reading a draft --------------------------------------------------------------------------------------------------


def _draft(context: Context, session: str) -> ImportDraft:
    with context.store.reading() as connection:
        draft = drafts.of_session(connection, session, context.who, since=_oldest(context))
    if draft is None:
        raise Refused("what you brought is no longer kept: bring it again", Action.IMPORT_REGISTER.of())
    return draft


def _oldest(context: Context) -> datetime:
    return context.clock.now() - KEPT


def _tables(context: Context, draft: ImportDraft) -> tuple[MembersTable | None, PaymentsTable | None]:
    texts = _text_tables(context, draft)
    ignored = [name.strip().lower() for name in draft.ignored.split(",") if name.strip()]
    check_ignored(ignored, [table.columns for table in texts.values()])
    return (
        members_in(texts["members"], ignored) if "members" in texts else None,
        payments_in(texts["payments"], ignored) if "payments" in texts else None,
    )


def _text_tables(context: Context, draft: ImportDraft) -> dict[str, TextTable]:
    tables = (
        ("members", draft.members_name, draft.members, MEMBER_COLUMNS),
        ("payments", draft.payments_name, draft.payments, PAYMENT_COLUMNS),
    )
    return {
        name: _text_table(context, name, file, content, columns, pasted=draft.pasted)
        for name, file, content, columns in tables
        if content is not None
    }


def _text_table(
    context: Context, name: str, file: str, content: bytes, columns: Sequence[Column], *, pasted: bool
) -> TextTable:
    if not pasted:
        return read_table(file, content, name, None)
    with context.store.reading() as connection:
        languages = languages_of(load_register(connection))
    return pasted_table(_PASTED[name], content.decode(), header_of(columns, languages))


def _has_sheet(table: BroughtTable, name: str) -> bool:
    return table.content.startswith(b"PK\x03\x04") and name in sheet_names(table.name, table.content)
