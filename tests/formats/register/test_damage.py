"""Text that a program has damaged is named; ordinary text is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.formats.register.damage import find_damage, repaired

NAMES = [
    "Анна Линдквист",
    "Hélène Müller",
    "Jiří Dvořák",
    "Łukasz Wójcik",
    "Ђорђе Петровић",
    "Әсел Қайратқызы",
    "Олена Їжак",
]


@pytest.mark.parametrize(
    "text",
    ["#N/A", "#REF!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#VALUE!", "#SPILL!", "#CALC!", "#GETTING_DATA",
     "#Н/Д", "#ССЫЛКА!", "#ИМЯ?", "#ДЕЛ/0!", "#ПУСТО!", "#ЧИСЛО!", "#ЗНАЧ!", "#NV", "#BEZUG!", "#WERT!", "#ZAHL!",
     "#NOM?", "#VALEUR!", "#N/D", "#¿NOMBRE?", "#¡VALOR!", "#ADR!", "#DZIEL/0!", "#ODKAZ!", "#HODNOTA!", "#ÜBERLAUF!",
     "Err:502", "########", "Dear #N/A", "#N/A,", "Уважаемый #ЗНАЧ!"],
)  # fmt: skip
def test_errors_of_excel_are_named_in_every_language(text):
    assert "an error of Excel" in (find_damage(text) or "")


@pytest.mark.parametrize(
    "text",
    [*NAMES, "", "№ 5", "#1", "C# club", "#Hashtag", "Dear #1", "Is it so?", "R&D", "INV-2018-001", "a@example.org",
     "'=SUM(A1)", "50 000,00", "М. «Ёлка» №3", "O’Brien", "ТЁ", "ЛЁ №1", "Zoë", "РОССИЯ", "Straße", "¿Qué?", "1=1",
     "#", "##", "x_x", "E+05", "1E5", "INV-1E-5", "=?utf-8?q?x?=", "= ours", "_x0_", "Ä.Ö.Ü.", "Æ", "Ã", "São João", "Åse Ærø", "RÉPUBLIQUE FRANÇAISE", "ÐÞ", "₽ 500", "Ёё",
     "Мaria", "Аннa", "VKонтакте", "ТехноNICOL", "iКапитал", "DuPont", "McÉwan", "ООО «ТрансТелеКом»", "ВымпелКом",
     "ЗАО ПромСвязьБанк", "MÜLLER", "José MARTÍNEZ", "O’Connor", "d’Été", "Жан-Поль", "Nguyễn Văn Anh", "渡辺 謙"],
)  # fmt: skip
def test_ordinary_text_is_whole(text):
    assert find_damage(text) is None


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("page", ["cp1252", "cp1251", "latin-1", "mac-roman", "cp437"])
@pytest.mark.parametrize("times", [1, 2])
def test_utf8_that_was_misread_is_named_with_what_it_says(name, page, times):
    garbled = name
    for _ in range(times):
        garbled = "".join(_misread(octet, page) for octet in garbled.encode())
    assert repaired(garbled) == name
    assert name in (find_damage(garbled) or "")


def _misread(octet: int, page: str) -> str:
    return bytes([octet]).decode(page, errors="ignore") or chr(octet)


@pytest.mark.parametrize(
    ("name", "page", "other"),
    [
        ("Hélène Müller", "cp1252", "cp1251"),
        ("Jürgen Groß", "cp1252", "cp1251"),
        ("Иван Петрович Соколов", "koi8-r", "cp1251"),
        ("François Lefèvre", "cp1252", "cp1251"),
        ("Ольга Белова", "cp1251", "koi8-r"),
    ],
)
def test_one_code_page_read_as_another_is_named_with_what_it_says(name, page, other):
    garbled = name.encode(page).decode(other)
    assert f"it probably says {name}" in (find_damage(garbled) or "")


@pytest.mark.parametrize("text", ["M?ller", "????? ???????", "Ann\ufffd", "М?рия"])
def test_lost_letters_are_named(text):
    assert "letters are lost" in (find_damage(text) or "")


@pytest.mark.parametrize("text", ["1E+05", "1.23457E+11", "4,07028E+19", "-2E-05"])
def test_numbers_that_excel_has_shortened_are_named(text):
    assert "a number that Excel has shortened" in (find_damage(text) or "")


@pytest.mark.parametrize("text", ["Ann Smith_x000D_", "_x0007_"])
def test_escaped_characters_are_named(text):
    assert "stands for an invisible character" in (find_damage(text) or "")


@pytest.mark.parametrize(
    "text", ["=DATE(2026,8,31)", "=A1", "=$B$12&C3", "=Sheet2!A1", "='Old list'!B2", "=-A1", '="x"']
)
def test_a_formula_in_words_is_named(text):
    assert f"holds the formula {text}" in (find_damage(text) or "")


WORDS = st.sampled_from(
    ["Анна", "ООО", "«Ёлка»", "№5", "–", "ТЁРН", "Їжак", "“Дом”", "съезд…", "Ё", "М.", "і", "в", "СССР"]
)


@given(st.lists(WORDS, max_size=4))
def test_cyrillic_words_are_whole(words):
    assert find_damage(" ".join(words)) is None
