"""Words that mix alphabets: the wrong letter is named, and the right word where it is clear."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.domain.lookalikes import as_latin, mixed_cells, mixed_words, said_of, slips
from tests.builders import a_membership, a_seat


@pytest.mark.parametrize(
    ("text", "right", "letter"),
    [
        ("Мaria", "Maria", "М is Cyrillic"),
        ("Иванoв", "Иванов", "o is Latin"),
        ("Anna Сope", "Cope", "С is Cyrillic"),
        ("Анна Сора Сopa", "Сора", "o is Latin"),
        ("Αnna", "Anna", "Α is Greek"),
        ("VKонтакте", None, None),
    ],
)
def test_a_mixed_word_is_named_with_the_right_one(text, right, letter):
    [word] = mixed_words(text)
    assert word.right == (right if letter else None)
    assert (letter or "type the word again") in str(word)


@pytest.mark.parametrize(
    ("letter", "alphabet"),
    [("a", "Latin"), ("я", "Cyrillic"), ("χ", "Greek"), ("字", "of another alphabet"), ("ב", "of another alphabet")],
)
def test_a_letter_is_said_to_be_of_its_own_alphabet(letter, alphabet):
    assert said_of(letter) == f"{letter} is {alphabet}"


@pytest.mark.parametrize(
    "text",
    ["Anna Lindqvist", "Анна Линдквист", "IT-компания", "1С", "X5 Ритейл", "ООО «ABC»", "MTS/МТС", "ªº µ", "Şirin Ğ",
     "Ђорђе", "Нұрсұлтан", "Γιώργος", "м. Zoo", "Мʼята", "渡辺", "Nguyễn", "Яндекс.Go"],
)  # fmt: skip
def test_words_of_one_alphabet_are_not_mixed(text):
    assert list(mixed_words(text)) == []


@given(st.text("АВЕКМНОРСТУХаеорсух", min_size=1), st.text("bdfghz", min_size=1))
def test_the_right_word_looks_the_same_and_is_of_one_alphabet(cyrillic, latin):
    [word] = mixed_words(cyrillic + latin)
    assert word.right is not None
    assert word.right.isascii()
    assert as_latin(word.right) == as_latin(cyrillic + latin)


def test_only_new_and_changed_cells_are_looked_at():
    before = a_seat(names={"en": "Мaria", "ru": "Мария"}, salutations={})
    after = a_seat(names={"en": "Мaria", "ru": "Мapия"}, salutations={"en": "Dear Мaria"})
    notes = list(mixed_cells(before, after))
    assert [note.partition(":")[0] for note in notes] == ["name_ru", "salutation_en"]
    [note] = mixed_cells(None, a_membership(organisation="Сbank", circle="сlub"))
    assert note.startswith("organisation: Сbank mixes Cyrillic and Latin letters")


MEANT = [
    "IT-компания",
    "IP-адрес",
    "SMSка",
    "VIPы",
    "BMWшник",
    "PCшник",
    "Googleом",
    "iPhoneы",
    "Telegramа",
    "кВт·ч",
    "μm",
    "ΔT",
    "ЯRUS",
    "2х2",
    "№5",
    "eBay",
    "бóльшая",
    "Wi-Fi-роутер",
    "α-частица",
    "COVID-19",
    "ЕС-27",
    "ESGшный",
    "CEOм",
    "x-лучи",
    "CO₂",
    "МВт",
    "T-Bank'а",
    "М.Видео",
    "LNG-танкер",
    "PDFки",
    "3D",
    "5G-сети",
]
MISTYPED = [
    "Pоссия",
    "MOCКВА",
    "Мoscow",
    "ТикTok",
    "KазМунайГаз",
    "Cо",
    "cудно",
    "стрaхование",
    "Арктикa",
    "премuя",
    "Cевер",
    "хTerm",
    "МAГATЭ",
]


@pytest.mark.parametrize("word", MEANT)
def test_what_is_written_in_two_alphabets_on_purpose_is_no_slip(word):
    assert list(slips(f"Это {word}, слово", "ru")) == []


@pytest.mark.parametrize("word", MISTYPED)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_letter_of_the_other_alphabet_is_a_slip(word, language):
    assert [mixed.word for mixed in slips(f"«{word}», слово", language)] == [word]


def test_words_of_one_alphabet_are_no_slips_beside_those_of_another():
    assert list(slips("The Россия cinema, «Россия» in Moscow", "en")) == []


@given(st.text(alphabet="бгджзлфцчшщъыьэюя", min_size=1), st.sampled_from("AaBCcEeHKMOoPpTXxy"))
def test_any_latin_letter_within_a_cyrillic_word_is_a_slip(word, letter):
    assert [mixed.word for mixed in slips(word + letter + word, "ru")] == [word + letter + word]
