"""An access token comes from a file or a command; what is wrong with either is named, and no secret is shown."""

import asyncio
import base64
import json
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from mailer.domain.errors import BadInput
from mailer.gateways import oauth
from mailer.gateways.oauth import TokenSource, refusal_words
from tests.gateways.relays import until

KEY = "[smtp] oauth_token_command"


def by_command(folder: Path, script: str) -> TokenSource:
    return TokenSource(key=KEY, folder=folder, command=(sys.executable, "-c", script))


async def refused(source: TokenSource) -> str:
    with pytest.raises(BadInput) as error:
        await source.token()
    return str(error.value)


@pytest.mark.parametrize("octets", [b"ya29.token", b"ya29.token\r\n", b"\xef\xbb\xbfya29.token\n\n", b"  ya29.token  "])
async def test_the_token_is_what_stands_in_the_file(tmp_path: Path, octets: bytes) -> None:
    (tmp_path / "token").write_bytes(octets)
    assert await TokenSource(key="k", folder=tmp_path, file=tmp_path / "token").token() == "ya29.token"


async def test_the_token_is_what_the_command_prints(tmp_path: Path) -> None:
    (tmp_path / "here").write_text("")
    script = "import os, sys; sys.stderr.write('refreshed'); print('ya29.token' if os.path.exists('here') else '')"
    assert await by_command(tmp_path, script).token() == "ya29.token"


async def test_a_command_has_no_shell(tmp_path: Path) -> None:
    source = TokenSource(key=KEY, folder=tmp_path, command=("echo", "$HOME;id"))
    assert await source.token() == "$HOME;id"


@pytest.mark.parametrize("octets", [b"", b" \n", b"\xef\xbb\xbf"])
async def test_an_empty_file_is_named(tmp_path: Path, octets: bytes) -> None:
    (tmp_path / "token").write_bytes(octets)
    source = TokenSource(key="[smtp] oauth_token_file", folder=tmp_path, file=tmp_path / "token")
    assert await refused(source) == f"[smtp] oauth_token_file: {tmp_path / 'token'} has no token"


@pytest.mark.parametrize(
    "octets", [b'{"access_token": "ya29"}', b"ya29 ya30", b"ya29\nya30", "токен".encode(), b"\xff\xfe"]
)
async def test_what_is_no_token_is_not_shown(tmp_path: Path, octets: bytes) -> None:
    (tmp_path / "token").write_bytes(octets)
    message = await refused(TokenSource(key="k", folder=tmp_path, file=tmp_path / "token"))
    assert "something else than an access token" in message
    assert "ya29" not in message


async def test_a_command_that_fails_is_quoted_without_its_secrets(tmp_path: Path) -> None:
    script = (
        "import sys; print('ya29.printed'); sys.stderr.write('invalid_grant: token has expired\\n"
        'client_secret=hunter2 refresh_token: "1//0g" Bearer abc ya29.printed AbCdEf0123456789AbCdEf0123456789\\n\'); sys.exit(3)'
    )
    message = await refused(by_command(tmp_path, script))
    assert f"{KEY}: {sys.executable} ends with status 3: ‘invalid_grant: token has expired" in message
    for secret in ("ya29", "hunter2", "1//0g", "abc", "AbCdEf"):
        assert secret not in message


@pytest.mark.parametrize("name", ["./absent", "/absent/command"])
async def test_a_command_that_cannot_be_run_is_named(tmp_path: Path, name: str) -> None:
    message = await refused(TokenSource(key=KEY, folder=tmp_path, command=(name,)))
    assert message == f"{KEY}: {name} cannot be run: No such file or directory"


async def test_a_command_is_ended_at_its_deadline_with_all_that_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oauth, "DEADLINE_SECONDS", 0.5)
    script = (
        "import os, subprocess, sys; child = subprocess.Popen(['sleep', '60']);"
        "open('pids', 'w').write(f'{os.getpid()} {child.pid}'); child.wait()"
    )
    before = time.monotonic()
    assert "does not end within 0.5 seconds" in await refused(by_command(tmp_path, script))
    assert time.monotonic() - before < 10
    await until(lambda: not any(map(runs, pids(tmp_path))))


@pytest.mark.parametrize("in_a_session", [False, True])
async def test_what_a_command_leaves_running_is_not_waited_for(tmp_path: Path, *, in_a_session: bool) -> None:
    script = (
        f"import subprocess; child = subprocess.Popen(['sleep', '60'], start_new_session={in_a_session});"
        "open('pids', 'w').write(str(child.pid)); print('ya29.token')"
    )
    before = time.monotonic()
    assert await by_command(tmp_path, script).token() == "ya29.token"
    assert time.monotonic() - before < 10
    if in_a_session:
        os.kill(int(pids(tmp_path)[0]), signal.SIGKILL)
    await until(lambda: not any(map(runs, pids(tmp_path))))


@pytest.mark.parametrize("output", ["stdout", "stderr"])
async def test_a_command_that_prints_without_end_is_ended(tmp_path: Path, output: str) -> None:
    before = time.monotonic()
    message = await refused(by_command(tmp_path, f"import sys\nwhile True: sys.{output}.write('ya29.token ')"))
    assert message.endswith("prints more than 65536 octets; it must print the access token alone")
    assert time.monotonic() - before < 10


async def test_a_command_that_is_no_longer_waited_for_is_ended(tmp_path: Path) -> None:
    script = "import os, signal; open('pids', 'w').write(str(os.getpid())); signal.pause()"
    waiting = asyncio.create_task(by_command(tmp_path, script).token())
    await until(lambda: bool(pids(tmp_path)))
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await until(lambda: not any(map(runs, pids(tmp_path))))


def pids(folder: Path) -> list[str]:
    """The processes that a command has named in the file `pids`."""
    file = folder / "pids"
    return file.read_text().split() if file.exists() else []


def runs(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def encoded(document: object) -> str:
    return base64.b64encode(json.dumps(document).encode()).decode()


def test_the_reason_of_a_refusal_is_read() -> None:
    assert refusal_words(encoded({"status": "400", "schemes": "Bearer", "scope": "mail"})) == "status 400, scope mail"
    assert refusal_words(encoded({"status": 401})) == "status 401"


@pytest.mark.parametrize(
    "challenge", ["", "not base64!", "é", encoded([1]), encoded({}), encoded("x"), base64.b64encode(b"\xff").decode()]
)
def test_a_challenge_that_says_nothing_adds_nothing(challenge: str) -> None:
    assert refusal_words(challenge) == ""
