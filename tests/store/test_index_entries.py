"""What comes from outside is short enough for every index of PostgreSQL, whose entries have at most 2.7 kB."""

from pathlib import Path

import pytest

from mailer.app.installation import App
from mailer.domain.access import Role
from mailer.domain.errors import BadInput
from mailer.domain.user import User
from mailer.pipeline.users import add_user
from tests.club import Club
from tests.reported import Refusal, bounce, come


def letters(number: int) -> str:
    """Letters of four octets, of which PostgreSQL can save hardly any."""
    return "".join(chr(0x20000 + place * place * 7919 % 40_000) for place in range(number))


@pytest.fixture
def app(tmp_path: Path):
    with Club.found(tmp_path / "club").opened() as app:
        yield app


def test_a_long_name_of_a_user_is_refused(app: App) -> None:
    with pytest.raises(BadInput, match="name"):
        add_user(app.context, User(id=0, name=letters(3000), role=Role.SECRETARY), "lamp oil and winter")


def test_reports_of_any_length_are_taken(app: App) -> None:
    text = letters(2000)
    assert come(app, bounce(to=f"{text}@club.example", failed=f"{text}@x.example", why=Refusal(550, "5.1.1", text))).id
    assert come(app, bounce(why=Refusal(550, f"5.1.{text}", text), message_id=f"<{text}@x>", envelope_id=text)).id
