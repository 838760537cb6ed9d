"""`mailer check` names the next five times of a newsletter, and those in the night."""

import pytest

from mailer.checking.newsletters import check_fees, check_register, check_times
from mailer.domain.check_result import CheckState
from tests.club import LETTER, Club, import_register, members


def times(club: Club, cron: str, timezone: str = "Europe/London"):
    club.reschedule({"send": {"cron": cron, "timezone": timezone}})
    with club.opened() as app:
        [result] = check_times(app)
    return result


def test_the_next_five_times_are_named(club: Club) -> None:
    result = times(club, "0 10 * * mon-fri")
    assert result.subject == f"{LETTER}: cron"
    assert result.state is CheckState.OK
    assert result.finding == (
        "next Friday 13 July 2018, 10:00 London time (Europe/London), then Mon 16 Jul 2018 10:00, Tue 17 Jul 2018 10:00, "
        "Wed 18 Jul 2018 10:00, Thu 19 Jul 2018 10:00"
    )


@pytest.mark.parametrize(
    ("cron", "timezone", "state"),
    [
        ("59 3 * * *", "Europe/London", CheckState.NOTE),
        ("0 0 * * *", "Europe/London", CheckState.NOTE),
        ("0 4 * * *", "Europe/London", CheckState.OK),
        ("59 23 * * *", "Europe/London", CheckState.OK),
        ("0 2,10 * * *", "Asia/Tokyo", CheckState.NOTE),
    ],
)
def test_a_time_in_the_night_is_noted(club: Club, cron, timezone, state) -> None:
    result = times(club, cron, timezone)
    assert result.ok
    assert result.state is state
    assert ("in the night" in result.finding) == (state is CheckState.NOTE)


def test_a_register_without_people_is_noted(club: Club) -> None:
    with club.opened() as app:
        [empty] = check_register(app)
        import_register(app, [*members(3), *members(1, first=4, more={"email": ""})])
        [filled] = check_register(app)
    assert empty.state is CheckState.NOTE
    assert (filled.state, filled.finding) == (CheckState.OK, "4 people, 1 of them without an address")


def test_fees_of_past_years_are_noted_where_they_are_shown(club: Club) -> None:
    with club.opened() as app:
        assert list(check_fees(app)) == []
    club.reschedule({"insert": {"show": "always"}})
    with club.opened() as app:
        [result] = check_fees(app)
        assert result.state is CheckState.OK
    (club.folder / "schedules" / "fees.toml").write_text("")
    with club.opened() as app:
        [result] = check_fees(app)
    assert (result.state, result.finding) == (CheckState.NOTE, "of no year: renewal notices offer nothing for 2018")
