"""What is written in front matter is read as it is written, or refused with its line and what to write."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.domain.errors import BadInput
from mailer.formats.issue import front_matter, front_matter_yaml
from tests.formats.issue.heads import HEAD


def read(**keys):
    lines = "".join(f"{key}: {value}\n" for key, value in (HEAD | keys).items() if value is not None)
    return front_matter.check(front_matter_yaml.split(f"---\n{lines}---\nWords.\n"))


def problems_of(**keys):
    with pytest.raises(BadInput) as refusal:
        read(**keys)
    return str(refusal.value).splitlines()


@pytest.mark.parametrize(
    ("written", "meaning", "remedy"),
    [
        ("012", "reads 10", "write 12"),
        ("0320", "reads 208", "write 320"),
        ("1:30", "reads 90", "write a number"),
        ("0x1F", "reads 31", "write a number"),
        ("0b11", "reads 3", "write a number"),
        ("1_000", "reads 1000", "write 1000"),
        ("+7", "reads 7", "write a number"),
        ("3.0", "is not a number", "write it in figures"),
        ("1e3", "is not a number", "write a number"),
        ("09", "is not a number", "write 9"),
        ("1 000", "is not a number", "write 1000"),
        ("yes", "is not a number", "write a number"),
        ("№ 3", "is not a number", "write a number"),
        ("٣", "is not a number", "write a number"),
    ],
)
def test_a_number_is_plain_figures(written, meaning, remedy):
    [problem] = problems_of(serial=written)
    assert problem.startswith("line 6: serial: '")
    assert meaning in problem
    assert remedy in problem


@given(st.integers(1, 999_999))
def test_plain_figures_are_read(number):
    assert read(serial=number).serial == number


@given(st.from_regex(r"[0-9:_xob+.-]{1,8}", fullmatch=True))
def test_a_number_is_read_as_written_or_refused(written):
    with suppress(BadInput):
        assert str(read(serial=written).serial) == written


@pytest.mark.parametrize(
    ("written", "remedy"),
    [
        ("2030-5-7", "write 2030-05-07"),
        ("17.05.2030", "write 2030-05-17"),
        ("7.5.2030", "write 2030-05-07"),
        ("2030/05/17", "write 2030-05-17"),
        ("2030-02-31", "is not a day of the calendar"),
        ("2030-13-01", "is not a day of the calendar"),
        ("17 May 2030", "write 2030-05-17"),
        ("May 7, 2030", "write 2030-05-07"),
        ("7 мая 2030 г.", "write 2030-05-07"),
        ("2030–05–17", "write 2030-05-17"),
        ("2030\u201105\u201117", "write 2030-05-17"),
        ("31 June 2030", "write it as 2030-12-31"),
        ("03-12-2030", "write it as 2030-12-31"),
        ("2030-05-17T10:00:00", "write it as 2030-12-31"),
        ("20300517", "write it as 2030-12-31"),
        ('"2030-05-17"', "without quotes"),
    ],
)
def test_a_date_is_written_in_one_way(written, remedy):
    [problem] = problems_of(date=written)
    assert problem.startswith("line 9: date: '")
    assert remedy in problem


@pytest.mark.parametrize("written", ["yes", "No", "on", "off", "true", "null", "~", "0x1F", "1_000", "012", "1.10"])
def test_a_text_that_yaml_reads_as_another_thing_is_refused(written):
    [problem] = problems_of(title=written)
    assert problem.startswith(f"line 10: title: '{written}' is not text to YAML, which reads ")
    assert problem.endswith(f'; write "{written}"')
    assert read(title=f'"{written}"').title == written


@pytest.mark.parametrize("written", ["1984", "2030-05-17", "1.5", "1e3", "C# and F#", "#", "R&D"])
def test_a_text_that_yaml_reads_as_it_is_written_is_text(written):
    if written == "#":
        assert problems_of(title=written)[0].startswith("line 10: title: the value is cut at ' #'")
    else:
        assert read(title=written).title == written


@pytest.mark.parametrize(
    ("key", "written", "read_as", "rest"),
    [
        ("title", "The mill #2 and its price", "The mill", "#2 and its price"),
        ("title", '"The mill" #2', "The mill", "#2"),
        ("summary", "#5", "", "#5"),
        ("number", "3 # the third", "3", "# the third"),
        ("copyright", "\n  - Mill Club #1", "Mill Club", "#1"),
    ],
)
def test_a_value_that_yaml_would_cut_is_refused(key, written, read_as, rest):
    [problem] = problems_of(**{key: written})
    assert f"{key}: the value is cut at ' #'" in problem
    assert f"'{read_as}' would be read, without '{rest}'" in problem


@pytest.mark.parametrize(
    ("key", "written", "remedy"),
    [
        ("title", "Mill #2", 'put the whole value in quotes: title: "Mill #2", or the comment on a line of its own'),
        ("title", '"Mill" # draft', "a comment needs a line of its own"),
        ("date", "2030-05-17 # Friday", "a comment needs a line of its own"),
    ],
)
def test_what_to_do_about_a_value_that_yaml_would_cut(key, written, remedy):
    [problem] = problems_of(**{key: written})
    assert problem.endswith(f"; {remedy}")


def test_a_comment_on_its_own_line_is_a_comment():
    assert read(title="The mill\n# ready on Friday\n  # perhaps").title == "The mill"


VALUES = st.text(st.sampled_from("ab Я01:#-_.,!?&*'\"[]{}|>%@`~=\\"), min_size=1, max_size=20)


@given(VALUES)
def test_a_line_of_text_is_read_as_written_or_refused(written):
    try:
        title = read(title=written).title
    except BadInput:
        return
    quoted = written.strip()[:1] in {"'", '"'}
    assert quoted or title == written.strip() or written.strip()[:1] in {"|", ">"}


def test_every_mistake_is_named_at_once():
    problems = problems_of(
        number="03",
        serial=None,
        date="1.2.2030",
        titel="Mill: a story",
        title=None,
        status="Finished",
        Editor="Cy Park",
        summary='"It costs',
    )
    assert [problem.partition(";")[0] for problem in problems] == [
        "'titel' is not a key of the front matter",
        "serial: it is missing",
        "line 4: status: 'Finished' is neither draft nor finished",
        "line 5: number: '03' is not a plain number, and YAML reads 3",
        "line 8: date: '1.2.2030' is not a date as it is written here",
        "line 9: the front matter is not readable YAML: the value has a colon",
        "line 10: 'Editor' is not a key of the front matter",
        "line 11: the front matter is not readable YAML: a quotation mark is not closed",
    ]
    assert problems[-2].endswith("did you mean 'editor'?")
    assert problems[5].endswith('put it in quotes: titel: "Mill: a story"')


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ("title:The mill\n", "line 2: 'title:The mill' has no space after the colon; write 'title: The mill'"),
        ("title The mill\n", "line 2: 'title The mill' is not a key with its value"),
        ("title: a\n\tb: c\n", "line 3: the front matter is not readable YAML"),
        ("title: 'a\n", "line 2: the front matter is not readable YAML: a quotation mark is not closed"),
        ('title: "a" b\n', "line 2: the front matter is not readable YAML: text beside quotation marks"),
        ("title: @a\n", "line 2: the front matter is not readable YAML: the value begins with a sign"),
        ('title: "a\\k"\n', "line 2: the front matter is not readable YAML: a backslash in double quotes"),
        ("title: **a**\n", "line 2: the front matter is not readable YAML: the value begins with a sign"),
        ("title: [a](b)\n", "line 2: the front matter is not readable YAML: text beside quotation marks or brackets"),
        ("status: draft\n  title: a\n", "line 3: the key 'title' is indented; let it begin at the margin"),
        ("# only a comment\n", "the front matter has no keys"),
    ],
)
def test_unreadable_yaml_is_explained(lines, problem):
    with pytest.raises(BadInput) as refusal:
        front_matter.check(front_matter_yaml.split(f"---\n{lines}---\nWords.\n"))
    assert any(line.startswith(problem) for line in str(refusal.value).splitlines())


def test_an_article_above_the_line_that_closes_the_front_matter_is_one_problem():
    article = "".join(f"A sentence {number} about mills.\n\n" for number in range(20))
    with pytest.raises(BadInput) as refusal:
        front_matter.check(front_matter_yaml.split(f"---\nstatus: draft\n\n{article}---\n\nMore.\n"))
    named = [line for line in str(refusal.value).splitlines() if "A sentence" in line]
    assert len(named) == 1
    assert named[0].startswith("line 4: ")
    assert "close the front matter" in named[0]


def test_the_values_of_a_plain_head():
    text = read(authors="\n- name: Ada\n- name: B", copyright="\n- © Mill", kicker="")
    assert (text.number, text.date, text.kicker) == (3, date(2030, 5, 17), "")
    assert [author.name for author in text.authors] == ["Ada", "B"]
    assert text.copyright == ("© Mill",)


def test_a_slot_has_no_place_in_front_matter():
    [problem] = problems_of(title="For @@SLOT:name@@")
    assert (
        problem == "line 10: title: 'For @@SLOT:name@@' looks like a slot of a template; write it without the @ signs"
    )


@pytest.mark.parametrize("first", ["—", "–––", "+++", "```yaml"])
def test_a_first_line_that_is_no_three_hyphens_is_shown(first):
    with pytest.raises(BadInput, match="line 1: the file does not begin with front matter") as refusal:
        front_matter_yaml.split(f"{first}\ntitle: a\n{first}\nWords.\n")
    assert str(refusal.value).endswith(f"in place of '{first}'")
