"""What mail programs show differently or not at all, and why we accept it: by the names of caniemail.com.

An entry that no message uses any more fails, like a use that no entry names. Write the reason for the reader, not for the
program: what is seen instead.
"""

from dataclasses import dataclass
from fnmatch import fnmatch


@dataclass(frozen=True, slots=True, kw_only=True)
class Degradation:
    """A feature that these programs (patterns, separated by spaces) do not show as it is written, and why that will do."""

    feature: str
    programs: str
    why: str

    def covers(self, feature: str, program: str) -> bool:
        """Whether it is about this feature in this program."""
        return feature == self.feature and any(fnmatch(program, pattern) for pattern in self.programs.split())


def _each(features: str, programs: str, why: str) -> list[Degradation]:
    return [Degradation(feature=feature, programs=programs, why=why) for feature in features.split()]


_ALL_BUT_APPLE = "gmail.* mail-ru.* outlook.* samsung-email.* yahoo.*"
_NO_SHEETS = "small screens come first: the styles in the elements are whole without any style sheet"
_OTHER_VALUES = "only values are missing that we do not write"

ACCEPTED: tuple[Degradation, ...] = (
    # Style sheets: every style that a reader needs is in the elements.
    *_each("html-style", "gmail.* outlook.windows", _NO_SHEETS),
    *_each("css-at-media", "gmail.* mail-ru.* outlook.* samsung-email.* yahoo.*", _NO_SHEETS),
    *_each(
        "css-selector-class css-selector-descendant css-selector-grouping css-selector-type",
        "gmail.android gmail.ios gmail.mobile-webmail",
        _NO_SHEETS,
    ),
    *_each(
        "css-important", "gmail.* outlook.windows yahoo.*", "used in style sheets only, in small letters, after a space"
    ),
    *_each("css-comments", "gmail.* mail-ru.* yahoo.*", "used in style sheets only, where no rule depends on them"),
    # The dark: what darkens by rules of its own keeps our contrast, as the tests with a forced dark theme show.
    *_each(
        "css-at-media-prefers-color-scheme",
        "gmail.* mail-ru.* outlook.windows yahoo.*",
        "the page stays light, or is darkened by the program's own rules, under which every ink stands out",
    ),
    *_each(
        "html-meta-color-scheme",
        "apple-mail.ios gmail.* mail-ru.* outlook.* samsung-email.* yahoo.*",
        "the page stays light, or is darkened by the program's own rules, under which every ink stands out",
    ),
    *_each("css-max-height", "outlook.windows", "used on paper only, where Outlook scales a picture to the page"),
    # Hidden words.
    *_each(
        "css-display-none",
        "gmail.mobile-webmail",
        "the first line of the message is the summary, which is fit to be read",
    ),
    *_each("css-display-none", "outlook.windows", "used on one element without tables or pictures"),
    *_each("css-display", "gmail.* outlook.windows yahoo.*", _OTHER_VALUES),
    # Width.
    *_each(
        "css-max-width", "outlook.windows", "Outlook gets a table of fixed width, and a width attribute on each picture"
    ),
    *_each(
        "css-width html-width", "outlook.windows", "widths stand on tables, as attributes, and on pictures in pixels"
    ),
    *_each(
        "css-height", "outlook.windows yahoo.*", "`auto` for pictures, which have no other height; a rule keeps its own"
    ),
    *_each(
        "css-table-layout", "outlook.windows", "Outlook makes a table as wide as its words, on screens with room for it"
    ),
    *_each("css-table-layout", "outlook.macos", "every table is laid out so there, whether it says so or not"),
    *_each("css-table-layout", "gmail.mobile-webmail", "not tried; a wide table may widen the page there"),
    *_each("css-overflow", "outlook.windows", "Outlook makes the window wider, on screens with room for it"),
    *_each("css-overflow", "apple-mail.* gmail.* mail-ru.* outlook.* samsung-email.* yahoo.*", _OTHER_VALUES),
    *_each("css-word-break", "yahoo.*", "a long address makes the page wider there; every word can still be read"),
    *_each(
        "css-word-break",
        "apple-mail.* gmail.* outlook.android outlook.ios outlook.macos outlook.outlook-com samsung-email.*",
        "words break at any letter instead of at the last one that fits, and only where they have to",
    ),
    *_each("css-word-wrap", "gmail.android gmail.desktop-webmail", "all words are broken so there in any case"),
    *_each(
        "css-word-wrap",
        "gmail.ios gmail.mobile-webmail mail-ru.* outlook.macos samsung-email.* yahoo.android yahoo.ios",
        "not tried; where it has no effect, a long address makes its table wider, which the reader moves",
    ),
    *_each("css-word-wrap", "outlook.android outlook.windows", "a long address makes its table wider; no word is lost"),
    *_each("css-white-space", "gmail.* outlook.windows samsung-email.* yahoo.*", "figures in a table may wrap"),
    # Word, the engine of Outlook on Windows.
    *_each(
        "css-border css-padding", "outlook.windows", "drawn on table cells; elsewhere a box loses its edge, and no word"
    ),
    *_each("css-letter-spacing css-line-height css-text-transform", "outlook.windows", "a little looser or tighter"),
    # Values that we do not write.
    *_each("css-font-size", "outlook.windows samsung-email.* yahoo.*", _OTHER_VALUES),
    *_each("css-font-weight", "outlook.windows yahoo.*", _OTHER_VALUES),
    *_each("css-text-align", "gmail.* outlook.* samsung-email.* yahoo.*", _OTHER_VALUES),
    *_each("css-text-decoration", "gmail.* outlook.windows", "links are underlined there in any case"),
    *_each("css-margin", "gmail.* mail-ru.* outlook.* yahoo.*", "margins are positive, or `auto` beside align=center"),
    *_each(
        "css-text-indent", "gmail.* mail-ru.* yahoo.*", "the first line of a long command begins as far in as the next"
    ),
    *_each("html-lists", "gmail.* mail-ru.* outlook.* yahoo.*", "lists are neither reversed nor numbered out of order"),
    # The page's own elements.
    *_each(
        "html-body",
        "gmail.* mail-ru.* outlook.* yahoo.*",
        "its styles, language and direction stand on a div inside, too",
    ),
    *_each("html-doctype", "outlook.windows samsung-email.android yahoo.android", "no style depends on it"),
    *_each("html-lang html-role", "yahoo.*", "read aloud in the reader's own language, tables cell by cell"),
    *_each("html-dir", "gmail.mobile-webmail outlook.windows", "every language of ours runs from left to right"),
    *_each("html-align", "outlook.macos", "`center` for a table, which is kept"),
    # Links.
    *_each(
        "html-anchor-links",
        "gmail.ios samsung-email.* yahoo.*",
        "a footnote's mark leads nowhere; the note stands at the end of the article under the same number",
    ),
    *_each("html-mailto-links", "yahoo.android", "without cc and bcc, which we do not write"),
)

# What caniemail has not tried, and why nothing depends on it.
UNTRIED: dict[str, str] = {
    "[bgcolor]": "as old as mail in HTML",
    "[tabindex]": "where it is dropped, a table is moved by finger or mouse, and not by keys",
    **dict.fromkeys(
        ["<a>", "<br>", "<em>", "<head>", "<html>", "<meta>", "<sup>", "<title>"], "as old as mail in HTML"
    ),
    **dict.fromkeys(["[alt]", "[border]", "[class]", "[href]", "[id]", "[name]", "[scope]"], "as old as mail in HTML"),
    **dict.fromkeys(["{color}", "{font-family}", "{font-style}"], "the first properties that mail programs knew"),
    **dict.fromkeys(
        ["{page-break-after}", "{page-break-inside}"], "on paper a table may be torn, and is whole on the screen"
    ),
    **dict.fromkeys(["{-webkit-text-size-adjust}", "{text-size-adjust}"], "letters may grow when a phone is turned"),
    **dict.fromkeys(
        ["<o:officedocumentsettings>", "<o:pixelsperinch>", "<xml>", "[xmlns:o]"],
        "Outlook's own, which no other program sees",
    ),
}
