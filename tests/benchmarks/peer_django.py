"""Django as a peer: its e-mail classes and its SMTP backend over one connection that is kept open."""

import django
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from tests.benchmarks import peer
from tests.benchmarks.meter import Meter


def main() -> None:
    """Send and report."""
    errand = peer.errand()
    told, people = peer.letter(errand.folder), peer.readers(errand)
    settings.configure(EMAIL_HOST="127.0.0.1", EMAIL_PORT=errand.port, USE_I18N=False)
    django.setup()
    meter = Meter()
    with get_connection("django.core.mail.backends.smtp.EmailBackend") as connection:
        for copy in peer.copies(told, people):
            headers = {**told["headers"], "Message-ID": copy.message_id, "Date": told["date"]}
            made = EmailMultiAlternatives(
                told["subject"],
                copy.text,
                told["from"],
                [f'"{copy.name}" <{copy.recipient}>'],
                headers=headers,
                connection=connection,
            )
            made.attach_alternative(copy.html, "text/html")
            made.send()
    meter.stop()
    meter.report(errand.copies)


if __name__ == "__main__":
    main()
