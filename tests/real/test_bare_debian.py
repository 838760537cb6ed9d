"""The manual's commands take a bare Debian to the first test mailing, and its systemd runs the daemon well from then on."""

import json
import mailbox
import os
import re
import shutil
import socket
import sys
from collections.abc import Iterator
from contextlib import closing
from email.header import decode_header, make_header
from pathlib import Path
from time import monotonic

import pytest
from packaging.utils import canonicalize_name

from tests.packages.test_manual import commands
from tests.real.bare_debian import BareDebian, absent, bare_debian
from tests.servers import wait_until

ROOT = Path(__file__).parents[2]
READER = "anna@club.example"
PASSWORD = "juniper beacon cedar birch"
INSTALLATION = "/var/lib/club-mailer"
# A unit beside the package's, as of a worker, and the first line by which the package knows it.
FURTHER, OURS = "/etc/systemd/system/club-mailer-2.service", "# Written by install-service of Club Mailer"
# Seconds from the first command to the test mailing, as the manual promises.
PROMISED = 600


pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(bool(absent()), reason=f"{absent()}: run sh tests/real/install as root"),
]


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


@pytest.fixture(scope="module")
def debian() -> Iterator[BareDebian]:
    """With a copy of the project, and the mail of club.example delivered here; its relay is this machine's alone."""
    try:
        wait_until(
            lambda: is_free(25) and is_free(8025), "another program has port 25 or 8025, which the Debian would share"
        )
    except RuntimeError as taken:
        pytest.skip(str(taken))
    with bare_debian(network=True) as its:
        hidden = shutil.ignore_patterns(".*", "dist", "build", "__pycache__")
        # What tests/real/install unpacks has links that lead nowhere on this machine: they are copied as they are.
        shutil.copytree(ROOT, its.folder / "root" / "club-mailer", symlinks=True, ignore=hidden)
        its.must("useradd anna && echo 127.0.0.1 $(hostname) >> /etc/hosts && echo vm.club.example > /etc/mailname")
        its.must("echo postfix postfix/main_mailer_type select Local only | debconf-set-selections")
        yield its


@pytest.fixture(scope="module")
def took() -> dict[str, float]:
    """How long each of the manual's commands took, in seconds."""
    return {}


@pytest.fixture(scope="module")
def installed(debian: BareDebian, took: dict[str, float]) -> BareDebian:
    """After the manual's commands."""
    for command in commands():
        begun = monotonic()
        debian.must(f"cd /root/club-mailer && {command}", typed=f"{PASSWORD}\n" if "user add" in command else "")
        took[command] = monotonic() - begun
        if "postfix" in command:
            debian.must("postconf -e mydestination=club.example && postfix reload")
    return debian


def club_mailer(debian: BareDebian, words: str) -> object:
    return json.loads(debian.must(f"club-mailer --json {words}"))


def shown(debian: BareDebian, key: str) -> str:
    return debian.must(f"systemctl show --value --property={key} club-mailer").strip()


def test_the_commands_bring_the_first_test_mailing_to_its_reader(installed: BareDebian, took: dict[str, float]) -> None:
    begun = monotonic()
    installed.until("grep -q '^Subject:' /var/mail/anna")
    took["the mailing"] = monotonic() - begun
    times = "\n".join(f"{seconds:6.1f} s  {command[:100]}" for command, seconds in took.items())
    sys.stdout.write(f"{times}\n{sum(took.values()):6.1f} s  in all\n")
    # A machine that does other work besides takes its share longer.
    busy = max(1.0, os.getloadavg()[2] / (os.cpu_count() or 1))
    assert sum(took.values()) < PROMISED * busy, times
    with closing(mailbox.mbox(installed.folder / "var" / "mail" / "anna")) as mails:
        for mail in mails:
            assert "TEST" in str(make_header(decode_header(mail["Subject"])))
            assert READER in mail["To"]
    assert installed.must("systemctl is-enabled club-mailer").strip() == "enabled"
    installed.must("club-mailer check")


def test_systemd_knows_it_ready_and_shut_in(installed: BareDebian) -> None:
    assert shown(installed, "ActiveState") == "active"
    assert shown(installed, "StatusText") == "It pulls, plans, begins what is due, and sends."
    assert shown(installed, "WatchdogUSec") == "10min"
    level = re.search(
        r"exposure level for club-mailer.service: ([\d.]+)", installed.must("systemd-analyze security club-mailer")
    )
    assert float(level[1]) < 2.0
    assert "denied" not in installed.must("journalctl -u club-mailer").lower()


def test_the_bill_lists_exactly_what_is_installed(installed: BareDebian) -> None:
    bill = json.loads(installed.must("cat /usr/share/doc/club-mailer/sbom.cdx.json"))
    listed = {f"{part['name']} {part['version']}" for part in bill["components"]}
    names = "from importlib.metadata import distributions as all; print(*(f'{d.name}={d.version}' for d in all()))"
    there = installed.must(f'/opt/club-mailer/bin/python3 -I -c "{names}"').split()
    installed_parts = {f"{canonicalize_name(name)} {version}" for name, version in (each.split("=") for each in there)}
    assert {part for part in installed_parts if not part.startswith("club-mailer ")} == listed


def test_without_its_relays_settings_it_is_never_ready(installed: BareDebian) -> None:
    config = f"{INSTALLATION}/config.toml"
    installed.must(f"cp -p {config} {config}.good && sed -i 's/^password_file = .*/password_file = \"none\"/' {config}")
    try:
        assert installed.run("timeout 20 systemctl restart club-mailer").returncode != 0
        assert shown(installed, "ActiveState") == "activating"
        assert "password_file" in installed.must("journalctl -u club-mailer -n 20")
    finally:
        installed.must(f"mv {config}.good {config} && systemctl restart club-mailer")


def test_root_keeps_the_password_and_hands_it_over(installed: BareDebian) -> None:
    config = f"{INSTALLATION}/config.toml"
    installed.must("install -m 600 /dev/null /etc/smtp.password && echo sesame > /etc/smtp.password")
    installed.must(
        f"cp -p {config} {config}.good && sed -i 's/^password_file = .*/password_file = \"smtp.password\"/' {config}"
    )
    try:
        installed.must(
            f"/opt/club-mailer/bin/mailer --config {config} install-service --credential smtp.password:/etc/smtp.password"
        )
        installed.must("systemctl daemon-reload && systemctl restart club-mailer")
        installed.must("club-mailer check")  # it finds what the daemon was handed
    finally:
        installed.must(f"mv {config}.good {config} && rm /etc/systemd/system/club-mailer.service")
        installed.must("systemctl daemon-reload && systemctl restart club-mailer")


def test_a_daemon_that_stands_still_is_started_anew(installed: BareDebian) -> None:
    installed.must("mkdir -p /run/systemd/system/club-mailer.service.d")
    drop_in = "/run/systemd/system/club-mailer.service.d/quick.conf"
    installed.must(f"printf '[Service]\\nWatchdogSec=3\\nRestartSec=1\\n' > {drop_in}")
    installed.must("systemctl daemon-reload && systemctl restart club-mailer")
    before = shown(installed, "MainPID")
    installed.must("sleep 8")
    assert shown(installed, "MainPID") == before  # it is well for longer than that
    installed.must(f"kill -STOP {before}")
    installed.until(
        f"test $(systemctl show --value -p MainPID club-mailer) != {before} && systemctl is-active club-mailer", 60
    )
    assert "Watchdog timeout" in installed.must("journalctl -u club-mailer")
    installed.must(f"rm {drop_in} && systemctl daemon-reload && systemctl restart club-mailer")


def test_it_ends_by_itself_and_reloads(installed: BareDebian) -> None:
    installed.must("systemctl reload club-mailer")
    installed.until("journalctl -u club-mailer | grep -q 'schedules/'")
    installed.until("systemctl is-active club-mailer")
    installed.must("systemctl stop club-mailer")
    assert shown(installed, "Result") == "success"
    assert shown(installed, "ExecMainStatus") == "0"
    assert club_mailer(installed, "issue list")
    installed.must("systemctl start club-mailer")


@pytest.fixture(scope="module")
def newer(installed: BareDebian) -> str:
    """A package as of a later build, unpacked in a folder: what apt goes by is its version alone."""
    folder = "/root/newer"
    installed.must(f"rm -rf {folder} && dpkg-deb -R /root/club-mailer/dist/club-mailer_*.deb {folder}")
    installed.must(f"sed -i 's/^Version: .*/&9/' {folder}/DEBIAN/control")
    return folder


def upgrade(debian: BareDebian, folder: str) -> int:
    debian.must(f"dpkg-deb --root-owner-group -Znone --build {folder} /root/newer.deb")
    return debian.run("apt-get install --yes /root/newer.deb").returncode


def test_an_upgrade_that_fails_leaves_the_daemon_at_work(installed: BareDebian, newer: str) -> None:
    preinst = f"{newer}/DEBIAN/preinst"
    installed.must(f"printf '#!/bin/sh\\nexit 1\\n' > {preinst} && chmod 755 {preinst}")
    assert upgrade(installed, newer) != 0
    installed.until("systemctl is-active club-mailer")
    installed.must(f"rm {preinst}")


def test_a_further_version_takes_its_place_while_it_runs(installed: BareDebian, newer: str) -> None:
    settings = f"{INSTALLATION}/config.toml {INSTALLATION}/mailer.key {INSTALLATION}/schedules/*"
    installed.must(f"md5sum {settings} > /root/settings")
    before, users = shown(installed, "MainPID"), club_mailer(installed, "user list")
    assert upgrade(installed, newer) == 0
    installed.until("systemctl is-active club-mailer")
    assert shown(installed, "MainPID") != before
    assert club_mailer(installed, "issue list")
    assert club_mailer(installed, "user list") == users
    installed.must("md5sum --check /root/settings && dpkg --verify club-mailer")


def test_an_upgrade_starts_again_what_failed_again_and_again_and_every_further_unit(
    installed: BareDebian, newer: str
) -> None:
    further = '[Service]\\nExecStart=/opt/club-mailer/bin/python3 -c "import signal; signal.pause()"'
    installed.must(f"printf '{OURS}\\n{further}\\n' > {FURTHER} && systemctl daemon-reload")
    installed.must("systemctl start club-mailer-2")
    before = installed.must("systemctl show --value --property=MainPID club-mailer-2")
    config = f"{INSTALLATION}/config.toml"
    installed.must(f"cp -p {config} {config}.good && sed -i 's/^password_file = .*/password_file = \"none\"/' {config}")
    try:
        installed.must("systemctl --no-block restart club-mailer")
        installed.until("test $(systemctl show --value --property=SubState club-mailer) = auto-restart")
        installed.must(f"sed -i 's/^Version: .*/&9/' {newer}/DEBIAN/control")
        assert upgrade(installed, newer) == 0
    finally:
        installed.must(f"mv {config}.good {config}")
    installed.until("systemctl is-active club-mailer && systemctl is-active club-mailer-2")
    assert installed.must("systemctl show --value --property=MainPID club-mailer-2") != before


def test_it_goes_and_leaves_the_register_alone(installed: BareDebian) -> None:
    installed.must(f"mailer --config {INSTALLATION}/config.toml install-service")
    installed.must("apt-get remove --yes club-mailer")
    assert installed.run("systemctl is-active club-mailer").returncode != 0
    said = installed.must("apt-get purge --yes club-mailer")
    assert f"rm -r {INSTALLATION} && userdel club-mailer && groupdel club" in said
    installed.must(f"test -e {INSTALLATION}/mailer.db && getent passwd club-mailer")
    left = (
        f"/etc/sudoers.d/club-mailer /etc/systemd/system/club-mailer.service {FURTHER} /opt/club-mailer /usr/bin/mailer"
    )
    installed.must(f"for file in {left}; do test ! -e $file || exit 1; done")


def test_without_a_network_it_comes_and_works(installed: BareDebian) -> None:
    installed.must(f"rm -r {INSTALLATION} && userdel club-mailer && groupdel club")
    alone = "unshare --net sh -c 'ip link set lo up && {}'"
    installed.must(alone.format("dpkg -i /root/club-mailer/dist/club-mailer_*.deb"))
    assert "The report balances." in installed.must(alone.format('su -s /bin/sh anna -c "mailer demo --fast --once"'))
    assert installed.must("systemctl is-enabled club-mailer || true").strip() == "disabled"
    folders = f"stat -c '%a %U:%G' {INSTALLATION} {INSTALLATION}/issues {INSTALLATION}/exchange"
    assert installed.must(folders).split() == ["2750", "club-mailer:club", *["2770", "club-mailer:club"] * 2]
    files = f"stat -c '%a %U:%G' {INSTALLATION}/config.toml {INSTALLATION}/mailer.key"
    assert installed.must(files).split() == ["600", "club-mailer:club"] * 2
    strange = "find /opt/club-mailer ( ! -user root -o ! -group root -o -perm /6022 ) ! -type l"
    assert installed.must(strange.replace("(", "\\(").replace(")", "\\)")) == ""
