"""A reader of format=flowed, written from RFC 3676 §4 alone, for the tests that read back what we write."""


def unflow(text: str) -> list[tuple[int, str]]:
    """The paragraphs of a text with delsp=no, each with its quote depth; an empty line is an empty paragraph."""
    paragraphs: list[tuple[int, str]] = []
    going_on = False
    for line in text.removesuffix("\n").split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        content = content.removeprefix(" ")
        signature = content == "-- "
        if going_on and paragraphs[-1][0] == depth and not signature:
            paragraphs[-1] = (depth, paragraphs[-1][1] + content)
        else:
            paragraphs.append((depth, content))
        going_on = content.endswith(" ") and not signature
    return paragraphs
