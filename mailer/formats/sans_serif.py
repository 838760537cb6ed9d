"""How wide words are in the sans-serif letters of tables."""

import unicodedata

# The advance of each character in hundredths of the letters' size, as in Arial and in all that have its metrics.
_ADVANCES = {
    19: "'",
    22: "ijl‘’",
    26: "|",
    28: "!,./:;I[\\]ft·",
    33: "()-`r{}„“”²³",
    35: '"•',
    36: "г",
    37: "₽",
    39: "*",
    40: "°",
    44: "к",
    46: "зт",
    47: "^",
    50: "Jcksvxyzсух",
    51: "э",
    52: "чь",
    53: "в",
    54: "Гпя",
    55: "н±≤≥",
    56: "#$0123456789?L_abdeghnopquаеийор«»–€£§†‡",
    57: "бц",
    58: "+<=>~Кдл×−",
    60: "З",
    61: "FTZТ",
    62: "ъ",
    64: "У",
    66: "БЛЬ",
    67: "&ABEKPSVXYАВЕРХЧж",
    68: "Д",
    69: "м",
    72: "CDHNRUwИЙНПСЭЯы",
    74: "Ц©®",
    75: "ю",
    76: "Ф",
    78: "GOQО",
    79: "Ъ",
    80: "ш",
    82: "фщ",
    83: "MmМ½¼¾",
    89: "%Ы",
    92: "ЖШ",
    94: "WЩ",
    100: "—…",
    101: "Ю",
    102: "@",
    107: "№",
}
_ADVANCE = {character: advance for advance, characters in _ADVANCES.items() for character in characters}
_SPACE, _LETTER, _WIDE = 28, 56, 100


def width_of(words: str, *, size: int) -> float:
    """The pixels that words take on one line, in letters of `size` pixels."""
    return sum(map(_advance, unicodedata.normalize("NFC", words))) * size / 100


def _advance(character: str) -> int:
    if character.isspace():
        return _SPACE
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    if unicodedata.east_asian_width(character) in {"W", "F"}:
        return _WIDE
    base = unicodedata.normalize("NFD", character)[0]
    return _ADVANCE.get(character) or _ADVANCE.get(base, _LETTER)
