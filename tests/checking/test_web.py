"""What `mailer check` says about the console."""

import asyncio
import shutil
import socket
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import update

from mailer.app.scheduler import hold_scheduler
from mailer.app.sender import open_sender
from mailer.checking.checks import check
from mailer.checking.web import check_console, check_metrics
from mailer.domain.access import Role
from mailer.domain.user import User
from mailer.gateways.clock import SystemClock
from mailer.pipeline.users import add_user
from mailer.store.schema import owners
from mailer.web.metrics import serve_metrics
from tests.certificates import Authority
from tests.club import Club
from tests.doubles import FrozenClock
from tests.web.test_server import ask, serving

TODAY = SystemClock().now()  # the certificates of the tests are of today


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def checked(club: Club, *, users: int = 1, at: datetime = TODAY, **web: object) -> dict[str, tuple[bool, str]]:
    """The results about the console, by the rest of their subject."""
    club.settle(web=web)
    with club.opened(FrozenClock(at)) as app:
        for number in range(users):
            add_user(app.context, User(id=0, name=f"user {number}", role=Role.SECRETARY), "lamp oil and winter")
        return {result.subject.removeprefix("console: "): (result.ok, result.finding) for result in check_console(app)}


def test_without_listen_there_is_none(club: Club) -> None:
    assert checked(club) == {"console": (True, "[web] listen is empty: there is none")}


def test_a_free_port_on_this_machine_with_a_user_is_right(club: Club) -> None:
    port = free_port()
    assert checked(club, listen=f"127.0.0.1:{port}") == {
        "listen": (True, f"127.0.0.1:{port}, without TLS; free, the daemon will listen there"),
        "address": (
            True,
            (
                f"http://127.0.0.1:{port}, on this machine alone; copies have no one-click unsubscribing without "
                "public_url"
            ),
        ),
        "users": (True, "1 user, 1 of them by a password alone"),
    }


def test_without_a_user_it_says_how_to_make_one(club: Club) -> None:
    ok, finding = checked(club, users=0, listen=f"127.0.0.1:{free_port()}")["users"]
    assert not ok
    assert finding == "no one can sign in yet"


def test_who_must_set_up_a_second_way_is_named(club: Club) -> None:
    ok, finding = checked(club, users=2, listen=f"127.0.0.1:{free_port()}", require_second=True)["users"]
    assert (ok, finding) == (True, "2 users; user 0, user 1 must set up a second way at the next visit")


class Answers(BaseHTTPRequestHandler):
    """The console of an older version, or another program, as its body says."""

    body = b"ok\n"

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_: object) -> None:
        pass


class Others(Answers):
    body = b"welcome"


@pytest.mark.parametrize(
    ("handler", "said"),
    [(Answers, "the console of another installation answers there"), (Others, "another program listens there")],
)
def test_what_listens_at_the_port_is_asked(club: Club, handler: type[Answers], said: str) -> None:
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_address[1]
        ok, finding = checked(club, listen=f"127.0.0.1:{port}")["listen"]
        server.shutdown()
    assert not ok
    assert said in finding
    assert "choose another port in [web] listen" in finding


@pytest.mark.parametrize("tls", [False, True])
async def test_our_console_is_told_apart_from_that_of_a_copy_of_the_installation(
    club: Club, tmp_path: Path, authority: Authority, tls: bool
) -> None:
    web = with_tls(club, authority) if tls else {"listen": f"127.0.0.1:{free_port()}"}
    club.settle(web=web)
    copied = club.copied(tmp_path / "copied")
    with club.opened(FrozenClock(TODAY)) as app:
        async with serving(app):
            ours = await asyncio.to_thread(checked, club, **web)
            others = await asyncio.to_thread(checked, copied, **web)
    assert ours["listen"] == (True, f"{web['listen']}, {'with' if tls else 'without'} TLS; the console answers")
    ok, finding = others["listen"]
    assert (ok, "the console of another installation answers there" in finding) == (False, True)


def test_a_daemon_that_does_not_listen_is_wrong(club: Club) -> None:
    club.settle(web={"listen": f"127.0.0.1:{free_port()}"})
    with club.opened(FrozenClock(TODAY)) as app, open_sender(app) as (_sender, owner):
        assert hold_scheduler(app, owner)
        [result, *_] = check_console(app)
    assert (result.ok, "the daemon runs, but does not listen there" in result.finding) == (False, True)


def with_tls(club: Club, authority: Authority, **web: object) -> dict[str, object]:
    shutil.copy(authority.good_file, club.folder / "console.pem")
    return {"listen": f"127.0.0.1:{free_port()}", "cert_file": "console.pem", "key_file": "console.pem"} | web


@pytest.mark.parametrize(
    ("after", "ok", "said"),
    [
        (timedelta(0), True, "valid until "),
        (timedelta(days=-30), False, "is valid from "),
        (timedelta(days=4000), False, "has expired on "),
    ],
)
def test_the_certificate_is_of_now(club: Club, authority: Authority, after: timedelta, ok: bool, said: str) -> None:
    found, finding = checked(club, at=TODAY + after, **with_tls(club, authority))["certificate"]
    assert (found, said in finding) == (ok, True)


def test_the_certificate_is_for_the_address_of_the_browsers(club: Club, authority: Authority) -> None:
    ok, finding = checked(club, **with_tls(club, authority, public_url="https://127.0.0.1:8443"))["certificate"]
    assert ok, finding
    ok, finding = checked(club, users=0, **with_tls(club, authority, public_url="https://localhost"))["certificate"]
    assert (ok, "is for 127.0.0.1, not for localhost of public_url: browsers refuse it" in finding) == (False, True)


def test_a_certificate_that_cannot_be_read_is_named(club: Club) -> None:
    web = {"listen": f"127.0.0.1:{free_port()}", "cert_file": "none.pem", "key_file": "none.pem"}
    ok, finding = checked(club, **web)["certificate"]
    assert (ok, "[web] cert_file: " in finding, "none.pem cannot be read" in finding) == (False, True, True)


def test_a_key_that_others_can_read_is_named(club: Club, authority: Authority) -> None:
    club.settle(web=with_tls(club, authority))
    (club.folder / "console.pem").chmod(0o644)
    rights = next(result for result in check(club.config) if result.subject == "rights of files")
    assert (rights.ok, "console.pem" in rights.finding) == (False, True)


@pytest.mark.parametrize(
    ("web", "ok", "said"),
    [
        ({"public_url": "https://console.club.example"}, False, "but nothing speaks TLS"),
        ({"public_url": "https://no-such-host.invalid", "behind_proxy": True}, False, "has no address in the DNS"),
        ({"public_url": "https://localhost", "behind_proxy": True}, True, "https://localhost"),
        ({"behind_proxy": True}, False, "public_url is empty"),
    ],
)
def test_the_address_of_the_browsers(club: Club, web: dict[str, object], ok: bool, said: str) -> None:
    found, finding = checked(club, listen=f"127.0.0.1:{free_port()}", **web)["address"]
    assert (found, said in finding) == (ok, True), finding


@pytest.mark.parametrize(
    ("proxies", "ok"), [(["127.0.0.1"], True), (["10.0.0.0/24"], True), (["0.0.0.0/0"], False), (["::/0"], False)]
)
def test_a_proxy_is_not_everybody(club: Club, proxies: list[str], ok: bool) -> None:
    web = {"listen": f"127.0.0.1:{free_port()}", "behind_proxy": True, "trusted_proxies": proxies}
    found, finding = checked(club, **web)["proxies"]
    assert (found, proxies[0].partition("/")[0] in finding) == (ok, True)


# --- metrics ------------------------------------------------------------------------------------------------------------


def test_where_the_metrics_are_is_said_and_what_has_the_port(club: Club) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        club.settle(monitoring={"metrics_listen": f"127.0.0.1:{port}"})
        with club.opened() as app:
            [taken] = check_metrics(app)
    with club.opened() as app:
        [free] = check_metrics(app)
    assert (taken.ok, taken.finding) == (
        False,
        f"127.0.0.1:{port}: another program, or the daemon of another installation, listens there",
    )
    assert (free.ok, free.finding) == (True, f"127.0.0.1:{port}; free, the daemon will listen there")


async def test_our_metrics_are_told_apart_from_those_of_another_installation(club: Club, tmp_path: Path) -> None:
    port = free_port()
    listen = f"127.0.0.1:{port}"
    club.settle(monitoring={"metrics_listen": listen})
    other = club.copied(tmp_path / "copied")  # a server copies no database that is in use
    with club.opened() as app, other.opened() as copied:
        async with serving(app, serve_metrics):
            await ask(port)  # until it listens
            [ours] = await asyncio.to_thread(lambda: list(check_metrics(app)))
            [others] = await asyncio.to_thread(lambda: list(check_metrics(copied)))
    assert (ours.ok, ours.finding) == (True, f"{listen}; the daemon listens")
    assert (others.ok, "the daemon of another installation" in others.finding) == (False, True)


@pytest.mark.parametrize(
    ("tables", "noted"),
    [
        ({}, True),
        ({"notify": {"operator": "operator@club.example"}}, False),
        ({"monitoring": {"ping_url": "https://monitor.example/1"}}, False),
    ],
)
def test_a_service_that_no_one_watches_is_noted(club: Club, tables, noted) -> None:
    club.settle(**tables)
    with club.opened() as app:
        results = list(check_metrics(app))
    assert [result.note for result in results] == ([True] if noted else [])


def test_a_daemon_of_another_machine_need_not_listen_here(club: Club) -> None:
    club.settle(web={"listen": f"127.0.0.1:{free_port()}"}, monitoring={"metrics_listen": f"127.0.0.1:{free_port()}"})
    with club.opened(FrozenClock(TODAY)) as app, open_sender(app) as (_sender, owner):
        assert hold_scheduler(app, owner)
        with app.store.transaction() as connection:
            connection.execute(update(owners).values(boot_id="another", lock="/elsewhere"))
        for [result, *_] in (check_console(app), check_metrics(app)):
            assert result.ok
            assert "free, the daemon will listen there" in result.finding
