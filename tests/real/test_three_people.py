"""Editor, secretary and service as three logins of this machine, set up by the very lines of docs/operating.md."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

import pytest

from tests.packages.test_manual import BY_PIP, PEOPLE, commands

pytestmark = pytest.mark.real

ROOT = Path(__file__).parents[2]
PYTHON = Path(f"/usr/bin/python3.{sys.version_info.minor}")  # ours may lie where other logins cannot go
SERVICE, GROUP, EDITOR, SECRETARY, STRANGER = "cmtservice", "cmtclub", "cmteditor", "cmtsecretary", "cmtstranger"
ISSUE = "russia-confidential/253"


def shell(line: str, login: str = "root", **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a line as a login of this machine would, with its own groups and its own folder."""
    words = ["runuser", "-u", login, "--", "env", *(f"{name}={value}" for name, value in variables.items())]
    return subprocess.run(
        [*words, "sh", "-c", f"umask 022; cd ~; {line}"], capture_output=True, text=True, check=False, timeout=120
    )


def ok(line: str, login: str = "root", **variables: str) -> str:
    ran = shell(line, login, **variables)
    assert ran.returncode == 0, f"{login}: {line}\n{ran.stdout}{ran.stderr}"
    return ran.stdout


@pytest.fixture(scope="module")
def club() -> Iterator[Path]:
    """A folder for all that the documentation puts under /opt, /var/lib, /etc and /usr/local; its lines have been run."""
    missing = [command for command in ("sudo", "runuser", "useradd") if not shutil.which(command)]
    if os.getuid() or missing or not PYTHON.exists():
        pytest.skip(
            f"it needs root, {PYTHON} and {', '.join(missing) or 'nothing more'}: run sh tests/real/install as root"
        )
    place = Path(mkdtemp(prefix="cmt-", dir="/tmp"))  # other logins must reach it
    place.chmod(0o755)
    sudoers = Path("/etc/sudoers.d/cmt-club-mailer")
    packages = place / "packages"
    paths = {
        "/opt/club-mailer": f"{place}/opt",
        "/var/lib/club-mailer": f"{place}/club",
        "/usr/local/bin/club-mailer": f"{place}/club-mailer",
        "/etc/sudoers.d/club-mailer": str(sudoers),
    }

    def here(line: str) -> str:
        for path, other in paths.items():
            line = line.replace(path, other)
        line = re.sub(r"(?<![\w/.-])club-mailer(?![\w/.-])", SERVICE, line)
        return re.sub(r"(?<![\w/.-])club(?![\w/.-])", GROUP, line)

    try:
        # Where our packages lie other logins may not go: give them copies.
        site = next(Path(path) for path in sys.path if path.endswith("site-packages"))
        shutil.copytree(
            site, packages, symlinks=True, ignore=shutil.ignore_patterns("__editable__*", "mailer", "ruff*", "mypy*")
        )
        for name in ("mailer", "templates", "schedules", "demo"):
            shutil.copytree(ROOT / name, packages / name)
        shutil.copy(ROOT / "config.example.toml", packages)
        ok(f"chmod -R a+rX {packages}")
        for login in (EDITOR, SECRETARY, STRANGER):
            ok(f"useradd --create-home {login}")
        for line in commands(BY_PIP):
            if "pip install" in line:
                (next(Path(f"{place}/opt/lib").glob("python*")) / "site-packages" / "club.pth").write_text(
                    f"{packages}\n"
                )
                shutil.copy(_mailer_of(place), f"{place}/opt/bin/mailer")
            elif not line.endswith(" check"):  # there is no relay
                ok(here(line.replace("python3 -m venv", f"{PYTHON} -m venv --without-pip")))
        for line in commands(PEOPLE):
            for login in (EDITOR, SECRETARY) if line.startswith("usermod") else ("",):
                ok(here(line.replace("anna", login)))
        yield place
    finally:
        sudoers.unlink(missing_ok=True)
        for login in (EDITOR, SECRETARY, STRANGER, SERVICE):
            shell(f"userdel --remove {login}")
        shell(f"groupdel {GROUP}")
        shutil.rmtree(place, ignore_errors=True)


def _mailer_of(place: Path) -> Path:
    script = place / "mailer"
    script.write_text(f"#!{place}/opt/bin/python -I\nfrom mailer.cli import main\nmain()\n")
    script.chmod(0o755)
    return script


def test_editor_secretary_and_service_each_do_their_work(club: Path) -> None:
    folder, command = club / "club", club / "club-mailer"
    exchange, demo = folder / "exchange", club / "packages" / "demo"
    # The editor writes an issue and looks at it.
    ok(f"mkdir {folder}/issues/2018-07 && cp {demo}/issues/*/* {folder}/issues/2018-07/", EDITOR)
    ok(f"{command} pull", EDITOR)
    ok(f"printf '# Word\\n\\nA raw text.\\n' > {exchange}/raw.md", EDITOR)
    imported = f"{folder}/issues/2018-09/en.md"
    newsletter = ISSUE.partition("/")[0]
    ok(
        f"{command} issue import {exchange}/raw.md --into {folder}/issues/2018-09 --newsletter {newsletter} --language en",
        EDITOR,
    )
    ok(f"echo 'More words.' >> {imported}", EDITOR)
    # The secretary brings the register, plans and approves; the history names her, whatever her variables say.
    ok(f"cp {demo}/members.csv {demo}/payments.csv {exchange}/", SECRETARY)
    register = f"--members {exchange}/members.csv --payments {exchange}/payments.csv"
    ok(f"{command} register import {register} --apply --yes", SECRETARY)
    issue = json.loads(ok(f"{command} --json issue list", SECRETARY))[0]["issue"]
    ok(f"{command} plan {issue}", SECRETARY)
    forged = {"LOGNAME": "root", "USER": "root", "SUDO_USER": EDITOR, "SUDO_UID": ok(f"id -u {EDITOR}").strip()}
    ok(f"{command} approve {issue} --yes", SECRETARY, **forged)
    assert json.loads(ok(f"{command} --json status {issue}", SECRETARY))["approved_by"] == SECRETARY
    # What comes out is for both of them, and for no one else.
    ok(f"{command} register export --out {exchange}/register", SECRETARY)
    ok(f"{command} send {issue} --dry-run {exchange}/dry --yes", SECRETARY)
    for login in (EDITOR, SECRETARY):
        assert "membership" in ok(f"cat {exchange}/register/members.csv", login)
        assert "Subject:" in ok(f"cat {exchange}/dry/*.eml | head -40", login)
    ok(f"rm -r {exchange}/dry", SECRETARY)
    # Commands are written as they are typed here.
    refused = shell(f"{command} approve {newsletter}/999", SECRETARY)
    assert refused.returncode == 1
    assert "`club-mailer " in refused.stderr
    assert "`mailer " not in refused.stderr
    # A stranger gets nowhere; nor do the people, past the service.
    assert shell(f"{command} status", STRANGER).returncode
    assert shell(f"ls {exchange}", STRANGER).returncode
    for secret in ("mailer.db", "mailer.key", "config.toml"):
        assert shell(f"cat {folder}/{secret}", SECRETARY).returncode
    # The service reads all of it, and keeps its own rights.
    checked = shell(f"{club}/opt/bin/mailer --config {folder}/config.toml check", SERVICE).stdout
    assert re.search(r"ok +rights of files", checked), checked
    assert re.search(r"ok +russia-confidential: source", checked), checked


def test_another_login_is_named_after_its_own(club: Path) -> None:
    """Who may read a database by other ways cannot write another name into its history."""
    line = f"{club}/opt/bin/python -I -c 'from pathlib import Path; from mailer.gateways.caller import caller; print(caller(Path(\"/\")))'"
    forged = {"LOGNAME": "root", "SUDO_USER": EDITOR, "SUDO_UID": ok(f"id -u {EDITOR}").strip()}
    assert ok(line, SECRETARY, **forged).strip() == f"{SECRETARY}, called by {EDITOR}"
    assert ok(line, SECRETARY, LOGNAME="root", SUDO_USER="root", SUDO_UID="12").strip() == SECRETARY
