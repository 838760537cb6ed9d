"""Loads the certificate with which the listener offers STARTTLS."""

import ssl
from pathlib import Path

from mailer.domain.errors import BadInput


def tls_context(cert_file: Path, key_file: Path) -> ssl.SSLContext:
    """Load a PEM certificate with its chain and its key for STARTTLS. Raises BadInput naming the file."""
    for key, file in (("listen_cert_file", cert_file), ("listen_key_file", key_file)):
        try:
            file.read_bytes()
        except OSError as error:
            raise BadInput(f"[bounces] {key}: {file} cannot be read: {error.strerror}") from error
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(cert_file, key_file, password=lambda: "")  # otherwise OpenSSL asks at the terminal
    except (ssl.SSLError, ValueError) as error:
        raise BadInput(
            f"[bounces] listen_cert_file {cert_file} and listen_key_file {key_file} are no certificate and its "
            f"unlocked key, both in PEM: {error}"
        ) from error
    return context
