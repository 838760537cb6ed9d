"""The listener offers STARTTLS, and may require it."""

import asyncio
import shutil
import ssl
from contextlib import nullcontext, suppress
from pathlib import Path

import aiosmtplib
import pytest

from mailer.domain.errors import BadInput
from mailer.gateways.tls import RenewedCertificate, server_context
from tests.certificates import Authority
from tests.gateways.listener.listening import ANNA, REPORT, Client, Desk, a_client, a_listener, deliver

SETTING = "[bounces] listen_"


@pytest.mark.parametrize("required", [False, True])
async def test_starttls_is_offered_and_may_be_required(authority: Authority, required: bool):
    context = server_context(authority.good_file, authority.good_file, setting=SETTING)
    async with a_listener(tls_context=context, require_starttls=required) as (desk, listener):
        trust = ssl.create_default_context(cafile=authority.ca_file)
        async with aiosmtplib.SMTP(
            hostname="127.0.0.1", port=listener.port, start_tls=True, tls_context=trust
        ) as client:
            await client.ehlo()
            assert "starttls" not in client.esmtp_extensions
            assert "auth" not in client.esmtp_extensions
            assert (await client.sendmail("", [ANNA], REPORT))[0] == {}
        async with a_client(listener.port) as client:
            assert "250-STARTTLS" in await client.send("EHLO mx.example")
            assert (await client.send("MAIL FROM:<>")).startswith("530" if required else "250")
    assert len(desk.reports) == 1


async def test_a_renewed_certificate_is_shown_to_the_next_client(authority: Authority, tmp_path: Path):
    pem = tmp_path / "listen.pem"
    shutil.copy(next(authority.good_file.parent.glob("*another*.pem")), pem)
    certificate = RenewedCertificate(pem, pem, setting=SETTING, tell=pytest.fail)
    trust = ssl.create_default_context(cafile=authority.ca_file)
    async with a_listener(tls_context=certificate.context) as (_desk, listener):
        for renewed in (False, True):
            client = aiosmtplib.SMTP(hostname="127.0.0.1", port=listener.port, start_tls=True, tls_context=trust)
            with nullcontext() if renewed else pytest.raises(ssl.SSLCertVerificationError):
                await client.connect()
            client.close()
            shutil.copy(authority.good_file, pem)


async def test_what_was_said_in_clear_behind_starttls_is_forgotten(authority: Authority):
    async with a_listener(tls_context=authority.good) as (_desk, listener), a_client(listener.port) as client:
        await client.send("EHLO mx.example")
        client.writer.write(b"STARTTLS\r\nEHLO mx.example\r\nMAIL FROM:<>\r\n")
        assert (await client.reply()).startswith("220")
        await client.writer.start_tls(ssl.create_default_context(cafile=authority.ca_file), server_hostname="127.0.0.1")
        assert (await client.send(f"RCPT TO:<{ANNA}>")) == "503 Error: send HELO first"


async def test_a_handshake_that_fails_ends_the_connection_only(authority: Authority):
    async with a_listener(tls_context=authority.good) as (desk, listener):
        async with a_client(listener.port) as client:
            await client.send("EHLO mx.example", "STARTTLS")
            client.writer.write(b"MAIL FROM:<>\r\n")
            assert b"250" not in await client.reader.read()
        await deliver(listener)
    assert len(desk.reports) == 1


async def test_a_secured_connection_ends_too(authority: Authority):
    trust = ssl.create_default_context(cafile=authority.ca_file)
    async with a_listener(tls_context=authority.good) as (_desk, listener):
        client = aiosmtplib.SMTP(hostname="127.0.0.1", port=listener.port, start_tls=True, tls_context=trust)
        await client.connect()
        assert (await client.noop()).code == 250
    for _ in range(2):  # the 421 may be the reply to the first
        with suppress(aiosmtplib.SMTPException):
            await client.noop()
    with pytest.raises(aiosmtplib.SMTPException):
        await client.noop()
    client.close()


async def test_who_has_said_goodbye_but_stays_is_cut(authority: Authority):
    desk = Desk()
    async with desk.listener(tls_context=authority.good) as listener:
        client = Client(*await asyncio.open_connection("127.0.0.1", listener.port))
        await client.reply()
        await client.send("EHLO mx.example", "STARTTLS")
        trust = ssl.create_default_context(cafile=authority.ca_file)
        await client.writer.start_tls(trust, server_hostname="127.0.0.1")
        client.writer.transport.pause_reading()  # so TLS does not answer the farewell
        client.writer.write(b"QUIT\r\n")
        async with a_client(listener.port) as other:
            await other.send("NOOP", "NOOP", "NOOP")
    assert listener._handler.sessions == set()
    client.writer.close()


def test_a_certificate_that_cannot_be_used_is_named(authority: Authority, tmp_path: Path):
    none, wrong = tmp_path / "none.pem", tmp_path / "wrong.pem"
    wrong.write_text("not PEM")
    good = authority.good_file
    with pytest.raises(BadInput, match=f"listen_cert_file: {none} cannot be read: No such file"):
        server_context(none, good, setting=SETTING)
    with pytest.raises(BadInput, match=f"listen_key_file: {none} cannot be read"):
        server_context(good, none, setting=SETTING)
    for certificate, key in ((wrong, good), (good, wrong), (authority.ca_file, good)):
        with pytest.raises(BadInput, match=f"{certificate} and .bounces. listen_key_file {key} are not a certificate"):
            server_context(certificate, key, setting=SETTING)


def test_a_key_that_is_locked_asks_nobody(authority: Authority, tmp_path: Path):
    from cryptography.hazmat.primitives import serialization

    key = serialization.load_pem_private_key(authority.good_file.read_bytes(), None)
    locked = tmp_path / "locked.pem"
    locked.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"secret"),
        )
    )
    with pytest.raises(BadInput, match="unlocked key"):
        server_context(authority.good_file, locked, setting=SETTING)
