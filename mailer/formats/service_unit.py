"""Writes the unit by which systemd runs the daemon, shut in as far as it can be and still send."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from mailer.domain.errors import BadInput

# Where the unit hides folders: what the service needs there is shown again.
_HOMES = (Path("/home"), Path("/root"), Path("/run/user"))
_TEMPORARY = (Path("/tmp"), Path("/var/tmp"))  # noqa: S108  (nothing is written there)
# The first port that needs no right of its own (ip(7), ip_unprivileged_port_start).
_FREE_PORT = 1024

_UNIT = """\
# Written by install-service of Club Mailer; what you change belongs into a drop-in: systemctl edit club-mailer

[Unit]
Description=Club Mailer
Wants=network-online.target time-sync.target
# Stops before the relay and the database of this machine do.
After=network-online.target time-sync.target postgresql.service postfix.service
# It is started again however often it ends: the trouble may be over.
StartLimitIntervalSec=0

[Service]
Type=notify
User={user}
WorkingDirectory={folder}
ExecStart={command}
# The shell's own kill: a bare Debian has no /bin/kill.
ExecReload=/bin/sh -c 'kill -HUP $MAINPID'
# A new version may have a large database to bring to its schema.
TimeoutStartSec=infinity
# Longer than another process may keep the database, and than answers to messages that have left are waited for.
WatchdogSec=10min
TimeoutStopSec=90
KillMode=mixed
Restart=on-failure
RestartSec=10
{credentials}UMask=0077
LimitCORE=0
NoNewPrivileges=yes
ProtectSystem=strict
ReadWritePaths={writable}
ProtectHome={homes}
PrivateTmp={temporary}
PrivateDevices=yes
PrivateIPC=yes
PrivateMounts=yes
RemoveIPC=yes
KeyringMode=private
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
# Not ProcSubset=pid: by the boot's id under /proc/sys it is known whether another sender is dead.
ProtectProc=invisible
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
CapabilityBoundingSet={rights}
AmbientCapabilities={rights}
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources

[Install]
WantedBy=multi-user.target
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceUnit:
    """What the unit of one installation says. All paths are absolute.

    `writable` are folders besides the installation's, `needed` what is read elsewhere; `credentials` are files by the names
    under which the service finds them.
    """

    user: str
    folder: Path
    command: tuple[str, ...]
    writable: tuple[Path, ...] = ()
    needed: tuple[Path, ...] = ()
    ports: tuple[int, ...] = ()
    credentials: Mapping[str, Path]

    def text(self) -> str:
        """The file. Raises BadInput naming a path that no unit can name."""
        paths = (self.folder, *self.writable, *self.needed)
        return _UNIT.format(
            user=self.user,
            folder=_literal(self.folder),
            command=" ".join(_word(word).replace("$", "$$") for word in self.command),
            credentials="".join(f"LoadCredential={name}:{_literal(file)}\n" for name, file in self.credentials.items()),
            # A folder that is not there yet is no reason not to start.
            writable=" ".join([_word(self.folder), *(_word(f"-{folder}") for folder in _outermost(self))]),
            homes="read-only" if _any_below(paths, _HOMES) else "yes",
            temporary="no" if _any_below(paths, _TEMPORARY) else "yes",
            rights="CAP_NET_BIND_SERVICE" if any(0 < port < _FREE_PORT for port in self.ports) else "",
        )


def _outermost(unit: ServiceUnit) -> list[Path]:
    """The folders that lie in no other one, in order."""
    every = {unit.folder, *unit.writable}
    return sorted(folder for folder in every - {unit.folder} if every.isdisjoint(folder.parents))


def _any_below(paths: Iterable[Path], folders: tuple[Path, ...]) -> bool:
    return any(path.is_relative_to(folder) for path in paths for folder in folders)


def _literal(path: Path) -> str:
    """A path that is all of a setting: systemd takes no quotes there, cuts off spaces, and a backslash joins the next line."""
    text = _in_one_line(path)
    if text != text.strip() or text.endswith("\\"):
        raise BadInput(f"{str(path)!r} ends with a space or a backslash, which systemd does not read so: rename it")
    return text


def _in_one_line(word: object) -> str:
    text = str(word)
    if not text.isprintable():
        raise BadInput(f"{text!r} has a character that no unit of systemd can have in a path: rename it")
    return text.replace("%", "%%")  # systemd.unit(5), specifiers


def _word(word: object) -> str:
    """One word of a list, in quotes where it needs them (systemd.syntax(7))."""
    text = _in_one_line(word)
    if text and not any(character.isspace() or character in "\"'\\;" for character in text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
