import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailer.formats.typography import typeset, typeset_pieces

N = "\u00a0"


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ('"The "Mill" club"', "“The ‘Mill’ club”"),
        ("'Twas in the '90s, wasn't it", "’Twas in the ’90s, wasn’t it"),
        ("the dogs' idea", "the dogs’ idea"),
        ('"rock \'n roll"', "“rock ’n roll”"),
        ("he said 'yes'.", "he said ‘yes’."),
        ('a 5" disk', 'a 5" disk'),
        ('("quoted")', "(“quoted”)"),
        ('""a" b"', "“‘a’ b”"),
        ('so"x"so', "so“x”so"),
        ("one - two -- three", f"one{N}— two{N}— three"),
        ("one--two", f"one{N}— two"),
        ("1914 - 1918, 3--4", "1914–1918, 3–4"),
        ("a – b", f"a{N}– b"),
        ("well-known --once", "well-known --once"),
        ("wait... no....", "wait… no...."),
        ("(c) 2018 The Club", "© 2018 The Club"),
        ("(a) one (b) two (c) Three", "(a) one (b) two (c) Three"),
        ("Article 5(c) Russia and part (c) The third", "Article 5(c) Russia and part (c) The third"),
        ("Photographs (c) 2018 the club", "Photographs © 2018 the club"),
        ("5 - 3 = 2", "5 - 3 = 2"),
        ("It cost 500 - 1 000", "It cost 500 - 1 000".replace("1 0", f"1{N}0")),
        ("from 12.07.2018 - 15.07.2018, pp. 9--12", "from 12.07.2018–15.07.2018, pp. 9–12"),
        ("temperature -5 and - 7", "temperature -5 and - 7"),
        ("rock 'n' roll", "rock ’n’ roll"),
        ("№3, № 4", f"№{N}3, №{N}4"),
        ("50 000 or 1 250 000", f"50{N}000 or 1{N}250{N}000"),
        ("in 2018 500 people", "in 2018 500 people"),
        ("J. R. Hartley", f"J.{N}R.{N}Hartley"),
        ("5 %", f"5{N}%"),
        ('see "https://x.example/a--b..." - it', f"see “https://x.example/a--b...”{N}— it"),
        ("o'hara--x@club.example", "o’hara--x@club.example"),
    ],
)
def test_english(text, printed):
    assert typeset(text, "en") == printed


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ('Клуб "Общество "Мост"" - это мы', f"Клуб «Общество „Мост“»{N}— это мы"),
        ('«Клуб "Мост"»', "«Клуб „Мост“»"),
        ("Дом 'Мост' и д'Артаньян", f"Дом «Мост» и{N}д’Артаньян"),
        ("в Москве и о себе", f"в{N}Москве и{N}о{N}себе"),
        ("12 июля 2018 г. и т. д.", f"12{N}июля 2018{N}г. и{N}т.{N}д."),
        ("А. С. Пушкин, А.С. Пушкин", f"А.{N}С.{N}Пушкин, А.С.{N}Пушкин"),
        ("50 000 руб.", f"50{N}000{N}руб."),
        ("(с) Клуб", "© Клуб"),
        ("пункт 3 (с) Закона, статья 5(с) России", "пункт 3 (с) Закона, статья 5(с) России"),
    ],
)
def test_russian(text, printed):
    assert typeset(text, "ru") == printed


def test_quotes_balance_over_the_pieces_of_a_paragraph():
    assert typeset_pieces(('the "old', " mill", "\" - it's"), "en") == ("the “old", " mill", f"”{N}— it’s")
    assert typeset_pieces(("в ", "Москве -", " лето"), "ru") == (f"в{N}", "Москве -".replace(" -", f"{N}—"), " лето")
    assert typeset_pieces((), "en") == ()


def test_another_language_keeps_its_quotes():
    assert typeset('"Der Klub" - nur 1 000', "de") == f'"Der Klub"{N}— nur 1{N}000'


SCRAPS = st.sampled_from(
    ['"', "'", "«", "»", "„", "“", "”", "‘", "’", " ", " - ", "--", "-", "–", "—", "...", ".", "(c)", "№", "a", "B", "в", "С",
     "12", "000", "5", "%", "г.", "https://x.example/", "q@x.example", "@@SLOT:name@@", "\n", N, "(", ")", "т.", "июля", "\0"],
)  # fmt: skip


@given(st.lists(SCRAPS | st.text(max_size=3), max_size=30).map("".join), st.sampled_from(["ru", "en", "de"]))
@example("'a \"b' c\" 'n\" x'", "ru")
@example("a - - - b", "en")
def test_setting_twice_changes_nothing(text, language):
    once = typeset(text, language)
    assert typeset(once, language) == once


@given(st.lists(SCRAPS.filter(lambda scrap: scrap != "\0"), max_size=12), st.sampled_from(["ru", "en"]))
def test_pieces_stay_as_many(pieces, language):
    assert len(typeset_pieces(pieces, language)) == len(pieces)
