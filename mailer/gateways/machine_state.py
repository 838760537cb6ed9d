"""Asks this machine how it stands: room on the disk, the kind of disk, the clock, and how many files may be open."""

import ctypes
import os
import resource
from dataclasses import dataclass
from pathlib import Path

# Disks of other machines, on which locks and SQLite's shared memory do not hold (mount(8)).
_OF_OTHERS = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "afs", "ceph", "glusterfs"})
_MOUNTS = Path("/proc/self/mounts")
_TIMEX_OCTETS = 256  # more than struct timex has on any Linux (adjtimex(2)); all zero: nothing is set
_TIME_ERROR = 5  # the clock is not synchronised


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskRoom:
    """What is left of a disk for us: octets, their share, and how many more files; None where it has no such limit."""

    octets: int
    share: float
    files: int | None


def disk_room(folder: Path) -> DiskRoom:
    """How much room the disk of this folder has. Raises OSError."""
    disk = os.statvfs(folder)
    share = disk.f_bavail / disk.f_blocks if disk.f_blocks else 1.0
    return DiskRoom(octets=disk.f_bavail * disk.f_frsize, share=share, files=disk.f_favail if disk.f_files else None)


# What must be free before a further copy may leave (octets): SQLite's log grows to some megabytes before it is emptied, and
# the journal, results and reports of what is under way come on top. Of a small disk a share, but never too little for the log.
SPARE, SPARE_SHARE, LEAST_SPARE = 32_000_000, 0.05, 6_000_000
SPARE_FILES = 16


def has_room_to_send(folder: Path) -> bool:
    """Whether the disk of this folder has room for what becomes of further copies; True where it does not say."""
    try:
        disk = os.statvfs(folder)
    except OSError:
        return True
    spare = min(SPARE, max(LEAST_SPARE, disk.f_blocks * disk.f_frsize * SPARE_SHARE))
    return disk.f_bavail * disk.f_frsize >= spare and (not disk.f_files or disk.f_favail >= SPARE_FILES)


def write_obstacle(folder: Path) -> str:
    """Why nothing can be written into this folder, which may have to be made first; empty where it can."""
    try:
        place = next(each for each in (folder, *folder.parents) if each.exists())
    except OSError as error:
        return error.strerror or str(error)
    if not place.is_dir():
        return f"{place} is no folder"
    return "" if os.access(place, os.W_OK | os.X_OK) else f"{login_of(os.geteuid())} has no right to write in {place}"


def network_disk(folder: Path) -> str:
    """The kind of disk that a folder is on, if it is another machine's; empty where it is this one's, or unknown."""
    try:
        lines = _MOUNTS.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    mounts = [(fields[1].replace("\\040", " "), fields[2]) for line in lines if len(fields := line.split()) > 2]
    around = [(place, kind) for place, kind in mounts if folder.resolve().is_relative_to(place)]
    # Of two at one place the last is seen: an automount stands below what it has mounted.
    _, kind = max(reversed(around), key=lambda mount: len(mount[0]), default=("", ""))
    return kind if kind in _OF_OTHERS else ""


def clock_is_synchronised() -> bool | None:
    """Whether the kernel's clock follows a time server; None where the kernel does not say."""
    try:
        state = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(_TIMEX_OCTETS))
    except (AttributeError, OSError):  # another system than Linux
        return None
    return None if state < 0 else state != _TIME_ERROR


def most_open_files() -> int:
    """How many files and connections this process may have open; 0: no limit."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 0 if soft == resource.RLIM_INFINITY else soft


def cores() -> int:
    """How many processors this process may work on at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def login_of(user: int) -> str:
    """The login of a user's number, or the number."""
    import pwd

    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)
