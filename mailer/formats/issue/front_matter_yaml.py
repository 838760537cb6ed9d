"""Reads the YAML of front matter safely: plain keys and values, with limits, and errors that name the line."""

import yaml
from frontmatter.default_handlers import YAMLHandler

from mailer.domain.errors import BadInput
from mailer.formats.issue.front_matter import FrontMatter, Value

_MAX_LENGTH = 64 * 1024  # characters; real front matter has about a thousand
_MAX_DEPTH = 5  # an author's `about` is at 3
_NO_WRAP = 1_000_000
_MAX_DIGITS = 20  # of a number as written; a longer one can be neither counted nor shown
_NUMBER_TAGS = frozenset({"tag:yaml.org,2002:int", "tag:yaml.org,2002:float"})


class _Loader(yaml.SafeLoader):
    """YAML's safe loader, which also refuses duplicate keys and endless numbers."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> object:
        if node.tag in _NUMBER_TAGS and len(node.value) > _MAX_DIGITS:
            problem = f"a number of more than {_MAX_DIGITS} characters"
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark)
        return super().construct_object(node, deep=deep)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[object, object]:
        names: set[str] = set()
        for key, _ in node.value:
            name = str(key.value)
            if name in names:
                raise yaml.MarkedYAMLError(problem=f"the key '{name}' appears twice", problem_mark=key.start_mark)
            names.add(name)
        return super().construct_mapping(node, deep=deep)


def split(text: str) -> FrontMatter:
    """Separate an issue file into front matter and body; BadInput, with the line, if there is none or it is not plain YAML.

    Anchors and aliases are refused because a few lines of them expand to gigabytes; tags (`!!int`) because editors
    have no use for them and YAML readers disagree about them.
    """
    handler = YAMLHandler()
    if not handler.detect(text):
        raise BadInput("the file does not begin with front matter; begin it with a line '---'")
    try:
        source, body = handler.split(text)
    except ValueError:
        raise BadInput("the front matter has no end; close it with a line '---'") from None
    if len(source) > _MAX_LENGTH:
        raise BadInput(f"the front matter has more than {_MAX_LENGTH} characters; move its text into the body")
    first_line = text.count("\n", 0, text.index(source)) + 1
    try:
        _check_structure(source, first_line)
        keys = handler.load(source, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = first_line + (error.problem_mark.line if error.problem_mark else 0)
        raise BadInput(
            f"line {line}: the front matter is not readable YAML: {error.problem}; put the text in quotes?"
        ) from None
    except (yaml.YAMLError, ValueError) as error:  # a forbidden character, a date that does not exist
        raise BadInput(f"the front matter is not readable YAML: {str(error).splitlines()[0]}; correct it") from None
    if not isinstance(keys, dict):
        raise BadInput("the front matter has no keys; write them as 'title: …', one per line")
    return FrontMatter(keys=keys, body=body, first_line=text.count("\n", 0, len(text) - len(body)) + 1)


def _check_structure(source: str, first_line: int) -> None:
    depth = 0
    for event in yaml.parse(source, Loader=yaml.SafeLoader):
        line = first_line + (event.start_mark.line if event.start_mark else 0)
        if isinstance(event, yaml.NodeEvent) and event.anchor:
            raise BadInput(f"line {line}: the front matter uses '&' or '*'; put the text in quotes, or repeat it")
        if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag:
            raise BadInput(f"line {line}: the front matter uses '!'; put the text in quotes")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _MAX_DEPTH:
            raise BadInput(f"line {line}: the front matter is nested more than {_MAX_DEPTH} deep; make it flatter")


def dump(keys: dict[str, Value]) -> str:
    """The keys as YAML, one line per value, in their order."""
    return yaml.safe_dump(keys, sort_keys=False, allow_unicode=True, width=_NO_WRAP)
