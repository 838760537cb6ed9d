"""Fetches reports from a mailbox by IMAP, and moves those that are stored to the folder Processed."""

import ssl
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from time import monotonic

from imap_tools.errors import MailboxFolderCreateError
from imap_tools.utils import encode_folder

from mailer.domain.bounce import Way
from mailer.domain.errors import MailerError, NotMoved
from mailer.domain.ports import WaitingMail
from mailer.gateways.inbox import imap_commands
from mailer.gateways.inbox.imap_client import BoundedMailBox, ImapClient
from mailer.gateways.inbox.imap_login import log_in
from mailer.gateways.inbox.imap_settings import FAILED, PROCESSED, ImapSettings
from mailer.gateways.tls import client_context, distrust

TROUBLE_SECONDS = 300.0  # of a look at the mailbox, for mails that cannot be fetched; then it is tried again later


class ImapInbox:
    """A folder of a mailbox. It is connected from the start of `mails` to `close`.

    A mail's name is its UID with the folder's UIDVALIDITY, for which it is good for ever (RFC 3501 §2.3.1.1).
    `stopped`: once it is true, no answer is waited for any more.
    Certificate and host name are always verified. No mail is marked as read; mails marked as deleted are ignored.
    Raises BadInput when `ca_file` cannot be read.
    """

    way = Way.IMAP

    def __init__(self, settings: ImapSettings, stopped: Callable[[], bool] = lambda: False) -> None:
        self._settings = settings
        self._stopped = stopped
        self._tls = client_context(settings.ca_file, setting="[bounces] imap_ca_file")
        self._mailbox: BoundedMailBox | None = None
        self._round = 0  # the number of the current `mails`; increased by `close` too
        self._in_trouble = 0.0  # seconds of this round that went for mails that could not be fetched
        self._uidvalidity = b""  # of the current names
        self._capabilities = frozenset[str]()  # of the server, after the login
        self._folders = dict[str, str]()  # the server's names of Processed and Failed

    def count(self) -> int:
        """Count the waiting mails; nothing is changed. Raises MailerError when the mailbox cannot be used."""
        mailbox = self._open_folder(readonly=True)
        try:
            with self._translating_errors("counting the mails"):
                return len(imap_commands.uids(mailbox))
        finally:
            mailbox.client.leave()

    def mails(self, taken: Collection[str] = ()) -> Iterator[WaitingMail]:
        """Yield the waiting mails, oldest first; those that are `taken` are not fetched.

        Raises MailerError when the mailbox cannot be used any more; mails that were not moved are fetched again.
        """
        self.close()
        self._round += 1
        self._in_trouble = 0.0
        this_round = self._round
        mailbox = self._connect()
        with self._translating_errors("listing the mails"):
            uids = imap_commands.uids(mailbox)
        for uid in uids:
            mail = self._taken(uid, taken) or self._fetch_with_retry(uid)
            if mail is not None:
                yield mail
            if self._round != this_round:
                return  # closed meanwhile

    def _taken(self, uid: str, taken: Collection[str]) -> WaitingMail | None:
        """Return the mail without its content if it is among these."""
        is_certain = self._uidvalidity.isdigit() and int(self._uidvalidity) > 0  # else its UIDs may be given again
        name = self._name(uid)
        return WaitingMail(name=name, is_taken=True) if is_certain and name in taken else None

    def _name(self, uid: str) -> str:
        return f"{self._uidvalidity.decode(errors='replace')}/{uid}"

    def _fetch_with_retry(self, uid: str) -> WaitingMail | None:
        """Return the mail, or the reason why it cannot be read.

        Some servers close the connection at a mail that they cannot read: after a second try the next mail is fetched.
        Raises MailerError when such mails have taken too long together.
        """
        for is_last in (False, True):
            began = monotonic()
            try:
                return self._fetch(uid)
            except MailerError:
                self._in_trouble += monotonic() - began
                if self._stopped() or self._in_trouble > TROUBLE_SECONDS:
                    raise
                client = self._mailbox.client if self._mailbox is not None else None
                self._connect()
                if client is not None and (is_last or client.is_too_large or client.is_late):
                    why = client.fault or "the server closes the connection when it is fetched"
                    return WaitingMail(name=self._name(uid), why=why, may_pass=not client.is_too_large)
        return None

    def _fetch(self, uid: str) -> WaitingMail | None:
        assert self._mailbox is not None
        with self._translating_errors("fetching a mail"):
            return imap_commands.fetch(self._mailbox, uid, self._name(uid))

    def done(self, mail: WaitingMail) -> None:
        """Move the mail to the folder Processed, which is created if it is missing."""
        self._move(mail, PROCESSED)

    def failed(self, mail: WaitingMail) -> None:
        """Move the mail to the folder Failed, which is created if it is missing."""
        self._move(mail, FAILED)

    def close(self) -> None:
        """Close the connection."""
        self._round += 1
        self._uidvalidity = b""
        self._disconnect()

    def _disconnect(self) -> None:
        if self._mailbox is not None:
            self._mailbox.client.leave()
        self._mailbox = None
        self._folders.clear()

    def _connect(self) -> BoundedMailBox:
        """Replace the connection by a new one; raises MailerError if the names of the mails are not valid any more."""
        self._disconnect()
        self._mailbox = mailbox = self._open_folder(readonly=False)
        with self._translating_errors("the capabilities"):
            self._capabilities = frozenset(mailbox.client.capability()[1][-1].decode().upper().split())
            uidvalidity = mailbox.client.response("UIDVALIDITY")[1][-1] or b"none"  # RFC 3501 §2.3.1.1
        if self._uidvalidity not in {b"", uidvalidity}:
            raise MailerError(
                f"the mailbox {self._settings} was recreated meanwhile; its mails are fetched again the next time"
            )
        self._uidvalidity = uidvalidity
        return mailbox

    def _open_folder(self, *, readonly: bool) -> BoundedMailBox:
        settings = self._settings
        with self._translating_errors("connecting"):
            mailbox = BoundedMailBox(ImapClient(settings.host, settings.port, tls=self._tls, stopped=self._stopped))
        try:
            with self._translating_errors("the login"):
                log_in(mailbox, settings, self._stopped)
            with self._translating_errors(f"opening the folder {settings.folder}"):
                mailbox.folder.set(settings.folder, readonly=readonly)
        except BaseException:
            mailbox.client.leave()
            raise
        return mailbox

    def _move(self, mail: WaitingMail, name: str) -> None:
        if self._mailbox is None:
            raise MailerError(
                f"the mailbox {self._settings} was closed before a mail was moved to {name}; it is fetched again"
            )
        uid = mail.name.rpartition("/")[2]
        try:
            with self._translating_errors(f"moving a mail to {name}"):
                self._move_uid(self._mailbox, uid, encode_folder(self._folder(self._mailbox, name)).decode())
        except MailerError as error:
            if self._stopped():
                raise
            if isinstance(error.__cause__, imap_commands.LOST):
                self._connect()
            self._folders.pop(name, None)  # it may be missing now
            if self._is_there(uid):
                raise NotMoved(str(error)) from error
            # It was moved before the connection broke, or another program has moved it.

    def _is_there(self, uid: str) -> bool:
        assert self._mailbox is not None
        with self._translating_errors("looking for a mail"):
            return imap_commands.is_there(self._mailbox, uid)

    def _move_uid(self, mailbox: BoundedMailBox, uid: str, folder: str) -> None:
        command = mailbox.client.uid
        if "MOVE" in self._capabilities:  # RFC 6851
            imap_commands.data_of(command("MOVE", uid, folder))
            return
        imap_commands.data_of(command("COPY", uid, folder))
        imap_commands.data_of(command("STORE", uid, "+FLAGS.SILENT", r"(\Deleted)"))
        # UID EXPUNGE (RFC 4315); a plain EXPUNGE would delete mails that other programs have marked.
        if "UIDPLUS" in self._capabilities:
            imap_commands.data_of(command("EXPUNGE", uid))

    def _folder(self, mailbox: BoundedMailBox, name: str) -> str:
        """Return the server's name of Processed or Failed, and create the folder if it is missing.

        It is in the user's namespace (RFC 2342), or below INBOX if the server allows no other place.
        """
        if name not in self._folders:
            prefix, separator = imap_commands.namespace(mailbox, self._capabilities)
            folder = prefix + name
            try:
                imap_commands.create_folder(mailbox, folder)
            except MailboxFolderCreateError:
                folder = f"INBOX{separator}{name}"
                imap_commands.create_folder(mailbox, folder)
            self._folders[name] = folder
        return self._folders[name]

    @contextmanager
    def _translating_errors(self, action: str) -> Iterator[None]:
        settings = self._settings
        try:
            yield
        except MailerError:
            raise
        except ssl.SSLCertVerificationError as error:
            reason = distrust(error, host="imap_url of [bounces]", ca_file="imap_ca_file")
            raise MailerError(f"the mailbox {settings} {reason}") from error
        except imap_commands.LOST as error:
            raise MailerError(
                f"the mailbox {settings} broke off at {action} ({imap_commands.error_text(error)}); nothing is lost, and mails that were not "
                "moved are fetched again; if it persists, check imap_url of [bounces] and ask its provider"
            ) from error
        except imap_commands.REFUSED as error:
            raise MailerError(
                f"the mailbox {settings} refuses {action} ({imap_commands.error_text(error)}); look into it with a mail program, "
                "and check imap_url of [bounces]"
            ) from error
