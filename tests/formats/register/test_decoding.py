"""The encoding of a CSV file: found by its words and named, or asked for."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.domain.errors import BadInput
from mailer.formats.register.decoding import Decoded, decode

RUSSIAN = ("Анна Линдквист", "Иван Петрович Соколов", "Ольга Сергеевна Белова", "Пётр Щукин", "Юлия Яновская")
FRENCH = ("Hélène Lefèvre", "François Dupré", "Benoît Lemaître", "Zoë Delacroix", "Thérèse Gonçalves")
GERMAN = ("Jürgen Groß", "Käthe Schröder", "Günther Weiß", "Bärbel Jäger")
POLISH = ("Łukasz Wójcik", "Agnieszka Dąbrowska", "Michał Kamiński", "Żaneta Świątek")
CZECH = ("Jiří Dvořák", "Růžena Šťastná", "Lukáš Černý", "Božena Němcová")
UKRAINIAN = ("Олена Їжак", "Євген Гончаренко", "Ірина Шевченко", "Юрій Коваль")
SERBIAN = ("Ђорђе Петровић", "Љиљана Јовановић", "Жељко Њагуљ")
SPANISH = ("José Núñez", "María Peña", "Sofía Muñoz")


def table(names: tuple[str, ...]) -> str:
    rows = [f"M{n};individual;P{n};{name};Dear {name};p{n}@example.org" for n, name in enumerate(names)]
    return "\r\n".join(["membership;kind;person;name_ru;salutation_en;email", *rows, ""])


@pytest.mark.parametrize(
    ("names", "encoding"),
    [
        *((RUSSIAN, page) for page in ("cp1251", "koi8-r", "mac-cyrillic", "cp866", "iso-8859-5")),
        *((UKRAINIAN, page) for page in ("koi8-u", "mac-cyrillic")),
        *((SERBIAN, page) for page in ("cp1251", "iso-8859-5")),
        *((FRENCH, page) for page in ("cp1252", "iso-8859-1", "mac-roman", "cp850")),
        *((GERMAN, page) for page in ("cp1252", "iso-8859-1", "mac-roman", "cp850")),
        *((SPANISH, page) for page in ("cp1252", "mac-roman")),
        *((POLISH, page) for page in ("cp1250", "iso-8859-2", "mac-latin2", "cp852")),
        *((CZECH, page) for page in ("cp1250", "iso-8859-2", "mac-latin2", "cp852")),
    ],
)
def test_a_code_page_is_found_and_named(names, encoding):
    decoded = decode("members.csv", table(names).encode(encoding), None)
    assert decoded.text == table(names)
    [note] = decoded.remarks if encoding == "cp1251" else decoded.warnings
    assert note.startswith("members.csv is read as")
    assert any(word in note for word in " ".join(names).split())


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("M1;50\u00a0000,00;RUB", "cp1251"),
        ("M1;50\u00a0000;RUB", "mac-roman"),
        ("M1;O’Brien;x", "cp1252"),
        ("M1;O’Brien;x", "mac-roman"),
        ("M1;INV №5;x", "cp1251"),
        ("M1;500 €;x", "cp1252"),
        ("M1;Café “Roma” – Zürich", "cp1252"),
        ("«Дом»;М.\u00a0Ю.\u00a0Ким", "cp1251"),
        ("кв. 5а;д. 12б", "cp1251"),
        ("ИП КИМ;ООО ДОМ", "cp1251"),
        ("ИВАНОВ;ПЕТРОВ", "koi8-r"),
    ],
)
def test_a_few_signs_and_letters_are_enough(text, encoding):
    assert decode("members.csv", text.encode(encoding), None).text == text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_utf8_needs_no_note(encoding):
    assert decode("members.csv", table(RUSSIAN).encode(encoding), None) == Decoded(
        text=table(RUSSIAN), encoding=encoding
    )


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-16-le", "utf-16-be"])
def test_utf16_is_read_with_and_without_its_mark(encoding):
    decoded = decode("members.csv", table(RUSSIAN).encode(encoding), None)
    assert decoded.text == table(RUSSIAN)
    assert "UTF-" in decoded.remarks[0]


def test_a_file_that_can_be_read_in_two_ways_is_refused_with_the_choices():
    with pytest.raises(BadInput, match="can be read as") as refused:
        decode("members.csv", "name;Noël".encode("cp850"), None)
    assert "Noël" in str(refused.value)
    assert [remedy.subjects for remedy in refused.value.remedies] == [("cp850",), ("mac-roman",)]
    assert decode("members.csv", "name;Noël".encode("cp850"), "cp850") == Decoded(text="name;Noël", encoding="cp850")


def test_the_address_decides_between_two_readings():
    content = "Noël;noel@example.org".encode("cp850")
    assert decode("members.csv", content, None).text.startswith("Noël")


@pytest.mark.parametrize(
    ("content", "encoding", "said"),
    [
        (b"a\nb\xff", "utf-8", "line 2: the byte FF is not UTF-8"),
        (b"a", "no-such", "no-such is not an encoding"),
        (b"a", "rot13", "rot13 is not an encoding"),
        (b"a\r\rb\0", None, "line 3: it has a NUL byte"),
        ("Анна".encode() + b"\xd0", None, "the byte D0 is not UTF-8, though most of the file is"),
        ("山田太郎;鈴木一郎".encode("shift-jis"), None, "is neither XLSX nor CSV in a known encoding"),
    ],
)
def test_what_cannot_be_decoded_is_refused_by_line(content, encoding, said):
    with pytest.raises(BadInput, match=said):
        decode("members.csv", content, encoding)


@given(st.permutations(RUSSIAN), st.integers(1, 5))
def test_cp1251_is_not_taken_for_broken_utf8(names, count):
    text = table(tuple(names[:count]))
    assert decode("members.csv", text.encode("cp1251"), None).text == text


def test_a_long_run_of_signs_is_read_in_time():
    began = process_time()
    decode("members.csv", "membership,name_ru\nM1,Анна Линдквист\n".encode("cp1251") + b"\x93" * 200_000, None)
    assert process_time() - began < 6  # a copy of the rest at every sign takes an hour
