"""A hard issue, made by code: all that has ever been too wide, too deep, too dark or too long for a mail program."""

from io import BytesIO

from PIL import Image, ImageDraw

from mailer.domain.ports import RawFile

ADDRESS = "https://library.club.example/" + "/".join(f"section-{number}" for number in range(10, 26)) + "?year=2031"
ADDRESS += "&" + "x" * (200 - len(ADDRESS) - 1)
COMPOUNDS = {
    "en": [
        "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz",
        "Donaudampfschifffahrtsgesellschaftskapitän",
    ],
    "ru": ["водогрязеторфопарафинолечение", "превысокомногорассмотрительствующий-частнопредпринимательский"],
}
RIGHT_TO_LEFT = {"en": "Prof. יוסף בן־דוד הלוי", "ru": "проф. يوسف بن داود الحسيني"}
WORDS = {
    "en": {
        "title": "Everything that a mail program has ever got wrong about interdepartmental correspondence",
        "kicker": "Our correspondents report from all sides at the same time:",
        "summary": "Wide tables, long words, deep lists and pictures of every kind, so that no reader has to meet them first.",
        "text": "The harbour office keeps the log, and so does the museum; neither of them has asked for it.",
        "head": "The next heading, which is long enough to need a second line on a telephone",
        "table": "Table",
        "months": [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ],
        "row": "Northern deliveries",
        "note": "As the office told it at the time, in a letter that was never answered.",
        "by": "Tom Reed, keeper of the lamp",
        "picture": "A picture of the kind",
    },
    "ru": {
        "title": "Всё, в чём почтовые программы ошибались при показе межведомственной переписки",
        "kicker": "Наши корреспонденты сообщают со всех сторон сразу:",
        "summary": "Широкие таблицы, длинные слова, глубокие списки и изображения всех видов, чтобы не читателю встретить их первым.",
        "text": "Портовая служба ведёт журнал, и музей ведёт его тоже; ни та, ни другой об этом не просили.",
        "head": "Следующий заголовок, которому на телефоне нужна и вторая строка",
        "table": "Таблица",
        "months": [
            "Январь",
            "Февраль",
            "Март",
            "Апрель",
            "Май",
            "Июнь",
            "Июль",
            "Август",
            "Сентябрь",
            "Октябрь",
            "Ноябрь",
            "Декабрь",
        ],
        "row": "Северные перевозки",
        "note": "Так рассказывала об этом сама служба, в письме, на которое никто не ответил.",
        "by": "Том Рид, смотритель лампы",
        "picture": "Изображение, как оно есть",
    },
}
PICTURES = ("wide.png", "logo.png", "lines.png", "tall.png", "print.jpg")


def hard_files() -> tuple[RawFile, ...]:
    """The files of the issue's folder."""
    texts = [RawFile(name=f"{language}.md", content=_text(language).encode()) for language in WORDS]
    return (*texts, *_pictures())


def _text(language: str) -> str:
    words = WORDS[language]
    head = {
        "newsletter": "russia-confidential",
        "language": language,
        "status": "finished",
        "number": 10,
        "serial": 320,
        "volume": 25,
        "year": 2026,
        "date": "2026-10-15",
        **{key: f'"{words[key]}"' for key in ("title", "kicker", "summary")},
        "authors": f'[{{name: "{RIGHT_TO_LEFT[language]}", about: "{COMPOUNDS[language][0]}"}}, {{name: "{words["by"]}"}}]',
        "editor": f'"{RIGHT_TO_LEFT[language]}"',
        "place": COMPOUNDS[language][1],
        "copyright": f'["© Meridian Club: secretary@club.example", "{ADDRESS}"]',
    }
    front = "\n".join(f"{key}: {value}" for key, value in head.items())
    return f"---\n{front}\n---\n\n" + "\n\n".join(_article(language, words)) + "\n"


def _article(language: str, words: dict) -> list[str]:
    text, title = words["text"], words["head"]
    first, second = COMPOUNDS[language]
    levels = [f"{'#' * level} {title}\n\n{text} {first} {text}[^{level}]" for level in range(2, 7)]
    notes = [f"[^{level}]: {words['note']} {ADDRESS if level == 3 else ''}" for level in range(2, 7)]
    return [
        f"{text} {RIGHT_TO_LEFT[language]}, {second}. **{text}** *{text}*",
        *levels,
        f"## {title} {second}",
        _list(text, first),
        f"> {text}\n>\n> {words['by']}\n>\n> > {text} {second}\n> >\n> > - {first}",
        f"{text} [{ADDRESS}]({ADDRESS}) {text} {ADDRESS}",
        *(f"![{words['picture']}: {name}]({name})" for name in PICTURES),
        *_tables(language, words),
        *notes,
    ]


def _list(text: str, word: str) -> str:
    lines = []
    for depth in range(6):
        indent = " " * 4 * depth
        lines += [f"{indent}{'1.' if depth % 2 else '-'} {text}", f"{indent}{'2.' if depth % 2 else '-'} {word} {text}"]
    return "\n".join(lines)


def _tables(language: str, words: dict) -> list[str]:
    months, row = words["months"], words["row"]
    first, second = COMPOUNDS[language]
    figures = [f"{1234567 * (number + 3) % 9_876_543:,}".replace(",", "\u00a0") for number in range(12)]
    return [
        _table(f"{words['table']}: 12", [row, *months[:11]], [[f"{row} {at}", *figures[:11]] for at in range(3)]),
        _table(f"{words['table']}: 9", ["№", *months[:8]], [[str(at), *figures[3:11]] for at in range(3)]),
        _table(f"{words['table']}: 3", [row, first, second], [[second, ADDRESS, first], [ADDRESS, row, first]]),
        _table(f"{words['table']}: 4", ["A", "B", "C", "D"], [[words["text"]] * 4]),
    ]


def _table(caption: str, head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join([f"{caption}\n", *(f"| {' | '.join(cells)} |" for cells in lines)])


def _pictures() -> list[RawFile]:
    wide = Image.new("RGB", (2400, 800), "#20456b")
    logo = Image.new("RGBA", (120, 40), (0, 0, 0, 0))
    ImageDraw.Draw(logo).ellipse((4, 4, 116, 36), outline="black", width=3)
    lines = Image.new("RGBA", (900, 500), (0, 0, 0, 0))
    ImageDraw.Draw(lines).line([(0, 450), (300, 120), (600, 300), (900, 20)], fill="black", width=6)
    tall = Image.new("RGB", (500, 3200), "#efe7d5")
    printed = Image.new("CMYK", (800, 500), (10, 200, 160, 30))
    return [_file(name, image) for name, image in zip(PICTURES, (wide, logo, lines, tall, printed), strict=True)]


def _file(name: str, image: Image.Image) -> RawFile:
    content = BytesIO()
    image.save(content, "JPEG" if name.endswith("jpg") else "PNG")
    return RawFile(name=name, content=content.getvalue())
