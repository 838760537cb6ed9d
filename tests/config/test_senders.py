import pytest

from mailer.config.schedules import load_schedules
from mailer.domain.errors import BadInput


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('from = "The Letter <редактор@club.example>"', "from"),
        ('reply_to = "редактор@club.example"', "reply_to"),
    ],
)
def test_who_writes_to_everybody_has_an_address_for_every_server(tmp_path, line, key):
    (tmp_path / "letter.toml").write_text(f'[newsletter]\nid = "letter"\n{line}\n')
    with pytest.raises(BadInput, match=rf"letter\.toml: \[newsletter\] {key}: .*ASCII"):
        load_schedules(tmp_path)


def test_a_domain_in_another_alphabet_is_no_hindrance(tmp_path):
    (tmp_path / "letter.toml").write_text('[newsletter]\nid = "letter"\nreply_to = "office@пример.example"\n')
    reply_to = load_schedules(tmp_path).newsletters["letter"].reply_to
    assert reply_to.wire == "office@xn--e1afmkfd.example"
