"""schedules/*.toml: every default is the example's, some keys are enough, and every bad file is named with its keys."""

import shutil
import tomllib
from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from mailer.config.schedules import _File, _InsertTexts, load_schedules
from mailer.domain.errors import BadInput
from mailer.domain.every import Every
from mailer.domain.newsletter import InsertShow

SHIPPED = Path(__file__).parents[2] / "schedules"
ID = "russia-confidential"
OPTION = "from = 2018-01-01\nto = 2018-12-31\nyears = 1\nindividual = 50000\ncorporate = 80000\n"


@pytest.fixture
def fees(folder):
    """Reads a fee schedule of these words."""

    def schedule(text):
        (folder / "fees.toml").write_text(text, encoding="utf-8")
        return load_schedules(folder).fees

    return schedule


def refused(read, text):
    with pytest.raises(BadInput) as caught:
        read(text)
    return str(caught.value)


def test_every_default_is_that_of_the_shipped_schedule():
    shipped = tomllib.loads((SHIPPED / f"{ID}.toml").read_text(encoding="utf-8"))
    defaults = {name: type(field.default) for name, field in _File.model_fields.items()}
    keys = {name: {field.alias or key for key, field in table.model_fields.items()} for name, table in defaults.items()}
    # What is different in Russian has no default: a signature that is set without it stands in every language.
    assert set(shipped["insert"].pop("ru")) == set(_InsertTexts.model_fields)
    assert {name: set(table) for name, table in shipped.items()} == keys
    assert _File.model_validate(shipped) == _File()


def test_an_empty_file_is_complete(read, folder):
    empty = read()
    shutil.copyfile(SHIPPED / f"{ID}.toml", folder / f"{ID}.toml")
    assert replace(load_schedules(folder).newsletters[ID], texts={}) == empty


@pytest.mark.parametrize("section", sorted(_File.model_fields))
def test_each_key_of_a_section_may_stand_alone(read, section):
    whole = read()
    lines = (SHIPPED / f"{ID}.toml").read_text(encoding="utf-8").split(f"[{section}]\n")[1].split("\n[")[0].splitlines()
    for line in lines:
        if line.strip():
            assert read(f"[{section}]\n{line}\n") == whole


def test_what_is_written_is_what_counts(read):
    made = read("""
        [newsletter]
        name = "Club Notes"
        from = "Клуб <notes@пример.example>"
        reply_to = "desk@club.example"
        template = "club-notes"
        languages = ["ru"]
        wait_for_all_languages = false
        [source]
        url = "sftp://club@files.example/notes"
        every = "2 h"
        [send]
        cron = "30 9 * * fri"
        timezone = "Europe/London"
        between = "09:00-18:00"
        undo_minutes = 0.5
        canary = 20
        canary_minutes = 90
        [approval]
        required = false
        test_to = ["reader@club.example"]
        [audience]
        circulations = ["centre"]
        grace_days = 30
        [insert]
        show = "when_due"
        due_days = 60
        contact = "The secretary"
        signature = '''The Board
The Club'''
    """)
    assert (made.name, made.template, made.languages, made.wait_for_all_languages) == (
        "Club Notes",
        "club-notes",
        ("ru",),
        False,
    )
    assert made.sender.address.domain == "xn--e1afmkfd.example"
    assert (made.source.url, made.source.every) == ("sftp://club@files.example/notes", Every(timedelta(hours=2)))
    assert (made.schedule.between.opens, made.schedule.between.closes) == (time(9), time(18))
    assert (made.schedule.undo_minutes, made.approval_required, made.grace_days) == (0.5, False, 30)
    assert (made.schedule.canary, made.schedule.canary_minutes) == (20, 90)
    assert made.insert_show is InsertShow.WHEN_DUE
    assert made.insert_signature == "The Board\nThe Club"
    assert [str(one) for one in made.test_to] == ["reader@club.example"]


@pytest.mark.parametrize(
    ("every", "seconds"),
    [("30 s", 30), ("90sec", 90), ("15 min", 900), ("1 hour", 3600), ("2 hours", 7200), ("1 day", 86400)],
)
def test_how_often_to_look(read, every, seconds):
    assert read(f'[source]\nevery = "{every}"').source.every == Every(timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[newsletter]\nnmae = "x"', "[newsletter] nmae is not a setting; allowed here: id, name, from, "),
        ('[newsletter]\nnmae = "x"', "did you mean name?"),
        ('[newsleter]\nname = "x"', "newsleter is not a setting; allowed here: newsletter, source, send, "),
        (
            '[newsletter]\nid = "other"',
            "[newsletter] id: found 'other'; allowed: 'russia-confidential', the file's own name",
        ),
        ('[newsletter]\nid = "Russia"', "[newsletter] id: found 'Russia'; allowed: small letters, digits and hyphens"),
        ('[newsletter]\nname = "a\\nBcc: b@c.example"', "[newsletter] name: "),
        ('[newsletter]\nfrom = "nobody"', "[newsletter] from: found 'nobody'; "),
        ('[newsletter]\nfrom = "A <a@club.example>, B <b@club.example>"', "[newsletter] from: "),
        ('[newsletter]\nfrom = "A\\r\\nBcc: x@club.example <a@club.example>"', "[newsletter] from: "),
        ('[newsletter]\nreply_to = "nobody"', "[newsletter] reply_to: found 'nobody'; "),
        ('[newsletter]\ntemplate = "../private"', "[newsletter] template: found '../private'; allowed: small letters"),
        ("[newsletter]\nlanguages = []", "[newsletter] languages: found []; "),
        ('[newsletter]\nlanguages = "en"', "[newsletter] languages: found 'en'; "),
        ('[newsletter]\nlanguages = ["english"]', "[newsletter] languages.0: found 'english'; "),
        ('[newsletter]\nwait_for_all_languages = "yes"', "[newsletter] wait_for_all_languages: found 'yes'; "),
        ("[newsletter]\nwait_for_all_languages = 1", "[newsletter] wait_for_all_languages: found 1; "),
        ('[source]\nurl = ""', "[source] url: "),
        ('[source]\nevery = "often"', "[source] every: found 'often'; allowed: a number and a unit"),
        ('[source]\nevery = "0 min"', "[source] every: found '0 min'; "),
        ("[source]\nevery = 15", "[source] every: found 15; "),
        (
            '[send]\ncron = "0 10 * * 1-5"',
            "[send] cron: found '0 10 * * 1-5'; allowed: five cron fields, weekdays by name",
        ),
        ('[send]\ncron = "0 10 * * 0"', "[send] cron: found '0 10 * * 0'; "),
        ('[send]\ncron = "0 10 * *"', "[send] cron: found '0 10 * *'; "),
        ('[send]\ncron = "0 0 10 * * mon"', "[send] cron: "),
        ('[send]\ncron = "@daily"', "[send] cron: found '@daily'; "),
        ('[send]\ntimezone = "Moscow"', "[send] timezone: found 'Moscow'; allowed: a time zone such as"),
        ('[send]\ntimezone = ""', "[send] timezone: found ''; "),
        ('[send]\ntimezone = "../../etc/passwd"', "[send] timezone: "),
        ('[send]\nbetween = "9-18"', "[send] between: found '9-18'; allowed: empty, or hours such as"),
        (
            '[send]\nbetween = "09:00-09:00"',
            "09:00 is both the opening and the closing time, so no message would ever leave",
        ),
        ('[send]\nbetween = "00:00-00:00"', "allowed: empty for any time, or hours such as"),
        ('[send]\nbetween = "09:00-24:00"', "[send] between: found '09:00-24:00'; "),
        ("[send]\nnot_after_hours = 0", "[send] not_after_hours: found 0; "),
        ("[send]\nnot_after_hours = inf", "[send] not_after_hours: found inf; "),
        ("[send]\nundo_minutes = -1", "[send] undo_minutes: found -1; "),
        ("[send]\nundo_minutes = true", "[send] undo_minutes: found True; "),
        ("[send]\ncanary = -1", "[send] canary: found -1; "),
        ("[send]\ncanary = 0.5", "[send] canary: found 0.5; "),
        ("[send]\ncanary_minutes = -1", "[send] canary_minutes: found -1; "),
        ('[approval]\nrequired = "no"', "[approval] required: found 'no'; "),
        (
            "[approval]\nrequired = false\nfour_eyes = true",
            "[approval] four_eyes: found True; allowed: true only with ",
        ),
        ('[approval]\neditors = ["editor"]', "[approval] editors.0: found 'editor'; "),
        ('[approval]\ntest_to = "a@club.example"', "[approval] test_to: found 'a@club.example'; "),
        ("[audience]\ngrace_days = -1", "[audience] grace_days: found -1; "),
        ("[audience]\ngrace_days = 1.5", "[audience] grace_days: found 1.5; "),
        (
            '[insert]\nshow = "sometimes"',
            "[insert] show: found 'sometimes'; input should be 'always', 'when_due' or 'never'",
        ),
        ('[insert]\ncontact = "a\\nb"', "[insert] contact: "),
        ("newsletter = 1", "newsletter: found 1; "),
        ("[newsletter", "is not valid TOML: "),
    ],
)
def test_a_bad_key_is_named_with_what_was_found_and_what_is_allowed(read, folder, text, said):
    message = refused(read, text)
    assert said in message
    assert all(line.startswith(str(folder / f"{ID}.toml")) for line in message.splitlines())


@pytest.mark.parametrize("days", ["*", "mon", "mon-fri", "mon,wed,fri", "MON-FRI", "sat-sun,tue"])
def test_weekdays_have_names(read, days):
    assert read(f'[send]\ncron = "0 10 * * {days}"').schedule.cron == f"0 10 * * {days}"


def test_every_bad_file_is_named_and_none_is_taken(folder):
    (folder / "good.toml").write_text('[newsletter]\nid = "good"\n')
    (folder / "bad.toml").write_text('[newsletter]\nid = "worse"\n')
    (folder / "odd.toml").write_text('[newsletter]\nid = "odd"\n[send]\ntimezone = "Nowhere"\ncorn = ""\n')
    (folder / "fees.toml").write_text("[[season]]\nyear = 2018\n")
    with pytest.raises(BadInput) as caught:
        load_schedules(folder)
    message = str(caught.value)
    assert "good.toml" not in message
    assert all(f"{folder / name}: " in message for name in ("bad.toml", "odd.toml", "fees.toml"))
    assert all(key in message for key in ("[newsletter] id", "[send] timezone", "[send] corn"))


def test_a_folder_that_is_not_there_is_named(folder):
    with pytest.raises(BadInput, match=r"is not a folder; see \[paths\] schedules"):
        load_schedules(folder / "gone")


def test_an_empty_folder_has_no_newsletter_and_no_fees(folder):
    (folder / "notes.txt").write_text("not a schedule")
    found = load_schedules(folder)
    assert found.newsletters == {}
    assert found.fees.seasons == ()


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ('""', "found ''; it is empty; "),
        ('"{title} {volume}"', "found '{title} {volume}'; there is no slot {volume}; "),
        ('"{title} № {number"', "found '{title} № {number'; a brace has no partner; "),
        ('"{{title}}"', "a brace has no partner; "),
        ('"{title}\\nBcc: eve@club.example"', "it contains U+000A; "),
        ('"{title}\\r"', "it contains U+000D; "),
        ('"{title}\\u2028"', "it contains U+2028 LINE SEPARATOR; "),
        ('"\\u202E{title}"', "it contains U+202E RIGHT-TO-LEFT OVERRIDE; "),
        ("7", "input should be a valid string"),
    ],
)
def test_a_subject_that_cannot_be_filled_is_named_with_what_is_allowed(read, folder, written, fault):
    said = refused(read, f"[newsletter]\nsubject = {written}\n")
    assert said.startswith(f"{folder / ID}.toml: [newsletter] subject: found ")
    assert fault in said
    if written != "7":
        assert said.endswith(
            'allowed: one line with the slots {name}, {number}, {serial}, {title}, {language}, such as "{title} · № {number} '
            '({serial})"'
        )


@pytest.mark.parametrize(
    "pattern", ["{name} № {number} ({serial}): {title}", "{title}", "[{language}] {title}", "Bulletin"]
)
def test_a_subject_with_known_slots_is_kept_as_it_is_written(read, pattern):
    assert read(f"[newsletter]\nsubject = '{pattern}'\n").subject == pattern


def test_the_shipped_fees_are_read(folder):
    seasons = load_schedules(SHIPPED).fees.seasons
    assert [season.year for season in seasons] == [2025, 2026, 2027]
    first = seasons[0].options[0]
    assert (first.period.first, first.period.last, first.individual) == (
        date(2025, 1, 1),
        date(2025, 12, 31),
        Decimal(56000),
    )
    assert load_schedules(folder).fees.seasons == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[season]]\nyear = 2018\ncurrency = 'RUB'\n", "[[season]] 1 option: field required"),
        ("[[season]]\nyear = 2018\ncurrency = 'RUB'\noption = []\n", "option: found []; "),
        (f"[[season]]\nyear = 2018\ncurrency = 'rub'\n[[season.option]]\n{OPTION}", "currency: found 'rub'; "),
        (f"[[season]]\nyear = '2018'\ncurrency = 'RUB'\n[[season.option]]\n{OPTION}", "year: found '2018'; "),
        (
            f"[[season]]\nyear = 2018\ncurrency = 'RUB'\n[[season.option]]\n{OPTION}discount = 5\n",
            "[[season]] 1 option 1 discount is not a setting; allowed here: from, to, years, individual, corporate",
        ),
        (
            f"[[season]]\nyear = 2018\ncurrency = 'RUB'\n[[season.option]]\n{OPTION.replace('50000', '0')}",
            "individual: found 0; ",
        ),
        (
            f"[[season]]\nyear = 2018\ncurrency = 'RUB'\n[[season.option]]\n{OPTION.replace('50000', '-1')}",
            "individual: found -1; ",
        ),
        (
            f"[[season]]\nyear = 2018\ncurrency = 'RUB'\n[[season.option]]\n{OPTION.replace('50000', 'nan')}",
            "individual: ",
        ),
        (
            f"[[season]]\nyear = 2018\ncurrency = 'RUB'\n[[season.option]]\n{OPTION.replace('2018-12-31', '2017-12-31')}",
            "must not be before `from`",
        ),
        (
            f"[[season]]\nyear = 2018\ncurrency = 'RUB'\n[[season.option]]\n{OPTION.replace('2018-12-31', '2018')}",
            "to: found 2018; ",
        ),
        (f"[[season]]\nyear = 2018\ncurrency = 'RUB'\n[[season.option]]\n{OPTION}" * 2, "a season's year stands twice"),
        ("[season]\nyear = 2018\n", "season: found [season]; write [[season]], there may be several"),
        ("[[saison]]\nyear = 2018\n", "saison is not a setting; allowed here: season"),
    ],
)
def test_bad_fees_are_named(fees, folder, text, said):
    message = refused(fees, text)
    assert said in message
    assert all(line.startswith(f"{folder / 'fees.toml'}: ") for line in message.splitlines())
