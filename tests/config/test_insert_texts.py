"""[insert.ru] and its like: the texts of a newsletter in single languages, and which of them are refused."""

import re

import pytest

from mailer.domain.errors import BadInput


def test_a_language_has_texts_of_its_own_and_shares_the_others(read):
    made = read('''
        [newsletter]
        name = "Club Notes"
        [insert]
        contact = "The secretary"
        signature = "The Board"
        [insert.ru]
        name = "Записки клуба"
        signature = """Правление
Клуб"""
    ''')
    russian, english = made.in_language("ru"), made.in_language("en")
    assert (russian.name, russian.insert_contact, russian.insert_signature) == (
        "Записки клуба",
        "The secretary",
        "Правление\nКлуб",
    )
    assert english == made
    assert (english.name, english.insert_contact, english.insert_signature) == (
        "Club Notes",
        "The secretary",
        "The Board",
    )


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('[insert.de]\nsignature = "Der Vorstand"', r"\[insert\.de\]: allowed are the languages of .*: en, ru$"),
        ('[insert.RU]\nname = "x"', r"\[insert\.RU\]: allowed are the languages of"),
        (
            '[insert.ru]\nsignatur = "x"',
            r"\[insert\.ru\] signatur is not a setting; allowed here: name, contact, signature; did you mean signature\?",
        ),
        ("[insert.ru]\nname = 7", r"\[insert\.ru\] name: found 7; input should be a valid string"),
        ('[insert.ru]\ncontact = """a\nb"""', r"\[insert\.ru\] contact: found 'a\\nb'"),
        (
            '[insert]\ncontct = "x"',
            r"\[insert\] contct is not a setting; allowed here: show, .*; did you mean contact\?",
        ),
        ('[insert]\nru = "x"', r"\[insert\] ru is not a setting; allowed here: show, due_days, contact, signature"),
        ('[insert.contact]\nru = "x"', r"\[insert\] contact: input should be a valid string"),
    ],
)
def test_an_unknown_language_or_key_is_named(read, text, named):
    with pytest.raises(BadInput, match=named):
        read(text)


@pytest.mark.parametrize("key", ["name", "contact", "signature"])
@pytest.mark.parametrize("character", ["\u200b", "\u2028", "\u202e", "\\t"])
@pytest.mark.parametrize("table", ["insert.ru", "insert", "newsletter"])
def test_texts_that_copies_could_not_show_are_refused_with_their_key(read, table, key, character):
    key = "classification" if table == "newsletter" and key != "name" else key
    if (table, key) == ("insert", "name"):
        table = "newsletter"
    with pytest.raises(
        BadInput, match=rf"\[{re.escape(table)}\] {key}: .* it contains U\+.*; allowed: .*visible characters"
    ):
        read(f'[{table}]\n{key} = "Записки{character}клуба"')


def test_a_blank_text_of_a_language_is_as_in_the_others(read):
    made = read("""
        [newsletter]
        name = "Club Notes"
        [insert]
        contact = "The secretary"
        signature = "The Board"
        [insert.ru]
        name = "  "
        contact = " "
        signature = " \\n "
    """)
    russian = made.in_language("ru")
    assert (russian.name, russian.insert_contact, russian.insert_signature) == (
        "Club Notes",
        "The secretary",
        "The Board",
    )
