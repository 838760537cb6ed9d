"""`mailer install-service` writes the unit of the installation that it is called for, and replaces no other unasked."""

import os
import pwd
import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from mailer.app import bell, service_unit
from mailer.config import Config, load_config
from mailer.formats.service_unit import ServiceUnit


def value(text: str, key: str) -> str:
    return re.search(rf"^{key}=(.*)$", text, re.MULTILINE)[1]


def test_it_prints_what_it_would_write(at, run, tmp_path: Path):
    club = at("founded")
    club.settle(
        database={"url": f"sqlite:///{tmp_path}/data/mailer.db"},
        bounces={"maildir": "/srv/reports"},
        backup={"folder": "/srv/backups"},
        web={"listen": "0.0.0.0:443", "behind_proxy": True},
    )
    club.reschedule({"source": {"url": "/srv/issues"}})
    printed = run.ok("install-service", "--print")
    written = tmp_path / "other.service"
    document = run.ok("install-service", written, "--json").document
    assert printed.out == written.read_text() == document["text"]
    assert written.stat().st_mode & 0o777 == 0o644
    assert document["unit"] == str(written)
    assert document["start"].endswith("systemctl enable other && systemctl restart other")
    login = "club-mailer" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    assert value(printed.out, "User") == login
    assert value(printed.out, "ExecStart") == f"{sys.executable} -I -m mailer --config {club.config} daemon"
    folders = sorted(("/srv/backups", "/srv/issues", "/srv/reports", f"{tmp_path}/data"))
    assert value(printed.out, "ReadWritePaths") == " ".join([str(club.folder), *(f"-{folder}" for folder in folders)])
    assert value(printed.out, "AmbientCapabilities") == "CAP_NET_BIND_SERVICE"
    assert not (club.folder / "mailer.db-journal").exists()


def test_a_worker_has_the_same_unit_with_its_own_command(at, run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    club = at("founded")
    club.settle(database={"url": "sqlite:///mailer.db"})
    refused = run("install-service", "--worker", "--print")
    assert (refused.status, refused.out) == (1, "")
    assert "PostgreSQL" in refused.err
    club.settle(database={"url": "postgresql+psycopg://mailer@database.example/mailer"})
    daemon = run.ok("install-service", "--print").out
    worker = run.ok("install-service", "--worker", "--print").out
    assert value(worker, "ExecStart") == f"{sys.executable} -I -m mailer --config {club.config} worker"
    assert worker.replace(" worker\n", " daemon\n") == daemon
    assert "starts the worker" in run.ok("install-service", "--worker", tmp_path / "club-mailer-2.service").out
    club.settle(database={"url": "sqlite:///mailer.db", "url_file": "database.url"})  # which systemd may hand over
    assert value(run.ok("install-service", "--worker", "--print").out, "ExecStart").endswith(" worker")
    monkeypatch.setattr(bell, "_LIBRARY", "no_such_library")
    assert ".[cluster]" in run("install-service", "--worker", "--print").err


@pytest.mark.parametrize("handed", [False, True])
def test_the_database_whose_url_stands_in_a_file_can_be_written(at, run, tmp_path: Path, handed: bool):
    club = at("founded")
    club.settle(database={"url_file": "database.url"})
    file = tmp_path / "root.url" if handed else club.folder / "database.url"
    file.write_text(f"sqlite:///{tmp_path}/data/mailer.db\n")
    options = ["--credential", f"database.url:{file}"] if handed else []
    printed = run.ok("install-service", "--print", *options).out
    assert f"-{tmp_path}/data" in value(printed, "ReadWritePaths").split()
    assert (f"LoadCredential=database.url:{file}" in printed) is handed


KEYS = [
    (section, key)
    for section, field in Config.model_fields.items()
    for key in getattr(field.annotation, "model_fields", {})
    if key.endswith("_file")
]


@pytest.mark.parametrize(("section", "key"), KEYS)
def test_every_file_of_the_settings_is_shown_to_the_service(at, section: str, key: str):
    club = at("founded")
    config = load_config(club.config)
    table = getattr(config, section).model_copy(update={key: "/home/anna/secrets/file"})
    named = config.model_copy(update={section: table}).named_files()
    assert "/home/anna/secrets/file" in named
    assert "/home/anna/secrets/file" not in config.named_files()


def test_a_certificate_in_a_home_can_be_read(at, run):
    club = at("founded")
    club.settle(smtp={"ca_file": "/home/anna/ca.pem"})
    assert value(run.ok("install-service", "--print").out, "ProtectHome") == "read-only"
    handed = ("--credential", "ca.pem:/home/anna/ca.pem")
    club.settle(smtp={"ca_file": "ca.pem"})
    printed = run.ok("install-service", "--print", *handed).out
    assert (value(printed, "ProtectHome"), "LoadCredential=ca.pem:/home/anna/ca.pem" in printed) == ("yes", True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_file_that_the_login_cannot_read_is_named(at, run):
    club = at("founded")
    club.settle(smtp={"password_file": "/etc/shadow"})
    nobody = pwd.getpwnam("nobody")
    for path in (club.folder, *club.folder.rglob("*")):
        os.chown(path, nobody.pw_uid, -1)
    said = run.ok("install-service", "--print").err
    assert "nobody cannot read /etc/shadow: let that login read it, or root keep it and hand it over" in said


def test_another_unit_is_replaced_only_when_asked(at, run, tmp_path: Path):
    at("founded")
    file = tmp_path / "club-mailer.service"
    file.write_text("[Service]\nExecStart=/bin/true\n")
    refused = run("install-service", file)
    assert refused.status == 1
    assert "says something else" in refused.err
    assert "ExecStart=/bin/true" in file.read_text()
    assert "is written" in run.ok("install-service", file, "--yes").out
    assert "is as it should be" in run.ok("install-service", file).out
    assert list(tmp_path.glob("*.new")) == []


def test_what_cannot_be_written_is_said(at, run, tmp_path: Path):
    at("founded")
    for file in (tmp_path / "none" / "club-mailer.service", tmp_path):
        refused = run("install-service", file)
        assert refused.status == 1
        assert str(file) in refused.err


def test_credentials_have_names_that_the_settings_have(at, run):
    club = at("founded")
    club.settle(smtp={"password_file": "smtp.password"})
    printed = run.ok("install-service", "--print", "--credential", "smtp.password:/etc/club/password")
    assert "\nLoadCredential=smtp.password:/etc/club/password\n" in printed.out
    refused = run("install-service", "--print", "--credential", "smtp.pasword:/etc/club/password")
    assert (refused.status, refused.out) == (1, "")
    assert "no key names the file 'smtp.pasword'" in refused.err
    for bad in ("smtp.password", "smtp.password:password", ":/etc/club/password", "a/b:/etc/club/password"):
        assert run("install-service", "--print", "--credential", bad).status == 2


def test_what_is_wrong_with_roots_file_is_noted(at, run, tmp_path: Path):
    at("founded").settle(smtp={"password_file": "smtp.password"})
    file = tmp_path / "password"
    handed = ("install-service", "--print", "--credential", f"smtp.password:{file}")
    assert f"there is no file {file}: make it for root alone" in run.ok(*handed).err
    file.write_text("sesame\n")
    file.chmod(0o644)
    assert f"{file} is 0644, others can read it" in run.ok(*handed).err
    file.chmod(0o600)
    assert str(file) not in run.ok(*handed).err


@pytest.mark.parametrize("bad", ["пароль:/etc/club/password", "..:/etc/password", "100%:/etc/password", "p:/etc/../p"])
def test_what_systemd_would_ignore_is_refused(at, run, bad: str):
    """It starts the service all the same, without the password."""
    club = at("founded")
    club.settle(smtp={"password_file": bad.partition(":")[0]})
    refused = run("install-service", "--print", "--credential", bad)
    assert (refused.status, refused.out) == (2, "")


def test_every_port_below_1024_gives_the_right_to_it(at, run):
    club = at("founded")
    for table in ({"web": {"listen": "127.0.0.1:443"}}, {"monitoring": {"metrics_listen": "127.0.0.1:946"}}):
        club.settle(**table)
        assert value(run.ok("install-service", "--print").out, "AmbientCapabilities") == "CAP_NET_BIND_SERVICE"


def test_a_file_handed_over_by_the_service_manager_wins(at, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    club = at("founded")
    club.settle(smtp={"password_file": "smtp.password", "username": "club"})
    (club.folder / "smtp.password").write_text("of the folder\n")
    assert load_config(club.config).relays[0].smtp.password == "of the folder"
    handed = tmp_path / "credentials"
    handed.mkdir()
    (handed / "smtp.password").write_text("handed over\n")
    (tmp_path / "mailer.key").write_text("not among them")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(handed))
    config = load_config(club.config)
    assert config.relays[0].smtp.password == "handed over"
    assert config.path("mailer.key") == club.folder / "mailer.key"
    assert config.path("../mailer.key") == club.folder.parent / "mailer.key"
    # Where it is handed over by an access list, its mode shows what the list allows at most.
    (handed / "smtp.password").chmod(0o440)
    assert config.private_files == (club.config, club.folder / "mailer.key")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_the_service_runs_as_the_login_that_the_installation_belongs_to(at, run, tmp_path: Path):
    club = at("founded")
    nobody = pwd.getpwnam("nobody")
    os.chown(club.config, nobody.pw_uid, -1)
    os.chown(club.folder, nobody.pw_uid, -1)
    printed = run("install-service", "--print")
    assert (printed.status, value(printed.out, "User")) == (0, "nobody")
    assert "chown" not in printed.err
    daemon = pwd.getpwnam("daemon")
    os.chown(club.config, daemon.pw_uid, -1)
    assert (
        f"{club.folder} belongs to nobody, and the service runs as daemon" in run.ok("install-service", "--print").err
    )
    os.chown(club.config, 4_000_001, -1)
    assert value(run("install-service", "--print").out, "User") == "4000001"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can have files that are root's")
def test_what_is_left_to_do_is_noted(at, run, monkeypatch: pytest.MonkeyPatch):
    club = at("founded")
    monkeypatch.setattr(service_unit, "LOGIN", "nobody")
    assert f"chown -R nobody: {club.folder}" in run.ok("install-service", "--print").err
    monkeypatch.setattr(service_unit, "LOGIN", "no-such-login")
    assert "there is no login no-such-login yet" in run.ok("install-service", "--print").err


@pytest.mark.parametrize(("mode", "closed"), [(0o700, True), (0o711, False)])
def test_a_program_that_the_login_cannot_reach_is_named(mode: int, *, closed: bool):
    with TemporaryDirectory() as name:  # not tmp_path, which lies in a folder that is closed itself
        folder = Path(name).resolve()
        folder.chmod(mode)
        unit = ServiceUnit(user="nobody", folder=Path("/"), command=(str(folder / "python"),), credentials={})
        notes = [note for note in service_unit.notes_of(unit) if "may not enter" in note]
        assert [f"nobody may not enter {folder}" in note for note in notes] == [True] * closed
