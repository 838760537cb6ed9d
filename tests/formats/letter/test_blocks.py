"""A letter's lines become blocks by what the template says alone: no value has a form of its own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.domain import issue_tree as tree
from mailer.formats.letter import write
from mailer.formats.letter.blocks import read_blocks
from mailer.formats.letter.lines import as_button, marked, read_lines

HOSTILE = [
    "*x*", "[a](http://evil.example)", "<b>", "| a |", "::: x", "- x", "# x", "ALL IN CAPITALS", "  mailer drop all",
    "a: b", "Subject: x", "---", "> x", "https://evil.example/", "boss@evil.example", "{{ x }}", "https://slot.invalid/name",
]  # fmt: skip


def blocks(text, **given):
    return read_blocks(read_lines(text, **given))


def words(text):
    return (tree.Text(text),)


def test_a_number_stays_with_its_sign():
    copies = blocks(f"- экземпляр № {marked(3)}\n- copy No. {marked(4)}, No. 5. No. Not here\n")
    assert copies == (
        tree.ListBlock(
            (
                (tree.Paragraph((*words("экземпляр №\u00a0"), *words("3"))),),
                (tree.Paragraph((*words("copy No.\u00a0"), *words("4"), *words(", No.\u00a05. No. Not here"))),),
            )
        ),
    )


def test_each_form_of_a_line():
    read = blocks(
        "# A heading\n\nSome words\nin two lines\n\n- one\n\n- two\n\n  mailer check\n  mailer status x\n\nThree people:\n"
        f"  paid: {marked(2)}\n  owing ({marked('why: so')}): {marked(1)}\n"
    )
    assert read == (
        tree.Heading(2, words("A heading")),
        tree.Paragraph((*words("Some words"), tree.LineBreak(), *words("in two lines"))),
        tree.ListBlock(((tree.Paragraph(words("one")),), (tree.Paragraph(words("two")),))),
        tree.Commands(("mailer check", "mailer status x")),
        tree.Table(
            caption="Three people:",
            head=(),
            rows=(
                (words("paid"), words("2")),
                ((tree.Text("owing ("), tree.Text("why: so"), tree.Text(")")), words("1")),
            ),
            align=(tree.Align.LEFT, tree.Align.RIGHT),
        ),
    )


def test_a_line_in_capitals_that_stands_alone_is_a_heading_as_in_earlier_templates():
    assert blocks("COPIES THAT CAME BACK\n\nx") == (
        tree.Heading(2, words("COPIES THAT CAME BACK")),
        tree.Paragraph(words("x")),
    )
    assert blocks("ВНИМАНИЕ (на английском)") == (tree.Heading(2, words("ВНИМАНИЕ (на английском)")),)
    for text in ("SPF\nDKIM", "Not ALL", marked("DROP ALL"), f"STOP {marked('X')}", "320 / 47"):
        assert not any(isinstance(block, tree.Heading) for block in blocks(text)), text


def test_a_heading_is_in_capitals_in_plain_text_but_for_what_stands_in_parentheses():
    (line,) = read_lines("# Обратите внимание (на английском)")
    assert line.text == "ОБРАТИТЕ ВНИМАНИЕ (на английском)"


def test_the_words_before_an_address_are_a_button_and_the_address_a_line_of_the_text():
    page = "https://letter.club.example/confirm/d1"
    text = f"  Confirm this address: {as_button(page)}"
    assert blocks(text) == (
        tree.Section("button", (tree.Paragraph((tree.Link(page, words("Confirm this address")),)),)),
    )
    (line,) = read_lines(text)
    assert line.text == f"  Confirm this address:\n  {page}"
    with pytest.raises(ValueError, match="no address of a page"):
        as_button("javascript:alert(1)")


def test_an_address_that_stands_alone_as_in_earlier_templates_is_a_link():
    page = "https://letter.club.example/confirm/d1"
    assert blocks(f"  {marked(page)}") == (tree.Paragraph((tree.Link(page, words(page)),)),)
    (paragraph,) = blocks(f"Write to {marked('o’hara&co@club.example')}.")
    assert paragraph.children[1] == tree.Link(
        "mailto:o%E2%80%99hara%26co@club.example", words("o’hara&co@club.example")
    )


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("template", ["{}", "- {}", "  mailer hold lift {}", "  label: {}", "Words {} more", "# Of {}"])
def test_no_value_has_a_form_of_its_own(template, value):
    plain = blocks(template.format(marked("Anna")))
    odd = blocks(template.format(marked(value)))
    assert forms(odd) == forms(plain)
    assert tree.visible_text(odd) == tree.visible_text(plain).replace("Anna", value)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1).filter(lambda text: text.strip() == text))
def test_whatever_the_value(value):
    for template in ("{}", "- {}\n- x", "  mailer hold lift {}", "  label: {}", "Words\n\n{}\n\nmore"):
        plain, odd = (blocks(template.format(marked(given))) for given in ("Anna", value))
        assert forms(odd) == forms(plain)


def forms(read):
    """The blocks without words; an address is a link, wherever it stands."""
    match read:
        case tuple():
            return [forms(part) for part in read if not isinstance(part, tree.Text | tree.Link)]
        case tree.Section(kind, children):
            return [kind, forms(children)]
        case tree.ListBlock(items):
            return ["list", forms(items)]
        case tree.Paragraph(children) | tree.Heading(_, children):
            return [type(read).__name__, forms(children)]
        case tree.Table(_, _, rows):
            return ["table", len(rows)]
        case _:
            return type(read).__name__


def test_marks_that_a_filter_has_torn_apart_say_nothing():
    torn = marked("# x")[:2]
    assert blocks(torn) == (tree.Paragraph(words("#")),)


def test_commands_are_written_as_people_type_them_here():
    read = blocks(f"  {marked('mailer report x')}\n\nSee `mailer check`.", command="club-mailer")
    assert read == (
        tree.Commands(("club-mailer report x",)),
        tree.Paragraph(words("See `club-mailer check`.")),
    )


@pytest.mark.parametrize("value", HOSTILE)
def test_a_template_says_what_a_letter_is_and_a_fact_never_does(value, tmp_path):
    folder = tmp_path / "system" / "alarm"
    folder.mkdir(parents=True)
    (folder / "en.txt.j2").write_text(
        "{% macro entry(one) %}- {{ one }}: {{ one }}.{% endmacro %}\nSubject: {{ said }}\n\n{{ said }}\n\n{{ entry(said) }}\n"
    )
    letter = write.write("alarm", "en", {"said": value}, [tmp_path])
    value = value.strip()
    assert letter.subject == value
    assert letter.body.startswith(f" {value}\n" if value.startswith(">") else f"{value}\n")
    paragraph, items = letter.blocks
    assert isinstance(paragraph, tree.Paragraph)
    assert isinstance(items, tree.ListBlock)
    assert tree.visible_text(letter.blocks) == f"{value}\n{value}: {value}."
