"""Checks that only their owner can read the files with passwords, keys and members, and that no stranger writes the settings."""

import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from shlex import quote

from mailer.app.installation import App
from mailer.domain.check_result import CheckResult
from mailer.gateways.private_files import too_open
from mailer.views.plain_words import counted

# Of more files that a stranger can write, the rest is counted.
_NAMED = 3


def check_private_files(app: App) -> Iterator[CheckResult]:
    """Check the rights of the files that config.toml names, and of the database."""
    allowed = {path: rights for path in (*app.config.private_files, *app.database_files) if (rights := too_open(path))}
    faults = [f"{path} is {stat.S_IMODE(path.stat().st_mode):04o}, others can read it" for path in allowed]
    commands = [
        _chmod(f"{each:o}", [path for path, rights in allowed.items() if rights == each])
        for each in sorted(set(allowed.values()))
    ]
    yield CheckResult(
        subject="rights of files",
        ok=not faults,
        finding="; ".join(faults) or "only their owner can read them",
        fix=", ".join(commands),
    )


def check_folders(app: App) -> Iterator[CheckResult]:
    """Check that no stranger can change settings, templates or schedules: these decide what is sent to whom."""
    folders = app.config.paths.templates, app.config.paths.schedules
    trees = [path.resolve() for path in map(app.config.path, folders) if path.exists()]
    open_single = _open_to_all({app.config.folder, app.state_folder, app.config.file})
    open_in = {tree: _open_to_all([tree, *tree.rglob("*")]) for tree in trees}
    paths = [*open_single, *(path for each in open_in.values() for path in each)]
    if not paths:
        finding = "no other login can write settings, templates and schedules"
        yield CheckResult(subject="rights of folders", ok=True, finding=finding)
        return
    more = f" and {counted(len(paths) - _NAMED, 'more file', 'more files')}" if len(paths) > _NAMED else ""
    open_trees = [tree for tree, each in open_in.items() if each]
    commands = [_chmod("o-w", open_single), _chmod("-R o-w", open_trees)]
    yield CheckResult(
        subject="rights of folders",
        ok=False,
        finding=f"every login can write {', '.join(map(str, paths[:_NAMED]))}{more}",
        fix=", ".join(filter(None, commands)),
    )


def _open_to_all(paths: Iterable[Path]) -> list[Path]:
    return sorted(path for path in paths if not path.is_symlink() and path.stat().st_mode & stat.S_IWOTH)


def _chmod(rights: str, paths: Iterable[Path]) -> str:
    """The command that gives these paths their rights, as a shell takes it; empty without any."""
    names = " ".join(quote(str(path)) for path in paths)
    return f"`chmod {rights} {names}`" if names else ""
