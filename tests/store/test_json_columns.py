"""A JSON column is read as the standard library reads it."""

import json

import pytest

from mailer.store.json_columns import from_json


@pytest.mark.parametrize(
    "text", ['{"en": "Anna"}', ' {"en": "Anna"}\n', "[]", '"\\u0418"', '"И"', "null", "1 2", "{", "", " "]
)
@pytest.mark.parametrize("in_octets", [False, True])
def test_a_json_column_is_read_as_json_reads_it(text: str, *, in_octets: bool) -> None:
    column = text.encode() if in_octets else text
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        with pytest.raises(json.JSONDecodeError, match=error.msg):
            from_json(column)
    else:
        assert from_json(column) == value
