"""The HTML of letters: the words of the text, the newsletter's look, and nothing that loads or tells."""

import re
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html

from mailer.domain.errors import BadInput
from mailer.formats.letter import write
from mailer.formats.letter.page import write_page
from mailer.pipeline.letters.specimens import load_specimens
from mailer.views import plain_words

TEMPLATES = Path(__file__).parents[3] / "templates"
LANGUAGES = pytest.mark.parametrize("language", plain_words.LANGUAGES)
SPECIMENS = {specimen.name: specimen for specimen in load_specimens()}
SENDER = "Russia Confidential"


def written(name, language, **changed):
    specimen = SPECIMENS[name]
    return write.write(specimen.kind, language, {**specimen.facts, **changed}, [TEMPLATES])


def page_of(letter, templates=TEMPLATES, template="russia-confidential"):
    return write_page(letter, sender=SENDER, templates=templates, template=template)


def main_of(page):
    (main,) = lxml_html.document_fromstring(page).xpath('//*[@role="main"]')
    return main


def tokens(text):
    return re.findall(r"\w+", text.casefold())


@LANGUAGES
@pytest.mark.parametrize("name", SPECIMENS)
def test_it_says_what_the_text_says_below_the_sender_and_the_subject(name, language):
    letter = written(name, language)
    main = main_of(page_of(letter))
    (h1,) = main.iter("h1")
    assert f"{SENDER}: {h1.text}".casefold().endswith(letter.subject.removeprefix(f"{SENDER}: ").casefold())
    shown = " ".join(main.itertext()).replace("·", " ")
    body = re.sub(r"^ +https?://\S+$", "", letter.body, flags=re.MULTILINE)  # a button's address is its link
    assert tokens(shown) == tokens(f"{SENDER} {h1.text} {body}")


@LANGUAGES
@pytest.mark.parametrize("name", SPECIMENS)
def test_it_can_be_read_aloud_and_on_a_phone(name, language):
    page = page_of(written(name, language))
    root = lxml_html.document_fromstring(page)
    main = main_of(page)
    assert (root.get("lang"), main.get("lang"), root.findtext(".//title")) == (
        language,
        language,
        written(name, language).subject,
    )
    assert {int(node.tag[1]) for node in main.iter("h1", "h2", "h3")} <= {1, 2}
    for table in main.iter("table"):
        if table.get("role") != "presentation":
            assert table.findtext("caption")
            assert all(row[0].tag == "th" and row[0].get("scope") == "row" for row in table.iter("tr"))
    assert not root.xpath("//script | //link | //img | //form")
    addresses = [address for _, _, address, _ in root.iterlinks()]
    assert all(address.startswith(("mailto:", "https://letter.club.example/")) for address in addresses)


def test_a_letter_to_a_member_has_a_button_in_place_of_a_long_address():
    for name, fact in (("confirm-address", "confirm"), ("wish-done-stop", "undo")):
        address = SPECIMENS[name].facts[fact]
        (link,) = main_of(page_of(written(name, "en"))).xpath('.//div[@class="is-button"]//a')
        assert link.get("href") == address
        assert "http" not in link.text
        assert f"\n   {link.text}:\n   {address}\n" in written(name, "en").body


def test_each_language_of_a_letter_is_marked():
    letter = write.join([written("not-taken", language) for language in plain_words.LANGUAGES])
    page = page_of(letter)
    (russian,) = main_of(page).xpath('.//*[@lang="ru"]')
    assert "Исправьте это в папке" in "".join(russian.itertext())
    assert "Correct this" not in "".join(russian.itertext())
    assert lxml_html.document_fromstring(page).get("lang") == "en"


names = st.text(max_size=40) | st.sampled_from(
    ["*x*", "[a](http://evil.example)", "<b>x</b>", "| a |", "::: x", "# x", "</td></table>", "&amp;", "@@SLOT:name@@", "{{ x }}", "'\"", "s" * 33 + ".name.text."]
)  # fmt: skip


@settings(max_examples=40)
@given(names, names)
def test_no_name_and_no_words_of_a_server_break_out(name, said):
    copy = {**SPECIMENS["distribution-report"].facts["missing"][0], "name": name or "x", "said": said or "x"}
    usual = {**copy, "name": "x", "said": "x"}
    odd, plain = (written("distribution-report-quiet", "en", missing=[one]) for one in (copy, usual))
    assert elements(page_of(odd)) == elements(page_of(plain))
    assert tokens(" ".join(main_of(page_of(odd)).itertext())) == tokens(f"{SENDER} {odd.subject} {odd.body}")


def elements(page):
    """The elements of a page, but for links: a name that is an address is one."""
    return [node.tag for node in main_of(page).iter() if node.tag != "a"]


# --- the look ---------------------------------------------------------------------------------------------------------


def test_it_has_the_look_of_the_newsletter_that_it_is_sent_for(tmp_path):
    own = tmp_path / "templates"
    shutil.copytree(TEMPLATES, own)
    style = (own / "_base" / "style.css").read_text()
    (own / "russia-confidential" / "style.css").write_text(style.replace("#7a2331", "#123456"))
    letter = written("wish-done-stop", "en")
    assert "#123456" in page_of(letter, own)
    assert "#123456" not in page_of(letter, own, template=None)


def test_a_layout_that_needs_a_copy_and_a_mistake_are_named(tmp_path):
    own = tmp_path / "templates"
    shutil.copytree(TEMPLATES, own)
    layout = own / "_base" / "layout.html.j2"
    text = layout.read_text()
    layout.write_text(text.replace("{{ banner }}", '{{ banner }}<p>{{ slot("copy_number") }}</p>'))
    with pytest.raises(BadInput, match="has a slot, which a letter cannot fill"):
        page_of(written("wish-done-stop", "en"), own)
    layout.write_text(text.replace("{{ banner }}", "{{ banner }}{{ nothing }}"))
    with pytest.raises(BadInput, match="'nothing' is undefined"):
        page_of(written("wish-done-stop", "en"), own)


def test_an_option_of_a_command_is_not_broken_in_two_and_the_look_of_an_earlier_version_has_commands_all_the_same(
    tmp_path,
):
    letter = written("alarm-lost", "en")
    command = "mailer delivery settle russia-confidential/320 --all-uncertain --log FILE --as resend"
    own = tmp_path / "templates"
    shutil.copytree(TEMPLATES, own)
    blocks = own / "_base" / "blocks.html.j2"
    text = blocks.read_text()
    start = text.index("{% macro commands(lines)")
    blocks.write_text(text[:start] + text[text.index("{% macro section") :])
    for page in (page_of(letter), page_of(letter, own)):
        (shown,) = [line for line in main_of(page).iter("p") if "--log" in line.text_content()]
        assert shown.text_content() == command
        whole = [word.text for word in shown.iter("span") if "nowrap" in word.get("style")]
        assert whole == ["russia-confidential/320", "--all-uncertain", "--log", "--as"]
        assert any("monospace" in (around.get("style") or "") for around in (shown, shown.getparent()))
