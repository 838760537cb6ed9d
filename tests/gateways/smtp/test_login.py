"""The login: the next mechanism where the relay does not know the first, one try with a password, OAuth in words."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from mailer.domain.bounce import Phase
from mailer.domain.delivery import Reply
from mailer.domain.errors import LoginRefused, TransportDown
from mailer.gateways.oauth import TokenSource
from mailer.gateways.smtp.login import refuses_mechanism
from mailer.gateways.smtp.settings import Mechanism, Security
from mailer.gateways.smtp.transport import SmtpTransport
from tests.gateways.relays import connect_by, settings, until
from tests.scripted_relay import Sink

WRONG = "535 5.7.8 Error: authentication failed"
UNKNOWN = "504 5.5.4 Unrecognized authentication type"
CHALLENGE = base64.b64encode(
    json.dumps({"status": "401", "schemes": "bearer", "scope": "https://mail.example/"}).encode()
)


class Gate:
    """A relay's side of the login: what it announces, its answer to each mechanism, and what was tried."""

    def __init__(self, announced: str, answers: dict[str, str] | None = None) -> None:
        self.announced = announced
        self.answers = answers or {}  # by mechanism; what is not named is accepted
        self.tried: list[str] = []
        self.words: list[str] = []  # what the client said, decoded
        self.connections = self.inside = 0

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.inside += 1
        try:
            with suppress(ConnectionResetError):
                await self._serve(reader, writer)
        finally:
            writer.close()
            self.inside -= 1

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:

        async def ask(line: str) -> str:
            writer.write(f"{line}\r\n".encode())
            return (await reader.readline()).decode().strip()

        line = await ask("220 relay.example")
        while line:
            if line.startswith("EHLO"):
                auth = f"250-AUTH {self.announced}\r\n" if self.announced else ""
                line = await ask(f"250-relay.example\r\n{auth}250 HELP")
            elif line.startswith("AUTH"):
                line = await ask(await self._log_in(ask, *line.split()[1:]))
            else:
                writer.write(b"221 2.0.0 Bye\r\n")
                break

    async def _log_in(self, ask: Callable, mechanism: str, *initial: str) -> str:
        self.tried.append(mechanism)
        self.words += [base64.b64decode(word).decode() for word in initial]
        answer = self.answers.get(mechanism, "235 2.7.0 Accepted")
        if answer.startswith("50"):
            return answer
        if mechanism == "LOGIN":
            for question in (b"Username:", b"Password:"):
                self.words.append(base64.b64decode(await ask(f"334 {base64.b64encode(question).decode()}")).decode())
        if mechanism == "CRAM-MD5":
            self.words.append(base64.b64decode(await ask(f"334 {base64.b64encode(b'<1@relay>').decode()}")).decode())
        if mechanism == "XOAUTH2" and not answer.startswith("235"):
            assert await ask(f"334 {CHALLENGE.decode()}") == ""
        return answer


@asynccontextmanager
async def a_gate(announced: str, **answers: str) -> AsyncIterator[tuple[Gate, int]]:
    gate = Gate(announced, {name.replace("_", "-"): answer for name, answer in answers.items()})
    async with await asyncio.start_server(gate.talk, "127.0.0.1", 0) as server:
        yield gate, server.sockets[0].getsockname()[1]
        await until(lambda: not gate.inside)
        await asyncio.sleep(0)  # lets the loop close the last one's socket


def transport(port: int, **more: object) -> SmtpTransport:
    return SmtpTransport(settings(port, **({"username": "club", "password": "secret-123"} | more)))


async def refusal(port: int, **more: object) -> TransportDown:
    with pytest.raises(TransportDown) as down:
        await connect_by(transport(port, **more))
    assert "secret-123" not in str(down.value)
    return down.value


# --- mechanisms ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        "500 5.5.1 Command unrecognized",
        "501 5.5.2 Syntax error",
        "502 Invalid input",
        "503 Bad sequence",
        UNKNOWN,
        "534 5.7.9 Authentication mechanism is too weak",
        "538 5.7.11 Encryption required for requested authentication mechanism",
        "553 5.7.1 AUTH type not allowed here",
        "550 5.5.4 Unsupported mechanism",
    ],
)
async def test_a_mechanism_that_the_relay_does_not_know_is_followed_by_the_next(answer: str) -> None:
    async with a_gate("PLAIN LOGIN", PLAIN=answer) as (gate, port):
        relay = transport(port)
        await connect_by(relay)
        assert (gate.tried, gate.connections) == (["PLAIN", "LOGIN"], 2)
        assert gate.words[-2:] == ["club", "secret-123"]
        await connect_by(relay)  # it is remembered
        assert (gate.tried, gate.connections) == (["PLAIN", "LOGIN", "LOGIN"], 3)


@pytest.mark.parametrize(
    "answer",
    [
        WRONG,
        "535 Incorrect authentication data",
        "535 5.5.4 no",
        "525 5.7.13 Disabled",
        "554 5.7.8 No",
        "550 Blocked",
        "534 5.7.9 Application-specific password required",
        "534 5.7.14 Please log in via your web browser and then try again",
    ],
)
async def test_a_wrong_password_is_tried_once(answer: str) -> None:
    async with a_gate("PLAIN LOGIN CRAM-MD5", PLAIN=answer) as (gate, port):
        down = await refusal(port)
    assert isinstance(down, LoginRefused)
    assert (down.reply and down.reply.code, down.phase) == (int(answer[:3]), Phase.AUTH)
    assert "check username and password_file of [smtp]" in str(down)
    assert gate.tried == ["PLAIN"]


async def test_the_password_counts_after_a_mechanism_that_is_not_known() -> None:
    async with a_gate("PLAIN LOGIN CRAM-MD5", PLAIN=UNKNOWN, LOGIN=WRONG) as (gate, port):
        assert isinstance(await refusal(port), LoginRefused)
    assert gate.tried == ["PLAIN", "LOGIN"]


async def test_when_no_mechanism_is_known_all_are_named_and_tried_again_the_next_time() -> None:
    async with a_gate("LOGIN PLAIN CRAM-MD5", PLAIN=UNKNOWN, LOGIN=UNKNOWN, CRAM_MD5="502 5.5.1 What?") as (gate, port):
        relay = transport(port)
        for _ in range(2):
            with pytest.raises(
                LoginRefused, match=r"does not know the login by PLAIN, LOGIN, CRAM-MD5 \(‘502 5\.5\.1 What"
            ):
                await connect_by(relay)
    assert gate.tried == ["PLAIN", "LOGIN", "CRAM-MD5"] * 2


async def test_cram_md5_is_used_where_there_is_nothing_else() -> None:
    async with a_gate("CRAM-MD5") as (gate, port):
        await connect_by(transport(port))
    assert gate.tried == ["CRAM-MD5"]
    assert gate.words[0].startswith("club ")


async def test_the_mechanism_can_be_set() -> None:
    async with a_gate("PLAIN LOGIN") as (gate, port):
        await connect_by(transport(port, auth=Mechanism.LOGIN))
        assert gate.tried == ["LOGIN"]
        await connect_by(transport(port, auth=Mechanism.PLAIN))
    assert gate.tried == ["LOGIN", "PLAIN"]


async def test_a_mechanism_that_is_set_and_not_announced_is_named() -> None:
    async with a_gate("LOGIN CRAM-MD5") as (gate, port):
        down = await refusal(port, auth=Mechanism.PLAIN)
    assert "offers no login but CRAM-MD5, LOGIN; check auth of [smtp]" in str(down)
    assert gate.tried == []


async def test_mechanisms_that_this_service_does_not_know_are_named_with_those_that_it_knows() -> None:
    async with a_gate("NTLM OAUTHBEARER") as (_gate, port):
        down = await refusal(port)
    assert "no login but NTLM, OAUTHBEARER, and this service knows only XOAUTH2, PLAIN, LOGIN, CRAM-MD5" in str(down)


async def test_a_relay_that_takes_no_token_is_named(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("ya29.token")
    source = TokenSource(key="[smtp] oauth_token_file", folder=tmp_path, file=tmp_path / "token")
    async with a_gate("PLAIN") as (_gate, port):
        down = await refusal(port, password="", token_source=source)
    assert "it takes no OAuth token: set password_file in place of [smtp] oauth_token_file" in str(down)


async def test_a_login_that_cannot_be_checked_now_is_not_tried_by_another_mechanism() -> None:
    async with a_gate("PLAIN LOGIN", PLAIN="454 4.7.0 Temporary authentication failure") as (gate, port):
        assert not isinstance(await refusal(port), LoginRefused)
    assert gate.tried == ["PLAIN"]


@pytest.mark.parametrize("status", ["", "5.7.0", "5.7.3", "5.7.8"])
def test_a_reply_of_535_is_about_the_password(status: str) -> None:
    assert not refuses_mechanism(Reply(code=535, status=status))
    assert not refuses_mechanism(Reply(code=454, status=status))


@pytest.mark.parametrize("mechanism", [Mechanism.PLAIN, Mechanism.LOGIN])
async def test_another_program_understands_the_login(authority, mechanism: Mechanism) -> None:
    options = {"auth": mechanism, "security": Security.STARTTLS, "ca_file": authority.ca_file}
    async with Sink(security=Security.STARTTLS, tls_context=authority.good, login=("club", "пароль-123")) as sink:
        await connect_by(transport(sink.port, password="пароль-123", **options))
        assert isinstance(await refusal(sink.port, **options), LoginRefused)


# --- OAuth --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    (tmp_path / "token").write_text("ya29.first\n")
    return tmp_path / "token"


def write(file: Path, token: str) -> None:
    file.write_text(token)


def source(file: Path) -> TokenSource:
    return TokenSource(key="[smtp] oauth_token_file", folder=file.parent, file=file)


async def test_a_token_is_shown_and_read_afresh_for_each_connection(token_file: Path) -> None:
    async with a_gate("PLAIN LOGIN XOAUTH2") as (gate, port):
        relay = transport(port, password="", token_source=source(token_file))
        await connect_by(relay)
        write(token_file, "ya29.second")
        await connect_by(relay)
    assert gate.tried == ["XOAUTH2", "XOAUTH2"]
    assert gate.words == [f"user=club\1auth=Bearer ya29.{name}\1\1" for name in ("first", "second")]


async def test_a_refused_token_is_explained(token_file: Path) -> None:
    async with a_gate("XOAUTH2", XOAUTH2="535 5.7.3 Authentication unsuccessful") as (gate, port):
        down = await refusal(port, token_source=source(token_file))
    assert not isinstance(down, LoginRefused)  # the token may be renewed soon
    assert (
        "refuses the OAuth token of club (‘535 5.7.3 Authentication unsuccessful’; status 401, scope https://mail.example/)"
        in str(down)
    )
    assert "renew it where [smtp] oauth_token_file gets it" in str(down)
    assert "ya29" not in str(down)
    assert gate.tried == ["XOAUTH2"]


async def test_a_refused_token_is_shown_again_only_when_it_has_changed_or_rested(
    token_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1_000.0
    monkeypatch.setattr("mailer.gateways.smtp.transport.elapsed", lambda: now)
    async with a_gate("XOAUTH2", XOAUTH2=WRONG) as (gate, port):
        relay = transport(port, token_source=source(token_file))

        async def shown() -> int:
            with pytest.raises(TransportDown, match="refuses the OAuth token"):
                await connect_by(relay)
            return gate.connections

        assert [await shown() for _ in range(3)] == [1, 1, 1]
        write(token_file, "ya29.second")
        assert [await shown() for _ in range(2)] == [2, 2]
        now += 1_800
        assert await shown() == 3
        gate.answers.clear()
        write(token_file, "ya29.third")
        await connect_by(relay)
    assert gate.tried == ["XOAUTH2"] * 4


async def test_a_token_that_is_not_there_is_named_and_nothing_is_connected(tmp_path: Path) -> None:
    async with a_gate("XOAUTH2") as (gate, port):
        down = await refusal(port, token_source=source(tmp_path / "absent"))
    assert f"needs a token to log in: [smtp] oauth_token_file: {tmp_path / 'absent'} cannot be read" in str(down)
    assert gate.connections == 0


async def test_with_a_token_and_a_password_the_password_serves_a_relay_without_oauth(token_file: Path) -> None:
    async with a_gate("PLAIN LOGIN") as (gate, port):
        await connect_by(transport(port, token_source=source(token_file)))
    assert gate.tried == ["PLAIN"]


async def test_a_relay_that_wants_oauth_says_which_keys_to_set() -> None:
    async with a_gate("XOAUTH2") as (gate, port):
        down = await refusal(port)
    assert 'it wants OAuth; set auth = "xoauth2" and oauth_token_file or oauth_token_command of [smtp]' in str(down)
    assert gate.tried == []


async def test_a_refused_password_names_oauth_where_the_relay_takes_it() -> None:
    async with a_gate("LOGIN XOAUTH2", LOGIN="535 5.7.139 Basic authentication is disabled") as (_gate, port):
        down = await refusal(port)
    assert 'or use OAuth: auth = "xoauth2" and oauth_token_file or oauth_token_command of [smtp]' in str(down)


async def test_a_relay_without_any_login_is_named() -> None:
    async with a_gate("") as (_gate, port):
        down = await refusal(port)
    assert "offers no login (AUTH) on this port; check port and security of [smtp]" in str(down)
