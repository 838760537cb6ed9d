"""Makes the TLS contexts: for connections to servers whose certificate is verified, and for our own servers."""

import os
import ssl
from collections.abc import Callable
from pathlib import Path

from mailer.domain.errors import BadInput


def client_context(ca_file: Path | None, *, setting: str) -> ssl.SSLContext:
    """Verify certificate and host name, with `ca_file` trusted in addition to the system's certificate authorities.

    Python's default demands TLS 1.2 or newer. Raises BadInput, naming the setting, when the file cannot be read.
    """
    context = ssl.create_default_context()
    if ca_file is not None:
        try:
            context.load_verify_locations(cafile=ca_file)
        except (OSError, ssl.SSLError) as error:
            raise BadInput(f"{setting}: {ca_file} is not a readable file of PEM certificates ({error})") from error
    return context


# Verification errors of OpenSSL (x509_vfy.h), by what is to be done about them.
_NOT_YET_VALID, _EXPIRED, _OTHER_NAME, _OTHER_ADDRESS = 9, 10, 62, 64
_UNKNOWN_AUTHORITY = frozenset({2, 18, 19, 20, 21})


def distrust(error: ssl.SSLCertVerificationError, *, host: str, ca_file: str) -> str:
    """Say after the server's name what is wrong with its certificate; `host` and `ca_file` are the settings' names."""
    match error.verify_code:
        case code if code == _EXPIRED:
            remedy = "its operator must renew it; if it is still valid, this machine's clock is wrong"
        case code if code == _NOT_YET_VALID:
            remedy = "is this machine's clock wrong? If it is right, ask its operator"
        case code if code in {_OTHER_NAME, _OTHER_ADDRESS}:
            remedy = f"check {host}: it must be a name in the certificate"
        case code if code in _UNKNOWN_AUTHORITY:
            remedy = f"check {host}, or name the certificate's authority in {ca_file}"
        case _:
            remedy = "ask its operator"
    return f"shows a certificate that cannot be trusted ({error.verify_message}); nothing was sent; {remedy}"


def server_context(cert_file: Path, key_file: Path, *, setting: str) -> ssl.SSLContext:
    """Load a server's certificate with its chain, and its key, both PEM. Raises BadInput naming the file.

    `setting` is what the keys begin with, such as "[bounces] listen_".
    """
    for key, file in (("cert_file", cert_file), ("key_file", key_file)):
        try:
            file.read_bytes()
        except OSError as error:
            raise BadInput(f"{setting}{key}: {file} cannot be read: {error.strerror}") from error
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(cert_file, key_file, password=lambda: "")  # otherwise OpenSSL asks at the terminal
    except (ssl.SSLError, ValueError) as error:
        raise BadInput(
            f"{setting}cert_file {cert_file} and {setting}key_file {key_file} are not a certificate and its unlocked key, "
            f"both in PEM: {error}"
        ) from error
    return context


class RenewedCertificate:
    """A server's certificate with its key; the next connection is shown the pair that the files hold by then.

    A pair that cannot be used is told of once, and the one before stays. Raises BadInput as `server_context` does.
    """

    def __init__(self, cert_file: Path, key_file: Path, *, setting: str, tell: Callable[[Exception], None]) -> None:
        self._files = (cert_file, key_file)
        self._setting = setting
        self._tell = tell
        self._version = self._version_now()
        self.context = self._shown = server_context(cert_file, key_file, setting=setting)
        self.context.sni_callback = self._show  # called in each handshake, also of a client that names no server

    def _show(self, connection: ssl.SSLSocket | ssl.SSLObject, _name: str | None, _context: ssl.SSLContext) -> None:
        version = self._version_now()
        if version != self._version:
            self._version = version
            try:
                self._shown = server_context(*self._files, setting=self._setting)
            except BadInput as error:
                self._tell(error)
        connection.context = self._shown

    def _version_now(self) -> list[tuple[int, int]]:
        return [(state.st_mtime_ns, state.st_ino) for state in map(_state_of, self._files) if state is not None]


def _state_of(file: Path) -> os.stat_result | None:
    try:
        return file.stat()
    except OSError:
        return None
