"""Fetches reports by IMAP from a mailbox at a mail provider, and moves what was kept out of the way."""

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from imap_tools import MailBox
from imap_tools.errors import MailboxFolderCreateError
from imap_tools.utils import encode_folder

from mailer.domain.bounce import Way
from mailer.domain.errors import BadInput, MailerError
from mailer.domain.ports import WaitingMail
from mailer.gateways.inbox import imap_commands
from mailer.gateways.inbox.imap_commands import ImapSettings


class ImapInbox:
    """A folder of a mailbox. It is connected from the first of `mails` to `close`; names are good for that long.

    Certificate and host name are always checked. Nothing is marked as read. A mail that somebody has marked as deleted
    waits no more. Raises BadInput when `ca_file` cannot be read.
    """

    way = Way.IMAP

    def __init__(self, settings: ImapSettings) -> None:
        self._settings = settings
        self._tls = ssl.create_default_context()
        if settings.ca_file is not None:
            try:
                self._tls.load_verify_locations(cafile=settings.ca_file)
            except (OSError, ssl.SSLError) as error:
                said = f"{settings.ca_file} is no readable file of PEM certificates ({error})"
                raise BadInput(f"[bounces] imap_ca_file: {said}") from error
        self._mailbox: MailBox | None = None
        self._round = 0  # goes up with each list of mails and each end
        self._validity = b""  # of the names that are good now
        self._able = frozenset[str]()  # what the server can, once we are logged in
        self._aside = dict[str, str]()  # our folders by name, as the server calls them

    def count(self) -> int:
        """How many mails wait now. Nothing is touched. Raises MailerError when the mailbox cannot be used."""
        mailbox = self._connected(readonly=True)
        try:
            with self._speaking("counting the mails"):
                return len(imap_commands.uids(mailbox))
        finally:
            imap_commands.hang_up(mailbox)

    def mails(self) -> Iterator[WaitingMail]:
        """The mails that wait, oldest first. Raises MailerError when the mailbox cannot be used any more: what was not
        moved until then comes again the next time.
        """
        self.close()
        self._round += 1
        this = self._round
        mailbox = self._connect()
        with self._speaking("listing the mails"):
            uids = imap_commands.uids(mailbox)
        for uid in uids:
            mail = self._fetched(uid)
            if mail is not None:
                yield mail
            if self._round != this:
                return  # closed meanwhile

    def _fetched(self, uid: str) -> WaitingMail | None:
        """The mail, or why there is none. Some servers break off at a mail that they cannot read: tried once more on a
        new connection, it must not keep back the others.
        """
        try:
            return self._asked_for(uid)
        except MailerError:
            self._connect()
        try:
            return self._asked_for(uid)
        except MailerError:
            self._connect()
            return WaitingMail(name=uid, why="its server breaks off where it is asked for it")

    def _asked_for(self, uid: str) -> WaitingMail | None:
        assert self._mailbox is not None
        with self._speaking("fetching a mail"):
            return imap_commands.fetched(self._mailbox, uid)

    def done(self, mail: WaitingMail) -> None:
        """Afterwards it is in the folder Processed, which is made when it is not there."""
        self._move(mail, imap_commands.PROCESSED)

    def failed(self, mail: WaitingMail) -> None:
        """Afterwards it is in the folder Failed, which is made when it is not there."""
        self._move(mail, imap_commands.FAILED)

    def close(self) -> None:
        """Afterwards there is no connection."""
        self._round += 1
        self._validity = b""
        self._leave()

    def _leave(self) -> None:
        if self._mailbox is not None:
            imap_commands.hang_up(self._mailbox)
        self._mailbox = None
        self._aside.clear()

    def _connect(self) -> MailBox:
        """A new connection in place of the old one, on which the mails have the same names."""
        self._leave()
        self._mailbox = mailbox = self._connected(readonly=False)
        with self._speaking("asking what it can do"):
            self._able = frozenset(mailbox.client.capability()[1][-1].decode().upper().split())
            validity = mailbox.client.response("UIDVALIDITY")[1][-1] or b"none"  # RFC 3501 §2.3.1.1
        if self._validity not in {b"", validity}:
            raise MailerError(
                f"the mailbox {self._settings} was made anew meanwhile; its mails come again the next time"
            )
        self._validity = validity
        return mailbox

    def _connected(self, *, readonly: bool) -> MailBox:
        its = self._settings
        with self._speaking("connecting"):
            mailbox = MailBox(its.host, its.port, timeout=imap_commands.PATIENCE, ssl_context=self._tls)
        try:
            with self._speaking("the login"):
                self._log_in(mailbox)
            with self._speaking(f"opening the folder {its.folder}"):
                mailbox.folder.set(its.folder, readonly=readonly)
        except BaseException:
            imap_commands.hang_up(mailbox)
            raise
        return mailbox

    def _log_in(self, mailbox: MailBox) -> None:
        its = self._settings
        plain = "AUTH=PLAIN" in mailbox.client.capabilities  # RFC 4616, where a password may have any characters
        if not plain and not (f"{its.user}{its.password}".isascii() and f"{its.user}{its.password}".isprintable()):
            raise MailerError(
                f"the mailbox {its} has no login for a name or password beyond ASCII; choose another in [bounces]"
            )
        try:
            if plain:
                mailbox.login_utf8(its.user, its.password, initial_folder=None)
            else:
                mailbox.login(its.user, its.password, initial_folder=None)
        except imaplib.IMAP4.abort:
            raise
        except imap_commands.REFUSED as error:
            said = imap_commands.said(error).replace(its.password or "\0", "…")
            raise MailerError(
                f"the mailbox {its} refuses the login of {its.user} ({said}); "
                "check imap_url and imap_password_file of [bounces]"
            ) from None

    def _move(self, mail: WaitingMail, name: str) -> None:
        mailbox = self._mailbox
        if mailbox is None:
            raise MailerError(
                f"the mailbox {self._settings} was left before a mail was moved to {name}; it comes again"
            )
        with self._speaking(f"moving a mail to {name}"):
            folder = self._folder(mailbox, name)
            try:
                self._moved(mailbox, mail.name, encode_folder(folder).decode())
            except imaplib.IMAP4.abort:
                raise
            except imap_commands.REFUSED:
                if imap_commands.is_there(mailbox, mail.name):
                    raise
                # Somebody else has moved it meanwhile.

    def _moved(self, mailbox: MailBox, uid: str, folder: str) -> None:
        ask = mailbox.client.uid
        if "MOVE" in self._able:  # RFC 6851
            imap_commands.granted(ask("MOVE", uid, folder))
            return
        imap_commands.granted(ask("COPY", uid, folder))
        imap_commands.granted(ask("STORE", uid, "+FLAGS.SILENT", r"(\Deleted)"))
        if "UIDPLUS" in self._able:  # RFC 4315; a plain EXPUNGE would delete what others have marked
            imap_commands.granted(ask("EXPUNGE", uid))

    def _folder(self, mailbox: MailBox, name: str) -> str:
        """What the server calls our folder of this name, which is there afterwards: where folders of the user's own
        are (RFC 2342), or under INBOX where the server wants no others.
        """
        if name not in self._aside:
            prefix, separator = imap_commands.namespace(mailbox, self._able)
            folder = prefix + name
            try:
                imap_commands.make(mailbox, folder)
            except MailboxFolderCreateError:
                folder = f"INBOX{separator}{name}"
                imap_commands.make(mailbox, folder)
            self._aside[name] = folder
        return self._aside[name]

    @contextmanager
    def _speaking(self, doing: str) -> Iterator[None]:
        its = self._settings
        try:
            yield
        except MailerError:
            raise
        except ssl.SSLCertVerificationError as error:
            raise MailerError(
                f"the mailbox {its} shows a certificate that cannot be trusted ({error.verify_message}); nothing was "
                "sent; check imap_url of [bounces], or name its authority in imap_ca_file"
            ) from error
        except imap_commands.LOST as error:
            raise MailerError(
                f"the mailbox {its} broke off at {doing} ({imap_commands.said(error)}); nothing is lost, and what was not moved "
                "comes again the next time; if that goes on, check imap_url of [bounces] and ask its provider"
            ) from error
        except imap_commands.REFUSED as error:
            raise MailerError(
                f"the mailbox {its} refuses {doing} ({imap_commands.said(error)}); look into it with a mail program, "
                "and check imap_url of [bounces]"
            ) from error
