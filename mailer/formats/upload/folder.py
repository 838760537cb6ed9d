"""Finds the one issue's folder in what was uploaded: an archive, or a text with its pictures."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from mailer.domain.errors import BadInput
from mailer.domain.folder_limits import BIGGEST_FILE, BIGGEST_FOLDER, ENDINGS, MAX_FILES
from mailer.domain.ports import RawFile
from mailer.domain.problems import Problems
from mailer.domain.upload import UploadedFolder
from mailer.formats.issue.file_names import PICTURES, is_text
from mailer.formats.issue.pictures.kind import kind_of
from mailer.formats.upload.archive import Entry, entries_of, is_archive
from mailer.formats.upload.names import clashes, decoded_name, fault_of_name, is_litter

_ARCHIVES = (".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")
_MEGABYTE = 1024 * 1024


def read_upload(files: Sequence[RawFile]) -> UploadedFolder:
    """The issue's folder in an upload: a .zip archive, or its files one by one.

    Every name, size and kind is judged before a file is unpacked. Raises BadInput with a line for each problem.
    """
    if not files:
        raise BadInput("nothing was uploaded; choose an archive, or a text with its pictures")
    archives = [file for file in files if is_archive(file.content)]
    if archives and len(files) > 1:
        raise BadInput(f"{archives[0].name}: an archive is uploaded alone; leave the other files out")
    if archives:
        name = PurePosixPath(decoded_name(archives[0].name.replace("\\", "/"), is_utf8=True)).name
        return _find(entries_of(name, archives[0].content), name.rpartition(".")[0])
    for file in files:
        if file.name.casefold().endswith(_ARCHIVES):
            raise BadInput(f"{file.name}: it is not a .zip archive; pack the folder as an ordinary .zip")
    return _find([_loose(file) for file in files if not is_litter(file.name)], "")


def _loose(file: RawFile) -> Entry:
    def read() -> bytes:
        if len(file.content) > BIGGEST_FILE:
            raise BadInput(f"{file.name}: it has more than {BIGGEST_FILE // _MEGABYTE} MB; make it smaller")
        return file.content

    return Entry(path=decoded_name(file.name, is_utf8=True), read=read)


def _find(entries: Sequence[Entry], name: str) -> UploadedFolder:
    """The folder among the files; where they lie in none, it has the `name` given."""
    problems = Problems()
    for entry in entries:
        if fault := fault_of_name(entry.path):
            problems.add(f"{entry.path!a}: {fault}" if not entry.path.isprintable() else f"{entry.path}: {fault}")
        elif entry.path.casefold().endswith(_ARCHIVES):
            problems.add(f"{entry.path}: it is an archive inside the upload; unpack it first")
    for path, earlier in clashes(entry.path for entry in entries):
        problems.add(f"{path}: another file has this name ({earlier}); rename or remove one")
    problems.refuse_if_any()
    folder = _folder_of([PurePosixPath(entry.path) for entry in entries])
    inside = [entry for entry in entries if PurePosixPath(entry.path).parent == folder]
    chosen = [entry for entry in inside if entry.path.casefold().endswith(ENDINGS)]
    if len(inside) > MAX_FILES:
        raise BadInput(f"it holds {len(inside)} files, more than {MAX_FILES}; take out what is not the issue's")
    return UploadedFolder(
        folder=folder.name or name,
        files=_contents(chosen),
        left_out=tuple(sorted(entry.path for entry in entries if entry not in chosen)),
    )


def _folder_of(paths: Sequence[PurePosixPath]) -> PurePosixPath:
    """The folder of the issue: the outermost with a text in it; its own sub-folders are not read."""
    texts = [path for path in paths if is_text(path.name)]
    if not texts:
        raise BadInput("there is no text of an issue in it; its name is the language and .md, such as en.md")
    outermost = min(len(path.parts) for path in texts)
    folders = sorted({path.parent for path in texts if len(path.parts) == outermost})
    if len(folders) > 1:
        names = ", ".join(map(str, folders))
        raise BadInput(f"it holds the folders of several issues ({names}); upload one at a time")
    return folders[0]


def _contents(entries: Sequence[Entry]) -> tuple[RawFile, ...]:
    problems, files, size = Problems(), list[RawFile](), 0
    for entry in sorted(entries, key=lambda entry: entry.path):
        with problems.collect():
            name, content = PurePosixPath(entry.path).name, entry.read()
            size += len(content)
            if name.casefold().endswith(PICTURES):
                kind_of(name, content)
            files.append(RawFile(name=name, content=content))
    if size > BIGGEST_FOLDER:
        limit = BIGGEST_FOLDER // _MEGABYTE
        problems.add(f"its files have more than {limit} MB together; take out what is not the issue's")
    problems.refuse_if_any()
    return tuple(files)
