"""Reads issues from the editors' folder, local or remote, unless they change while they are read."""

import re
import ssl
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast
from urllib.parse import unquote

from mailer.domain.errors import BadInput, MailerError
from mailer.domain.folder_limits import BIGGEST_FILE, BIGGEST_FOLDER, ENDINGS, MAX_FILES
from mailer.domain.issue import content_hash
from mailer.domain.ports import RawFile, RawIssue, UnreadFolder

if TYPE_CHECKING:
    import aiohttp

_CHUNK = 1024 * 1024  # bytes
_AGAIN = "; it is tried again at the next pull"

PROTOCOLS = ("file", "https", "sftp", "s3")


def _options(protocol: str) -> dict[str, Any]:
    """Return fsspec's options for a protocol; times are in seconds."""
    match protocol:
        case "https":
            import aiohttp

            return {
                "block_size": 0,  # read as a stream, so that the size limit holds without a Content-Length
                "allow_redirects": False,
                "ssl": ssl.create_default_context(),
                "client_kwargs": {"timeout": aiohttp.ClientTimeout(total=60), "raise_for_status": _refuse_redirect},
            }
        case "sftp":
            return {"timeout": 30}
        case "s3":
            return {"use_listings_cache": False}
        case _:
            return {}


async def _refuse_redirect(response: "aiohttp.ClientResponse") -> None:
    """Refuse redirects, since another server is not the source; fsspec handles error statuses."""
    if 300 <= response.status < 400:
        raise MailerError(f"the server redirects {response.url.name} to another address; use that one as url")


class _Files(Protocol):
    """The part of fsspec's file systems that is used here; only SFTP has `close`."""

    def ls(self, path: str, *, detail: bool) -> list[dict[str, Any]]: ...

    def open(self, path: str, mode: str) -> Any: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """An entry of a folder: its bare name, and its path below the folder's path."""

    name: str
    path: str
    kind: str
    is_link: bool
    size: int

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder, or a local link to one."""
        return self.kind == "directory" or (self.is_link and Path(self.path).is_dir())


class _Unreadable(Exception):
    """Why a folder is not read; caught in this module."""


def read_folder(folder: Path) -> RawIssue:
    """One issue's folder as it lies on this machine, read once. Raises BadInput for one that cannot be read."""
    source = FolderSource(str(folder.resolve().parent), folder.resolve().parent, lambda: None)
    return source.read_one(folder.resolve().name)


class FolderSource:
    """A folder with a sub-folder per issue.

    Hidden files and folders, sub-folders of an issue, and files whose names are not those of texts or pictures are
    ignored. `url` is a path (relative to `base`) or a file:, https:, sftp: or s3: URL; BadInput for any other. `pause`
    is called between the two readings of the folders and should take about a second.
    """

    def __init__(self, url: str, base: Path, pause: Callable[[], None]) -> None:
        self._pause = pause
        self._protocol, separator, rest = url.partition("://")
        if not separator:
            self._protocol, rest = "file", str(base / url)
        self._shown = f"{self._protocol}://{rest.rpartition('@')[2]}" if self._protocol != "file" else rest
        if "::" in url:
            raise BadInput(f"source url: '{self._shown}' chains URLs with '::'; name one folder")
        if self._protocol not in PROTOCOLS:
            raise BadInput(f"source url: '{self._shown}' is not one of {', '.join(PROTOCOLS)}; use one of these")
        self._url = f"{self._protocol}://{rest}"

    @property
    def local_root(self) -> Path | None:
        """The folder on this machine; None for a source on another."""
        return Path(self._open()[1]) if self._protocol == "file" else None

    def read(self) -> Sequence[RawIssue | UnreadFolder]:
        """Read every sub-folder twice, in the order of names; one that changed in between counts as unread.

        Raises MailerError when the source cannot be reached, or a library for it is not installed.
        """
        files, root = self._open()
        try:
            folders = self._folders(files, root)
            # Keep only hashes of the first reading: a source may contain the issues of years.
            first = [_hashed(_read(files, folder, root)) for folder in folders]
            if folders:
                self._pause()
            return [
                _unchanged(before, _read(files, folder, root)) for before, folder in zip(first, folders, strict=True)
            ]
        finally:
            if self._protocol == "sftp":
                files.close()

    def read_one(self, name: str) -> RawIssue:
        """Read one sub-folder once, without a look at the others. Raises BadInput naming it when it cannot be read."""
        files, root = self._open()
        entry = _Entry(name=name, path=f"{root}/{name}", kind="directory", is_link=False, size=0)
        raw = _read(files, entry, root)
        if isinstance(raw, UnreadFolder):
            raise BadInput(f"{name}: {raw.reason.removesuffix(_AGAIN)}")
        return raw

    def _open(self) -> tuple[_Files, str]:
        import fsspec

        # A class path, since paramiko is an optional dependency.
        fsspec.register_implementation("sftp", "mailer.gateways.sources.sftp.KnownSftp", clobber=True)
        try:
            files, root = fsspec.url_to_fs(self._url, skip_instance_cache=True, **_options(self._protocol))
        except ImportError:
            raise MailerError(
                f"the source {self._shown} needs a library that is not installed; "
                f"install it with `pip install '.[{self._protocol}]'` in the project's folder"
            ) from None
        except Exception as error:
            raise self._unreachable(error) from error
        if self._protocol == "file":
            root = str(Path(root).resolve())
        return cast(_Files, files), root.rstrip("/")

    def _folders(self, files: _Files, root: str) -> list[_Entry]:
        try:
            entries = list(_entries(files, root))
        except Exception as error:
            raise self._unreachable(error) from error
        return sorted((entry for entry in entries if entry.is_folder), key=lambda entry: entry.name)

    def _unreachable(self, error: Exception) -> MailerError:
        """Translate any error, since each library has its own exceptions for a server that is down."""
        if isinstance(error, FileNotFoundError):
            return MailerError(
                f"the source {self._shown} does not exist; create the folder, or correct the source's url"
            )
        return MailerError(
            f"the source {self._shown} cannot be read: {_error_text(error)}; it is tried again at the next pull"
        )


def _error_text(error: Exception) -> str:
    """Return the text of a library's error without user names and passwords of URLs."""
    return re.sub(r"//[^/\s]*@", "//", str(error)) or type(error).__name__


def _entries(files: _Files, folder: str) -> Iterator[_Entry]:
    """Yield the entries of the folder itself that are not hidden."""
    for item in files.ls(f"{folder}/", detail=True):
        path = str(item["name"]).rstrip("/")
        name = path.removeprefix(f"{folder}/")
        if folder.startswith("https://"):
            # An HTML listing contains links to other places, to itself in another order ("?C=M"), and encoded names.
            name = "" if set("?#") & set(name) else unquote(name)
        if path.startswith(f"{folder}/") and name and not name.startswith(".") and "/" not in name:
            yield _Entry(
                name=name,
                path=path,
                kind=str(item["type"]),
                is_link=bool(item.get("islink")),
                size=int(item["size"] or 0),
            )


def _read(files: _Files, folder: _Entry, root: str) -> RawIssue | UnreadFolder:
    try:
        path = _resolve(folder, root)
        listed, others = _listed(files, path)
        contents = _contents(files, listed, path)
    except _Unreadable as error:
        return UnreadFolder(folder=folder.name, reason=str(error))
    except Exception as error:  # noqa: BLE001  # each library has its own exceptions; one bad folder must not stop the others
        reason = f"it cannot be read: {_error_text(error)}{_AGAIN}"
        return UnreadFolder(folder=folder.name, reason=reason)
    return RawIssue(folder=folder.name, files=tuple(sorted(contents, key=lambda file: file.name)), others=others)


def _contents(files: _Files, listed: Sequence[_Entry], folder: str) -> list[RawFile]:
    contents, size = list[RawFile](), 0
    for entry in listed:
        content = _content(files, entry, folder)
        size += len(content)
        if size > BIGGEST_FOLDER:
            limit = BIGGEST_FOLDER // _CHUNK
            raise _Unreadable(f"its files have more than {limit} MB together; take out what is not the issue's")
        contents.append(RawFile(name=entry.name, content=content))
    return contents


def _listed(files: _Files, folder: str) -> tuple[list[_Entry], tuple[str, ...]]:
    """Return the files of an issue's folder that are to be read, and the names of the others; refuse too many."""
    entries = [entry for entry in _entries(files, folder) if entry.kind != "directory"]
    if len(entries) > MAX_FILES:
        raise _Unreadable(f"it holds {len(entries)} files, more than {MAX_FILES}; take out what is not the issue's")
    read = [entry for entry in entries if entry.name.lower().endswith(ENDINGS)]
    return read, tuple(sorted(entry.name for entry in entries if entry not in read))


def _resolve(entry: _Entry, within: str) -> str:
    """Return the path of the entry, or the target of a link; a link must not lead out of its folder."""
    if not entry.name.isprintable() or "\\" in entry.name:
        raise _Unreadable(f"the name {entry.name!a} has characters that names must not have; rename it")
    if not entry.is_link:
        return entry.path
    target = Path(entry.path).resolve()
    if not target.is_relative_to(within):
        raise _Unreadable(f"'{entry.name}' is a link that leads out of its folder; put the file itself there")
    return str(target)


def _content(files: _Files, entry: _Entry, folder: str) -> bytes:
    path = _resolve(entry, folder)
    if entry.kind != "file" and not (entry.is_link and Path(path).is_file()):
        raise _Unreadable(f"'{entry.name}' is not a plain file; put one there")
    too_big = _Unreadable(f"'{entry.name}' has more than {BIGGEST_FILE // _CHUNK} MB; make it smaller")
    if entry.size > BIGGEST_FILE:
        raise too_big
    content = b""
    with files.open(path, "rb") as stream:
        while chunk := stream.read(_CHUNK):
            content += chunk
            if len(content) > BIGGEST_FILE:
                raise too_big
    return content


def _hashed(issue: RawIssue | UnreadFolder) -> str | UnreadFolder:
    return issue if isinstance(issue, UnreadFolder) else content_hash(issue.files)


def _unchanged(before: str | UnreadFolder, again: RawIssue | UnreadFolder) -> RawIssue | UnreadFolder:
    if isinstance(before, UnreadFolder):
        return before
    if before == _hashed(again):
        return again
    return UnreadFolder(folder=again.folder, reason=f"it changed while it was read{_AGAIN}")
