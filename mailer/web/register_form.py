"""The forms of the register: their fields, and what becomes of what was typed."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from mailer.domain.membership import Membership, MembershipKind, Seat
from mailer.domain.register_columns import MEMBER_COLUMNS, PAYMENT_COLUMNS, CellType, cell_text, cells_of
from mailer.domain.register_entry import Doubtful, Outdated, RowsRefused, fingerprint
from mailer.pipeline.mailings.changes import planned_changes
from mailer.pipeline.register.browse import circles_of
from mailer.texts import N_
from mailer.views.circulation_change import change_words
from mailer.web.answers import Answer, Show, go, show
from mailer.web.visit import Visit
from mailer.web.words import word

LABELS: Mapping[str, str] = {
    "membership": N_("Membership"),
    "kind": N_("Kind"),
    "organisation": N_("Organisation"),
    "circulation": N_("Circle"),
    "person": N_("Person"),
    "seat": N_("Seat"),
    "name": N_("Name ({language})"),
    "salutation": N_("Salutation ({language})"),
    "email": N_("E-mail address"),
    "languages": N_("Languages"),
    "free_until": N_("Free until"),
    "ended_on": N_("Ended on"),
    "pause_from": N_("Pause from"),
    "pause_until": N_("Pause until"),
    "phone": N_("Telephone"),
    "period_from": N_("First day paid for"),
    "period_to": N_("Last day paid for"),
    "amount": N_("Amount"),
    "currency": N_("Currency"),
    "paid_on": N_("Paid on"),
    "in_full": N_("This pays the whole period, whatever the fee"),
    "reference": N_("Reference"),
}
_HINTS: Mapping[str, str] = {
    "languages": N_("Two letters each, as in en, ru or en+ru; empty: the newsletter’s first."),
    "seat": N_("1 or 2 on a corporate membership; empty: the next free one."),
    "free_until": N_("For honorary and complimentary members; empty: without an end."),
    "ended_on": N_("Empty while the person has the seat."),
    "amount": N_("With a minus for money paid back."),
}
_LANGUAGES: Mapping[str, str] = {"en": N_("English"), "ru": N_("Russian")}
# The order on the pages: what is asked for most stands first.
PERSON_FIELDS = ("name", "salutation", "email", "phone", "languages", "seat", "ended_on", "pause_from", "pause_until")
NEW_PERSON_FIELDS = ("person", *PERSON_FIELDS[:6])
MEMBERSHIP_FIELDS = ("kind", "organisation", "circulation", "free_until")
NEW_MEMBERSHIP_FIELDS = ("membership", *MEMBERSHIP_FIELDS)
PAYMENT_FIELDS = ("period_from", "period_to", "amount", "currency", "paid_on", "in_full", "reference")
_COLUMNS = {column.name: column for column in (*MEMBER_COLUMNS, *PAYMENT_COLUMNS)}
_DATES = frozenset({CellType.DATE, CellType.OPTIONAL_DATE})


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """A field of a form. With `options` it is a choice, without it a box for a line, a day or a yes."""

    name: str
    label: str
    type: str
    value: str
    hint: str = ""
    error: str = ""
    required: bool = False
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictRow:
    """A cell that another person has changed: what the register has now, and what was typed."""

    label: str
    now: str
    typed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterForm:
    """A form: what it says, its fields with their values, and the version and the cells of the record it was read from."""

    title: str
    lede: str
    button: str
    back: str
    names: tuple[str, ...]
    values: Mapping[str, str]
    version: str = ""
    was: Mapping[str, str] = field(default_factory=dict)
    danger: bool = False
    needed: frozenset[str] = frozenset()  # fields that may be empty elsewhere


def texts_of(record: Membership | Seat) -> dict[str, str]:
    """The record's cells as they are typed."""
    return {name: cell_text(cell) for name, cell in cells_of(record).items()}


def names_in(visit: Visit, columns: Iterable[str], cells: Iterable[str] = ()) -> tuple[str, ...]:
    """The names of the fields: a column that stands once for each language is a field for each, known ones too."""
    languages = dict.fromkeys(language for each in visit.context.newsletters.values() for language in each.languages)
    names = dict[str, None]()
    for name in columns:
        if not _COLUMNS[name].per_language:
            names[name] = None
            continue
        names |= dict.fromkeys(f"{name}_{language}" for language in languages)
        names |= dict.fromkeys(cell for cell in cells if cell.rpartition("_")[0] == name)
    return tuple(names)


def label_of(visit: Visit, name: str) -> str:
    """What a column is called on the pages."""
    head, _, language = name.rpartition("_")
    if head in LABELS and _COLUMNS[head].per_language:
        return visit.text(LABELS[head], language=visit.text(_LANGUAGES.get(language, language)))
    return visit.text(LABELS.get(name, name))


def fields_of(
    visit: Visit,
    names: Iterable[str],
    values: Mapping[str, str],
    errors: Mapping[str, str],
    needed: Collection[str] = (),
) -> list[FormField]:
    """The fields with these values and errors."""
    return [_field(visit, name, values.get(name, ""), errors.get(name, ""), name in needed) for name in names]


def _field(visit: Visit, name: str, value: str, error: str, needed: bool) -> FormField:
    column = _COLUMNS.get(name)
    kind = "date" if column and column.type in _DATES else "email" if name == "email" else "text"
    options: tuple[tuple[str, str], ...] = ()
    if name == "kind":
        options = tuple((str(each), word(each, visit.texts)) for each in MembershipKind)
    elif name == "circulation":
        # The first stands there until another is chosen: one to which a newsletter goes.
        options = tuple((circle, circle) for circle in dict.fromkeys([*circles_of(visit.context), value]) if circle)
    elif name == "in_full":
        kind = "tick"
    return FormField(
        name=name,
        label=label_of(visit, name),
        # What is no day cannot stand in a box for days: it stays as it was typed.
        type="text" if error or name == "email" else kind,
        value=value,
        hint=visit.text(_HINTS[name]) if name in _HINTS and not needed else "",
        error=error,
        required=needed or (column is not None and column.required),
        options=options,
    )


def typed_in(visit: Visit, names: Iterable[str]) -> dict[str, str]:
    """The typed cells with these names; what the form does not have is left out."""
    cells = {name: visit.form[name] for name in names if name in visit.form}
    return {**cells, "in_full": visit.form["in_full"]} if "in_full" in names else cells


def show_form(
    visit: Visit,
    form: RegisterForm,
    *,
    status: int = 200,
    errors: Mapping[str, str] | None = None,
    problem: str = "",
    warnings: Sequence[str] = (),
    accepted: str = "",
    conflict: Sequence[ConflictRow] = (),
) -> Show:
    """The form, with what is wrong with what was typed."""
    return show(
        "register/form.html",
        status,
        form=form,
        fields=fields_of(visit, form.names, form.values, errors or {}, form.needed),
        problem=problem,
        warnings=warnings,
        accepted=accepted,
        conflict=conflict,
    )


def enter(
    visit: Visit, form: RegisterForm, deed: Callable[[dict[str, str], str, str], object], *, to: str, notice: str
) -> Answer:
    """Do the deed with what was typed, the version of the form and the accepted warnings.

    What is refused shows the form again with what was typed: with the error of each field, with the warnings to be
    accepted, or (412) with what another person has written meanwhile.
    """
    typed = typed_in(visit, form.names)
    was = {name: visit.form[f"was_{name}"] for name in form.names if f"was_{name}" in visit.form}
    again = replace(form, values=typed, version=visit.form["version"], was=was)
    try:
        deed(typed, visit.form["version"], visit.form["accepted"])
    except RowsRefused as refused:
        errors = {fault.column: visit.texts.sentence(fault.reason) for fault in refused.bad}
        elsewhere = [f"{label_of(visit, name)}: {why}" for name, why in errors.items() if name not in form.names]
        problem = " ".join([visit.text("Nothing was entered: correct what is marked."), *elsewhere])
        return show_form(visit, again, status=422, errors=errors, problem=problem)
    except Doubtful as doubtful:
        warnings = [visit.texts.sentence(warning) for warning in doubtful.warnings]
        return show_form(visit, again, status=409, warnings=warnings, accepted=doubtful.digest)
    except Outdated as outdated:
        return _show_conflict(visit, again, outdated)
    return go(to, "\n".join([notice, *plan_lines(visit)]))


def _show_conflict(visit: Visit, form: RegisterForm, outdated: Outdated) -> Show:
    """Both versions beside each other; the form has the new version, so that sending it again is a decision.

    A field that was not touched takes what the register has now.
    """
    now = texts_of(outdated.current) if outdated.current is not None else {}
    touched = {name: typed for name, typed in form.values.items() if form.was.get(name) != typed}
    rows = [
        ConflictRow(label=label_of(visit, name), now=now.get(name, ""), typed=typed)
        for name, typed in form.values.items()
        if now.get(name, "") != typed
    ]
    values = {name: now.get(name, "") for name in form.names} | touched
    shown = replace(form, values=values, version=fingerprint(outdated.current), was=now)
    return show_form(visit, shown, status=412, problem=visit.sentence(outdated), conflict=rows)


def plan_lines(visit: Visit) -> list[str]:
    """Every planned mailing that would now be another, with the people for whom it would."""
    changes = planned_changes(visit.context)
    return [visit.texts.sentence(line) for change in changes for line in change_words(change)]
