"""Letters to secretary and operator: plain words in both languages, lines for a telephone, and nothing smuggled in."""

import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.domain.bounce import FailureReason
from mailer.domain.entitlement import EntitlementReason
from mailer.domain.errors import BadInput
from mailer.domain.hold import HoldReason
from mailer.domain.matter import Matter
from mailer.formats.letter import write
from mailer.formats.letter.page import write_page
from mailer.formats.templates import environment
from mailer.pipeline.letters.specimens import load_specimens
from mailer.views import plain_words
from tests.formats.rfc3676 import unflow

TEMPLATES = Path(__file__).parents[3] / "templates"
GOLDEN = Path(__file__).parents[2] / "golden"
LANGUAGES = pytest.mark.parametrize("language", plain_words.LANGUAGES)
SPECIMENS = {specimen.name: specimen for specimen in load_specimens()}


def written(name, language, **changed):
    specimen = SPECIMENS[name]
    return write.write(specimen.kind, language, {**specimen.facts, **changed}, [TEMPLATES])


def a_failed_copy(**changed):
    """A copy as both letters have it."""
    (failed, *_others) = SPECIMENS["daily-letter"].facts["failed"]
    return {**failed, "state": "rejected", "held_reason": "", **changed}


def only(**facts):
    """The reminder's facts with these alone."""
    lists = {name: [] for name, fact in SPECIMENS["daily-letter"].facts.items() if isinstance(fact, list)}
    return {**lists, **{f"{name}_more": 0 for name in lists}, **facts}


def without_styles(page):
    """What a page says, so that a change of the look leaves these files alone."""
    return re.sub(r""" style=("[^"]*"|'[^']*')""", "", page[page.index('<div role="main"') :])


# --- what they say ----------------------------------------------------------------------------------------------------


@LANGUAGES
@pytest.mark.parametrize("name", SPECIMENS)
def test_golden(name, language):
    made = written(name, language)
    page = write_page(made, sender="Russia Confidential", templates=TEMPLATES, template="russia-confidential")
    for content, kind in ((f"Subject: {made.subject}\n\n{made.body}", "txt"), (without_styles(page), "html")):
        kept = GOLDEN / f"letter-{name}.{language}.{kind}"
        if os.environ.get("MAILER_TESTS_GOLDEN") == "write":
            kept.write_text(content, encoding="utf-8")
        assert content == kept.read_text(encoding="utf-8"), "rewrite with `make golden`, and review the difference"


@LANGUAGES
def test_every_reason_has_plain_words_of_its_own(language):
    for table, words in (
        (plain_words.FAILURES, [*FailureReason]),
        (plain_words.HOLDS, [*HoldReason]),
    ):
        said = [table[language][word] for word in words]
        assert len(set(said)) == len(said)
        assert not [
            one for one in said if (one[0].isupper() and not one.startswith(("SPF", "DNS"))) or one.endswith(".")
        ]
    receives = {
        EntitlementReason.PAID,
        EntitlementReason.GRACE,
        EntitlementReason.HONORARY,
        EntitlementReason.COMPLIMENTARY,
    }
    held = {*EntitlementReason} - receives | {"address_changed", "cannot_render", "entitled_again"}
    assert plain_words.HELD_BACK[language].keys() == held
    assert plain_words.held_back("paused", language) != plain_words.held_back("brand_new", language) == "brand_new"


@LANGUAGES
@pytest.mark.parametrize("reason", FailureReason)
def test_each_reason_leads_to_something_to_do(reason, language):
    failed = {**a_failed_copy(), "reason": reason.value, "trouble": plain_words.trouble(reason.value)}
    letter = unflowed(written("daily-letter", language, **only(failed=[failed])))
    assert plain_words.failure(reason.value, language) in letter
    assert "mailer unsent russia-confidential/320 --send" in letter
    assert plain_words.failure(reason.value, language) in unflowed(
        written("distribution-report-quiet", language, missing=[failed])
    )
    alarm = unflowed(written("alarm-content", language, reason=reason.value))
    assert plain_words.failure(reason.value, language) in alarm


@LANGUAGES
@pytest.mark.parametrize("matter", Matter)
def test_each_matter_is_told_with_how_to_close_it(matter, language):
    first = SPECIMENS["daily-letter"].facts["matters"][0]
    told = unflowed(
        written("daily-letter", language, matters=[{**first, "matter": matter.value}], holds=[], uncertain=[])
    )
    assert "Anna Lindqvist" in told
    assert "mailer bounce settle 73" in told
    assert len(told.splitlines()) > 8


@LANGUAGES
@pytest.mark.parametrize("reason", HoldReason)
def test_each_hold_is_told(reason, language):
    (first,) = SPECIMENS["daily-letter"].facts["holds"]
    told = unflowed(written("daily-letter", language, **only(holds=[{**first, "reason": reason.value}])))
    assert plain_words.hold(reason.value, language) in told
    assert "mailer hold lift anna@members.example" in told


@LANGUAGES
def test_an_alarm_of_a_later_version_is_told_all_the_same(language):
    made = write.write("alarm", language, {"cause": "flood", "said": "the cellar is full"}, [TEMPLATES])
    assert "the cellar is full" in made.body


@LANGUAGES
@pytest.mark.parametrize("name", ["distribution-report", "daily-letter"])
def test_what_is_left_out_is_counted_and_has_a_command(name, language):
    for key in SPECIMENS[name].facts:
        if key.endswith("_more"):
            assert "1234" in written(name, language, **{key: 1234}).body, key


@LANGUAGES
@pytest.mark.parametrize("number", [1, 2, 5, 21])
def test_a_digest_says_how_many_items_wait_and_names_no_command_that_changes_anything(number, language):
    letter = unflowed(written("distribution-report", language, waiting=number))
    assert plain_words.plural(number, *(("item", "items") if language == "en" else ("дело", "дела", "дел"))) in letter
    commands = {line.strip() for line in letter.splitlines() if line.strip().startswith("mailer ")}
    assert commands == {"mailer to-do", *(f"mailer {verb} russia-confidential/320" for verb in ("report", "unsent"))}


@LANGUAGES
def test_a_copy_in_doubt_of_a_cancelled_mailing_is_not_offered_again(language):
    (again, closed) = SPECIMENS["daily-letter"].facts["uncertain"]
    letter = written("daily-letter", language, **only(uncertain=[closed])).body
    assert "--as accepted" in letter
    assert "--as resend" not in letter
    # A letter that an earlier version wrote down has not the word, and leaves all the same.
    earlier = {name: fact for name, fact in again.items() if name != "cancelled"}
    assert "--as resend" in written("daily-letter", language, **only(uncertain=[earlier])).body


@pytest.mark.parametrize(
    ("count", "english", "russian"),
    [(1, "copy", "копия"), (2, "copies", "копии"), (5, "copies", "копий"), (11, "copies", "копий"), (21, "copies", "копия"), (112, "copies", "копий"), (0, "copies", "копий")],
)  # fmt: skip
def test_nouns_go_with_their_numbers(count, english, russian):
    assert plain_words.plural(count, "copy", "copies") == f"{count}\u00a0{english}"
    assert plain_words.plural(count, "копия", "копии", "копий") == f"{count}\u00a0{russian}"


# --- how they are written ---------------------------------------------------------------------------------------------


def unflowed(one):
    """The letter as a mail program shows it: a line for each paragraph."""
    return "\n".join(text for _depth, text in unflow(one.body))


@LANGUAGES
@pytest.mark.parametrize("name", SPECIMENS)
def test_lines_are_short_but_for_commands(name, language):
    made = written(name, language)
    assert all(len(line) <= 72 or line.startswith("   mailer ") for line in made.body.splitlines())
    assert "\n\n\n" not in made.body
    assert "{" not in made.body
    assert "None" not in made.body


@given(st.text(max_size=400), st.text(max_size=60), st.sampled_from(plain_words.LANGUAGES))
def test_what_a_server_says_adds_no_line_of_its_own(said, name, language):
    plain = a_failed_copy(said="x", name="y")
    odd = a_failed_copy(said=said or "x", name=name or "y")
    usual, made = (unflowed(written("distribution-report-quiet", language, missing=[copy])) for copy in (plain, odd))
    assert len(made.splitlines()) == len(usual.splitlines())
    assert not re.search("[\u202e\u2066\x00\x1b]", made)


def test_what_a_server_says_at_length_is_cut():
    told = unflowed(written("distribution-report-quiet", "en", missing=[a_failed_copy(said="no " * 1000)]))
    assert len(told) < 2000
    assert "no no no…”" in told


def test_an_address_can_be_typed_as_it_stands():
    failed = a_failed_copy(trouble="other", address="o'hara&co@members.example")
    told = written("daily-letter", "en", **only(failed=[failed]))
    assert """  mailer hold lift 'o'"'"'hara&co@members.example'""" in told.body


# --- templates --------------------------------------------------------------------------------------------------------


def template(folder, text):
    (folder / "system" / "alarm").mkdir(parents=True)
    (folder / "system" / "alarm" / "en.txt.j2").write_text(text)
    return folder


def test_the_clubs_own_template_stands_before_the_shipped_one(tmp_path):
    own = template(tmp_path, "Subject: Ours\n\n{{ said }}\n")
    made = write.write("alarm", "en", {"cause": "flood", "said": "wet"}, [own, TEMPLATES])
    assert (made.subject, made.body) == ("Ours", "wet\n")
    made = write.write("alarm", "ru", {"cause": "flood", "said": "wet"}, [own, TEMPLATES])
    assert made.subject.startswith("ТРЕВОГА")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("No subject\n", "its first line must be `Subject: …`"),
        ("Subject: \n\nx", "its first line must be `Subject: …`"),
        ("Subject: x\n{{ nothing }}", "line 2: 'nothing' is undefined"),
        ("Subject: x\n{% if %}", "line 2"),
    ],
)
def test_a_mistake_in_a_template_is_named(tmp_path, text, said):
    own = template(tmp_path, text)
    with pytest.raises(BadInput) as caught:
        write.write("alarm", "en", {"cause": "flood", "said": "wet"}, [own])
    assert said in str(caught.value)
    with pytest.raises(BadInput, match=r"ru\.txt\.j2 is missing"):
        write.write("alarm", "ru", {}, [own])


def test_the_folder_of_the_letters_is_no_newsletters():
    with pytest.raises(BadInput, match="for the service's own letters"):
        environment(TEMPLATES, "system", autoescape=False)
