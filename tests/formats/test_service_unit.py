"""The unit lets the service do its work and nothing else, wherever the installation lies."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from mailer.app.service_unit import usual_unit
from mailer.domain.errors import BadInput
from mailer.formats.service_unit import ServiceUnit

ROOT = Path(__file__).parents[2]
FOLDER = Path("/var/lib/club-mailer")
COMMAND = (*("/opt/club-mailer/bin/python3", "-I", "-m", "mailer"), *("--config", f"{FOLDER}/config.toml", "daemon"))
ANALYZE = shutil.which("systemd-analyze")


def unit(**differing: object) -> ServiceUnit:
    usual = {"user": "club-mailer", "folder": FOLDER, "command": COMMAND, "credentials": {}}
    return ServiceUnit(**(usual | differing))


def values(text: str, key: str) -> list[str]:
    return re.findall(rf"^{key}=(.*)$", text, re.MULTILINE)


def test_the_manual_shows_the_unit_of_a_usual_installation():
    assert usual_unit() == unit()
    assert f"```ini\n{unit().text()}```\n" in (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")


EVERYWHERE = [
    unit(),
    unit(folder=Path("/home/anna/club"), ports=(443, 2525), credentials={"smtp.password": Path("/etc/club/100 %")}),
    unit(folder=Path("/tmp/the club's"), writable=(Path("/srv/issues"), Path("/var/mail/reports"))),
]


@pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not installed")
@pytest.mark.parametrize("its", EVERYWHERE)
def test_systemd_finds_it_well_protected_and_rightly_written(its: ServiceUnit, tmp_path: Path):
    file = tmp_path / "club-mailer.service"
    # What the unit starts must be there for `verify`.
    text = its.text().replace("/opt/club-mailer/bin/python3", "/usr/bin/env")
    file.write_text(text)
    offline = subprocess.run(
        [ANALYZE, "security", "--offline=yes", "--no-pager", file], capture_output=True, text=True, check=False
    )
    level = re.search(r"Overall exposure level for \S+: ([\d.]+)", offline.stdout)
    if level is None:
        pytest.skip(f"this systemd-analyze reads no unit that is not loaded: {offline.stderr}")
    assert float(level[1]) < 2.0
    verified = subprocess.run([ANALYZE, "verify", "--man=no", file], capture_output=True, text=True, check=False)
    assert "club-mailer.service" not in verified.stderr, verified.stderr


def test_it_may_write_into_its_own_folders_only():
    text = unit(writable=(Path("/srv/issues"), FOLDER / "mail", Path("/srv/issues/en"), FOLDER)).text()
    assert values(text, "ReadWritePaths") == ["/var/lib/club-mailer -/srv/issues"]
    assert values(text, "ProtectSystem") == ["strict"]


def test_folders_that_it_needs_are_not_hidden_from_it():
    hidden = ("ProtectHome", "PrivateTmp")
    for folder, shown in (
        ("/srv/club", ("yes", "yes")),
        ("/home/anna/club", ("read-only", "yes")),
        ("/root/club", ("read-only", "yes")),
        ("/var/tmp/club", ("yes", "no")),
        ("/homestead/tmp", ("yes", "yes")),
    ):
        for place in ({"folder": Path(folder)}, {"writable": (Path(folder),)}, {"needed": (Path(folder),)}):
            text = unit(**place).text()
            assert tuple(values(text, key)[0] for key in hidden) == shown


@pytest.mark.parametrize(("ports", "right"), [((), ""), ((8025, 1024), ""), ((8025, 443), "CAP_NET_BIND_SERVICE")])
def test_only_a_low_port_gives_it_a_right(ports: tuple[int, ...], right: str):
    text = unit(ports=ports).text()
    assert values(text, "CapabilityBoundingSet") == values(text, "AmbientCapabilities") == [right]


def test_credentials_are_handed_over():
    text = unit(credentials={"smtp.password": Path("/etc/club mailer/100%"), "mailer.key": Path("/etc/key")}).text()
    assert values(text, "LoadCredential") == ["smtp.password:/etc/club mailer/100%%", "mailer.key:/etc/key"]


def test_strange_names_stay_what_they_are():
    command = ("/opt/the club/python3", '--config=/srv/100% "sure"/$HOME/config.toml', "back\\slash", "")
    text = unit(command=command, folder=Path("/srv/100% the club")).text()
    assert values(text, "ExecStart") == [
        r'"/opt/the club/python3" "--config=/srv/100%% \"sure\"/$$HOME/config.toml" "back\\slash" ""'
    ]
    assert values(text, "WorkingDirectory") == ["/srv/100%% the club"]
    assert values(text, "ReadWritePaths") == ['"/srv/100%% the club"']


@pytest.mark.parametrize("name", ["two\nlines", "a\ttab", "a bell\a", "ends with\\", "ends with "])
def test_what_systemd_cannot_read_as_it_is_is_refused(name: str):
    for place in ({"folder": Path("/srv", name)}, {"credentials": {"smtp.password": Path("/etc", name)}}):
        with pytest.raises(BadInput, match="rename it") as refused:
            unit(**place).text()
        assert repr(name).strip("'") in str(refused.value)
