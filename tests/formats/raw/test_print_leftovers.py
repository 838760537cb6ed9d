"""What print leaves behind: page numbers, copy lines, split words, tables of spaces, names spelt two ways."""

from time import process_time

import pytest

from mailer.formats.raw.convert import convert


def body(text: str) -> str:
    return convert(text, newsletter="wheel", language="en").markdown.rpartition("---\n\n")[2].strip()


def defects_of(text: str) -> list[tuple[int, str]]:
    """What was found, but for the keys that these short texts lack."""
    found = convert(text, newsletter="wheel", language="en").defects
    return [(defect.line, defect.what.partition(";")[0]) for defect in found if not defect.what.startswith("no ")]


@pytest.mark.parametrize("page", ["2", "- 2 -", "– 12 –", "Page 3 of 4", "стр. 7", "**3**", "\f2", "3 / 4"])
def test_a_page_number_is_no_word_of_the_sentence(page):
    text = f"The river is low and the\n\n{page}\n\nwheel of the mill stands.\n"
    assert body(text) == "The river is low and the wheel of the mill stands."
    assert (3, "page numbers (line 3)") in defects_of(text)


def test_a_page_number_is_found_inside_a_paragraph_but_a_figure_of_the_text_stays():
    assert (
        body("One and two\n- 3 -\n\fand four.\n\nIt has\n12\nwheels.\n")
        == "One and two and four.\n\nIt has\n12\nwheels."
    )


@pytest.mark.parametrize("bullet", ["•\t", "· ", "  ▪   ", "\uf0b7\t"])
def test_the_bullets_of_a_word_processor_are_list_items(bullet):
    text = f"We saw:\n\n{bullet}ships\n{bullet}boats · rafts\n"
    assert body(text) == "We saw:\n\n- ships\n- boats · rafts"
    assert (3, "bullets of a word processor (lines 3 and 4)") in defects_of(text)


def test_a_line_in_bold_becomes_a_heading():
    text = "**In brief**\n\nLow.\n\n## Dam\n\n**The gate**\nIt holds.\n\n**It is said.**\n\nYes.\n\n**The end**\n"
    mended = "## In brief\n\nLow.\n\n## Dam\n\n### The gate\n\nIt holds.\n\n**It is said.**\n\nYes.\n\n**The end**"
    assert body(f"# Mill\n\n{text}") == mended
    assert defects_of(f"# Mill\n\n{text}") == [
        (3, "a line in bold used as a heading, 'In brief'"),
        (9, "a line in bold used as a heading, 'The gate'"),
    ]


@pytest.mark.parametrize(
    ("one", "other"), [("Pyotr Zakharov", "Petr Zakharov"), ("Пётр Захаров", "Петр Захаров"), ("Ada Quill", "Ada Quil")]
)
def test_a_person_spelt_two_ways_is_named(one, other):
    assert defects_of(f"We met Judge {one} here.\n\nAnd {other} there, and {one}.\n")[0][1].startswith(
        "a name spelt two ways"
    )


def test_people_of_one_surname_are_two_people():
    assert defects_of("North Mill and South Mill. Иван Ветров и Ивана Ветрова; Anna Quill, John Quill.\n") == []


@pytest.mark.parametrize(
    "greeting", ["Dear Sir,", "*Dear Sir or Madam:*", "Уважаемые коллеги!", "Ladies and Gentlemen,"]
)
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_a_salutation_is_the_templates(greeting, gap):
    text = f"{greeting}{gap}The river is low.\n"
    assert body(text) == "The river is low."
    assert defects_of(text) == [(1, "the salutation is left out")]


@pytest.mark.parametrize("line", ["Copy No. ____", "Copy No. \\_\\_\\_", "**Copy number: 12**", "Экземпляр № ___"])
def test_the_line_of_a_copy_number_is_the_templates(line):
    assert body(f"Low.\n\n{line}\n") == "Low."
    what = "the line of the copy number (line 3) is left out"
    assert defects_of(f"Low.\n\n{line}\n") == [(3, what)]


def test_sizes_in_braces_are_taken_out():
    text = 'Low {as is}.\n\n![mill](mill.png){width="3in"\nheight="2in"}\n\n[words]{.underline} here\n'
    assert body(text) == "Low {as is}.\n\nwords here"
    assert (3, "sizes and styles in braces (lines 3 and 6)") in defects_of(text)


def test_torn_words_are_whole_again():
    text = (
        "In Decem-\nber, a well-\nknown and well-known pre-\nand post-war Avle-\nTown had elec-\n\n2\n\ntric light.\n"
    )
    assert body(text) == "In December,\na well-known\nand well-known pre-\nand post-war Avle-Town\nhad electric light."
    assert [(line, what) for line, what in defects_of(text) if "torn at" in what] == [
        (1, "a word torn at the end of a line"),
        (2, "a word torn at the end of a line"),
        (4, "a word torn at the end of a line"),
        (5, "a word torn at the end of a line"),
    ]


def test_a_table_of_spaces_is_a_table():
    text = "         Oil     Lamps\n-------  ------  -----\n2030     50 000  12\n2031     9       no\n"
    assert body(text) == "|  | Oil | Lamps |\n| --- | --- | --- |\n| 2030 | 50 000 | 12 |\n| 2031 | 9 | no |"
    assert defects_of(text) == [(1, "a table of spaces")]
    assert defects_of("One.   Two  three.\nFour.   Five  six.\n") == []


@pytest.mark.parametrize(
    "numbering", ["Issue No. 1 (323), vol. 26, 2027", "No 1 (323) vol.26. 2027", "№1 (323), т. 26, 2027"]
)
def test_a_numbering_is_written_in_many_ways(numbering):
    keys = convert(f"{numbering}\n", newsletter="wheel", language="en").front_matter
    assert keys == {"number": 1, "serial": 323, "volume": 26, "year": 2027}


@pytest.mark.parametrize(
    "hostile",
    [
        "{a=" * 20_000,
        "[" * 30_000,
        "{" + ".a " * 20_000,
        "a-\n" * 20_000,
        "x  y   z\n" * 10_000,
        "2\n\n" * 20_000,
        " " * 60_000,
    ],
)
def test_hostile_print_takes_no_time(hostile):
    began = process_time()
    convert(hostile, newsletter="n", language="en")
    assert process_time() - began < 4
