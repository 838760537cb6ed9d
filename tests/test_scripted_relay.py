"""The make-believe relay keeps what it takes, counts tries, and runs as a process of its own."""

import asyncio
import smtplib
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.scripted_relay import Misbehaviour, Phase, Sink

MESSAGE = b"Subject: x\r\nMessage-ID: <1@club.example>\r\n\r\nBody\r\n"
MAIL_PARAMETERS, RCPT_PARAMETERS = "RET=HDRS ENVID=m17", "NOTIFY=FAILURE,DELAY ORCPT=rfc822;b+2Bc@members.example"


def send(port: int, recipient: str = "anna@members.example") -> None:
    """One message by the standard library's client: the sink is not only good for ours."""
    with smtplib.SMTP("127.0.0.1", port, local_hostname="client.example", timeout=10) as client:
        client.sendmail("bulletin@club.example", recipient, MESSAGE)


async def test_messages_are_kept_in_memory_and_in_private_files(tmp_path: Path) -> None:
    async with Sink(tmp_path / "caught") as sink:
        for _ in range(2):
            await asyncio.to_thread(send, sink.port)
        assert [received.message for received in sink.received] == [MESSAGE, MESSAGE]
        assert sink.connections == 2
    files = sorted((tmp_path / "caught").iterdir())
    assert [file.name for file in files] == ["0001.eml", "0002.eml"]
    assert files[0].read_bytes() == MESSAGE
    assert stat.S_IMODE(files[0].stat().st_mode) == 0o600


async def test_the_script_gets_the_phase_the_envelope_and_the_try() -> None:
    calls: list[tuple[Phase, str, str, int]] = []

    def script(phase: Phase, sender: str, recipient: str, nth: int) -> str | Misbehaviour | None:
        calls.append((phase, sender, recipient, nth))
        return "451 4.7.1 Later" if phase is Phase.RCPT and nth == 1 else None

    async with Sink(script=script) as sink:
        with pytest.raises(smtplib.SMTPRecipientsRefused, match=r"451, b'4\.7\.1 Later'"):
            await asyncio.to_thread(send, sink.port)
        await asyncio.to_thread(send, sink.port)
        assert len(sink.received) == 1
    sender, anna = "bulletin@club.example", "anna@members.example"
    assert [call for call in calls if call[0] in {Phase.CONNECT, Phase.HELLO}] == [
        (Phase.CONNECT, "", "", 1),
        (Phase.HELLO, "", "", 1),
        (Phase.CONNECT, "", "", 2),
        (Phase.HELLO, "", "", 2),
    ]
    assert [call for call in calls if call[0] not in {Phase.CONNECT, Phase.HELLO}] == [
        (Phase.MAIL, sender, "", 1),
        (Phase.RCPT, sender, anna, 1),
        (Phase.MAIL, sender, "", 2),
        (Phase.RCPT, sender, anna, 2),
        (Phase.DATA, sender, anna, 2),
        (Phase.CONTENT, sender, anna, 2),
        (Phase.END, sender, anna, 2),
    ]


@pytest.mark.parametrize("pipelining", [True, False])
async def test_it_takes_commands_in_groups_and_says_so_unless_it_is_told_not_to(pipelining: bool) -> None:
    async with Sink(pipelining=pipelining) as sink:
        reader, writer = await asyncio.open_connection("127.0.0.1", sink.port)
        group = b"MAIL FROM:<a@club.example>\r\nRCPT TO:<b@members.example>\r\nDATA\r\n"
        writer.write(b"EHLO client.example\r\n" + (group + MESSAGE + b".\r\n") * 2 + b"RSET\r\nQUIT\r\n")
        lines = (await reader.read()).split(b"\r\n")
        writer.close()
        assert [received.message for received in sink.received] == [MESSAGE, MESSAGE]
    assert (b"250-PIPELINING" in lines) == pipelining
    last = lines.index(b"250 HELP") + 1
    assert [line[:3] for line in lines[last:-1]] == [b"250", b"250", b"354", b"250"] * 2 + [b"250", b"221"]


async def ask_for_reports(*, dsn: bool) -> tuple[bytes, list[tuple[str, ...]]]:
    """The replies to two transactions, the first with DSN parameters, and the parameters that the relay kept."""
    async with Sink(dsn=dsn) as sink:
        reader, writer = await asyncio.open_connection("127.0.0.1", sink.port)
        for mail, rcpt in ((MAIL_PARAMETERS, RCPT_PARAMETERS), ("", "")):
            lines = [f"MAIL FROM:<a@club.example> {mail}", f"RCPT TO:<b+c@members.example> {rcpt}", "DATA"]
            commands = b"EHLO client.example\r\n" + "".join(f"{line.strip()}\r\n" for line in lines).encode()
            writer.write(commands + (MESSAGE + b".\r\n" if dsn or not mail else b""))
        writer.write(b"MAIL\r\nMAIL FROM:<a@club.example> COLOUR=RED\r\nQUIT\r\n")
        replies = await reader.read()
        writer.close()
        return replies, [received.parameters for received in sink.received]


async def test_what_is_asked_of_reports_is_kept_where_it_announces_that_it_can_be() -> None:
    replies, parameters = await ask_for_reports(dsn=True)
    assert b"\r\n250-DSN\r\n" in replies
    assert parameters == [tuple(f"{MAIL_PARAMETERS} {RCPT_PARAMETERS}".split()), ()]
    assert b"\r\n501 " in replies
    assert b"\r\n555 MAIL" in replies
    replies, parameters = await ask_for_reports(dsn=False)
    assert b"DSN" not in replies
    assert (parameters, b"\r\n555 MAIL" in replies) == ([()], True)


def test_it_runs_as_a_process_of_its_own(tmp_path: Path) -> None:
    log = tmp_path / "log"
    command = [sys.executable, "-m", "tests.scripted_relay", "--port", "0", "--log", str(log), "--delay-ms", "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        send(int(process.stdout.readline()))
        process.kill()
    assert log.read_text() == "<1@club.example> anna@members.example\n"
