"""The work of an import and of an export grows with the register and no faster; an import compares once."""

from mailer.formats.register.files import read_members, read_payments
from mailer.formats.register.write import write_members_csv, write_payments_csv
from mailer.pipeline.register.import_export import compare, export_register, import_register
from mailer.store import Store
from tests.counted import calls_of, statements
from tests.pipeline.register.test_import_export import HEADER, PAID, bring, secretary, the_history, the_register

SMALL, LARGE = 1000, 4000


def people_of(count: int) -> bytes:
    rows = (f"M{n:05},individual,P{n:05},reader{n}@club-{n % 50}.example,\n" for n in range(count))
    return (HEADER + "".join(rows)).encode()


def paid_by(count: int) -> bytes:
    rows = (f"M{n:05},2018-01-01,2018-12-31,50000,RUB,{f'INV-{n}' if n % 3 else ''}\n" for n in range(count))
    return (PAID + "".join(rows)).encode()


def differing(store: Store, count: int) -> None:
    compare(
        secretary(store),
        members_table=read_members("members.csv", people_of(count)),
        payments_table=read_payments("payments.csv", paid_by(count)),
        end_missing=None,
    )


def exporting(store: Store) -> None:
    register = export_register(secretary(store))
    write_members_csv(register)
    write_payments_csv(register)


def test_no_step_grows_faster_than_the_register(store):
    difference = [calls_of(lambda count=count: differing(store, count)) for count in (SMALL, LARGE)]
    calls, asked = list[list[int]](), list[int]()
    for count in (SMALL, LARGE):
        with statements(store) as executed:
            steps = [
                calls_of(lambda count=count: bring(store, people_of(count), paid_by(count))),
                calls_of(lambda count=count: bring(store, people_of(count), paid_by(count))),
                calls_of(lambda: exporting(store)),
            ]
        calls.append(steps)
        asked.append(len(executed))
    assert difference[1] <= 4.6 * difference[0]
    assert all(large <= 4.6 * small for small, large in zip(*calls, strict=True))
    assert asked[1] == asked[0]


def test_what_was_shown_is_applied_as_long_as_the_register_is_the_same(store):
    tables = {"members_table": read_members("members.csv", people_of(3)), "payments_table": None, "end_missing": None}
    shown = compare(secretary(store), **tables)
    assert import_register(secretary(store), **tables, skip_bad=False, shown=shown) is shown
    assert import_register(secretary(store), **tables, skip_bad=False, shown=shown).changes_nothing
    assert len(the_register(store).seats) == 3
    assert [verb for verb, _, _ in the_history(store)] == ["import", "import"]
