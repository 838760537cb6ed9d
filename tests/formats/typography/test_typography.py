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
        ('he said "a 5" disk" twice', 'he said “a 5" disk” twice'),
        ('"in 2018" and "in 2019"', "“in 2018” and “in 2019”"),
        ("a boat of 6'2\" and 30' of rope, the 1990's", "a boat of 6'2\" and 30' of rope, the 1990’s"),
        ('He said "I left..." and went', "He said “I left…” and went"),
        ('"...and then we sailed," he said, "but the ice..."', "“…and then we sailed,” he said, “but the ice…”"),
        ('"First..." and "second"', "“First…” and “second”"),
        ('"No -" he began', f"“No{N}—” he began"),
        ('"- No," he said', "“— No,” he said"),
        ('the "ice"-"water" line, "in"/"out"', "the “ice”-“water” line, “in”/“out”"),
        ('"He read "The Ferry..." twice"', "“He read ‘The Ferry…’ twice”"),
        ("'...and so' they said", "‘…and so’ they said"),
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
        ("It cost 500 - 1 000", f"It cost 500–1{N}000"),
        ("from 12.07.2018 - 15.07.2018, pp. 9--12", f"from 12.07.2018–15.07.2018, pp.{N}9–12"),
        ("temperature -5 and - 7", "temperature -5 and - 7"),
        ("it fell to - 7, the night - 7 degrees, ice - 7.5 °C", "it fell to - 7, the night - 7 degrees, ice - 7.5 °C"),
        ("x - 2, profit - 5 = 3", "x - 2, profit - 5 = 3"),
        ("The rest - 12 of them - left", f"The rest{N}— 12 of them{N}— left"),
        ('the "Mill" - 3 votes, (ice) - 4', f"the “Mill”{N}— 3 votes, (ice){N}— 4"),
        ("a line\n- 5 apples", "a line\n- 5 apples"),
        ("'He read \"The Mill\" twice' and '\"Ice\" melts'", "‘He read “The Mill” twice’ and ‘“Ice” melts’"),
        ("\"'Nested' words\", \"words 'nested'\"", "“‘Nested’ words”, “words ‘nested’”"),
        ("'tis so in the '90s, \"'tis so\"", "’tis so in the ’90s, “’tis so”"),
        ('"Well -- " he began', f"“Well{N}—” he began"),
        ('"Well --" he began, "-- no"', f"“Well{N}—” he began, “— no”"),
        ("-- A reply", "— A reply"),
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
        ('Он сказал: "Я ушёл..." и вышел', f"Он сказал: «Я{N}ушёл…» и{N}вышел"),
        ("В мае 900, в ноябре - 2350, до - 5", f"В{N}мае 900, в{N}ноябре{N}— 2350, до - 5"),
        ('"Ну..." - сказал он', f"«Ну…»{N}— сказал он"),
        ('"...и тогда мы ушли", - сказал он', f"«…и{N}тогда мы ушли»,{N}— сказал он"),
        ('Журнал "Новое "Время..." сегодня" вышел', "Журнал «Новое „Время…“ сегодня» вышел"),
        ('"— Да", "Нет —"', "«— Да», «Нет —»"),
        ('"Один..."—"два"', "«Один…»—«два»"),
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


# --- quotations whose pairs are known ---------------------------------------------------------------------------------

INNER = {"en": ("“”", "‘’"), "ru": ("«»", "„“")}
WORDS = {"en": ["ferry", "Norland", "2018", "don’t", "the boats’"], "ru": ["паром", "Норландия", "2018", "остров"]}


@st.composite
def quotations(draw, language, depth=0):
    """A quotation as typed, and as it must be printed; it may begin and end with an ellipsis or a dash."""
    opening, closing = INNER[language][depth]
    words = st.sampled_from(WORDS[language])
    parts = [(word, word) for word in draw(st.lists(words, min_size=1, max_size=3))]
    nested = draw(st.integers(0, len(parts))) if depth == 0 and draw(st.booleans()) else None
    if nested is not None:
        parts.insert(nested, draw(quotations(language, depth=1)))
    typed, printed = (" ".join(part[place] for part in parts) for place in (0, 1))
    begin = "" if nested == 0 else draw(st.sampled_from(["", "...", "…", "— ", "—"]))
    end = "" if nested == len(parts) - 1 else draw(st.sampled_from(["", "...", "…", ",", "!", "?..", " —", "—"]))
    return f'"{begin}{typed}{end}"', f"{opening}{begin.replace('...', '…')}{printed}{end.replace('...', '…')}{closing}"


@st.composite
def sentences(draw, language):
    """Some quotations between words and signs."""
    typed, printed = draw(st.sampled_from([("", ""), ("(", "("), ("word ", "word "), ("word: ", "word: ")]))
    for place in range(draw(st.integers(1, 3))):
        between = draw(st.sampled_from([" ", ", ", " word ", ": ", " (see) ", ". "])) if place else ""
        one, other = draw(quotations(language))
        typed, printed = typed + between + one, printed + between + other
    return typed, printed


def without_no_break(text: str) -> str:
    return text.replace(N, " ")


@given(sentences("en"))
def test_english_quotations_pair(sentence):
    assert without_no_break(typeset(sentence[0], "en")) == sentence[1]


@given(sentences("ru"))
def test_russian_quotations_pair(sentence):
    assert without_no_break(typeset(sentence[0], "ru")) == sentence[1]
