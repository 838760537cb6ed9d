"""What the manual says of the packages can be done with this project: its files are there, and the commands few."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
MOST = 15
BARE_DEBIAN, BY_PIP, PEOPLE = "From a bare Debian to the first test mailing", "By pip", "The people"


def commands(section: str = BARE_DEBIAN) -> list[str]:
    """The commands in a section of the manual; tests/real types them."""
    manual = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    _, _, text = manual.partition(f"### {section}\n")
    return re.findall(r"^    (\S.*)$", text.partition("\n##")[0], re.MULTILINE)


def test_few_commands_lead_to_the_first_test_mailing():
    assert 5 < len(commands()) <= MOST


def test_the_commands_for_pip_and_for_the_people_stand_in_their_sections():
    pip, people = "\n".join(commands(BY_PIP)), "\n".join(commands(PEOPLE))
    for words in ("useradd", "python3 -m venv", "pip install .", "mailer init", "check"):
        assert words in pip
    for words in ("chmod 2750", "ln -s", "sudoers", "usermod"):
        assert words in people


def test_the_files_that_they_name_are_there():
    named = {word for line in commands() for word in re.findall(r"(?<=[ ])(?:demo|packaging)/\S+", line)}
    assert {"packaging/debian", "demo/members.csv"} <= named
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_the_keys_that_they_change_are_there():
    for file, key in re.findall(r"sed -i 's/\^(\w+) .*?' /var/lib/club-mailer/(\S+)", "\n".join(commands())):
        shipped = ROOT / ("config.example.toml" if key == "config.toml" else key)
        assert re.search(rf"^{file} .*", shipped.read_text(encoding="utf-8"), re.MULTILINE), (file, key)


def test_the_image_is_made_from_what_is_there():
    lines = (ROOT / "packaging" / "Containerfile").read_text(encoding="utf-8")
    assert "sh /project/packaging/debian /package" in lines
    assert "find /var/lib/club-mailer -mindepth 1 -delete" in lines  # no key in the image
    ignored = (ROOT / ".containerignore").read_text(encoding="utf-8").split()
    shipped = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"][
        "wheel"
    ]
    assert not {"mailer", "packaging", "docs", *shipped["force-include"]} & set(ignored)
