"""A copy is shown as its reader would get it, byte for byte what would be sent; two readers' copies are compared."""

import pytest

from mailer.domain.edition import ALL_VARIANTS, Terms, Variant, Wording
from mailer.domain.errors import NotFound, Refused
from mailer.formats.message.browsed import Scheme, browsed_html, unwrapped
from mailer.pipeline.issues.specimen import MADE_UP
from mailer.pipeline.mailings.plan import plan_mailing
from mailer.pipeline.mailings.preview import Reader, compare_copies, preview_copy
from tests.club import ISSUE, Club, Member, import_register, members, pull_issues

SHOWN = {"insert": {"show": "always"}}


@pytest.fixture
def club(tmp_path):
    return Club.found(tmp_path, SHOWN)


@pytest.fixture
def pulled(app):
    import_register(app, [*members(2), Member(number=3, paid=0)])
    pull_issues(app)
    return app


def test_before_a_plan_a_person_is_shown_what_they_would_get(pulled):
    copy = preview_copy(pulled.context, ISSUE, Reader(person="P001"), "en")
    assert copy.copy_number == 0
    for part in (copy.html, copy.text):
        assert "Reader001" in part
        assert "Reader002" not in part


def test_after_the_plan_it_is_the_planned_copy(pulled):
    plan_mailing(pulled.context, ISSUE)
    copy = preview_copy(pulled.context, ISSUE, Reader(person="P002"), "en")
    assert copy.copy_number == 2
    assert "Copy No. 2" in copy.text


@pytest.mark.parametrize("planned", [False, True])
def test_no_byte_is_made_for_a_person_who_is_not_entitled(pulled, planned):
    if planned:
        plan_mailing(pulled.context, ISSUE)
    with pytest.raises(Refused, match=r"P003 Reader003 is not entitled"):
        preview_copy(pulled.context, ISSUE, Reader(person="P003"), "en")


def test_masked_nothing_of_the_person_is_shown(pulled):
    plan_mailing(pulled.context, ISSUE)
    copy = preview_copy(pulled.context, ISSUE, Reader(person="P002", masked=True), "en")
    assert copy.copy_number == 0
    assert MADE_UP["en"][0] in copy.text
    assert not [word for word in members(1, 2)[0].words if word in copy.html + copy.text]
    with pytest.raises(Refused) as refused:
        preview_copy(pulled.context, ISSUE, Reader(person="P003", masked=True), "en")
    assert "Reader003" not in str(refused.value)


@pytest.mark.parametrize("variant", ALL_VARIANTS)
def test_a_made_up_reader_is_shown_each_variant(pulled, variant):
    copy = preview_copy(pulled.context, ISSUE, Reader(variant=variant), "en")
    assert copy.variant.plain == variant
    assert "Jane Example" in copy.text


def test_who_or_what_is_not_there_is_not_found(pulled):
    with pytest.raises(NotFound):
        preview_copy(pulled.context, ISSUE, Reader(person="P999"), "en")
    with pytest.raises(Refused, match="no text in 'ru', only in: en"):
        preview_copy(pulled.context, ISSUE, Reader(), "ru")


def test_only_the_lines_that_differ_are_compared(pulled):
    plan_mailing(pulled.context, ISSUE)
    pairs = compare_copies(pulled.context, ISSUE, Reader(person="P001"), Reader(person="P002"), "en")
    assert all(pair.left != pair.right for pair in pairs)
    assert any("Friend001" in pair.left and "Friend002" in pair.right for pair in pairs)
    assert len(pairs) == 3  # the facts of the masthead, the salutation and the copy line
    assert compare_copies(pulled.context, ISSUE, Reader(person="P001"), Reader(person="P001"), "en") == ()


def test_the_rules_for_dark_screens_are_on_or_off(pulled):
    copy = preview_copy(
        pulled.context, ISSUE, Reader(variant=Variant(terms=Terms.CORPORATE, wording=Wording.AHEAD)), "en"
    )
    dark, light = (browsed_html(copy.html, copy.pictures, scheme) for scheme in (Scheme.DARK, Scheme.LIGHT))
    assert "prefers-color-scheme" in copy.html
    assert "prefers-color-scheme" not in dark + light
    assert "@media (min-width: 0)" in dark
    assert "@media (max-width: 0)" in light
    assert 'content="dark"' in dark
    assert 'content="light"' in light


def test_a_flowed_paragraph_is_one_line():
    assert unwrapped("one \ntwo\n\n-- \nname\n from \nhere\n") == ["one two", "", "-- ", "name", "from here", ""]
