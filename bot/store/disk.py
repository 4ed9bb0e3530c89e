"""The disk that an SQLite database lies on: what it is, whether it keeps what it is given, and how much room is left."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

LEAST = 200_000_000
"""Bytes that should be free: a year of articles, and the log while a copy is made."""
_SLOW = 0.5
"""Seconds for one write to reach the disk, from which publishing feels it."""
_MEMORY = {"tmpfs", "ramfs"}
_LAYERS = {"overlay", "aufs"}
_NETWORK = re.compile(r"nfs\d?|cifs|smb\w*|9p|afs|ncpfs|ceph|glusterfs|lustre|beegfs|fuse\.(sshfs|s3fs|rclone|gcsfuse|glusterfs|juicefs|davfs\w*)")


class Finding(NamedTuple):
    """One thing about the disk."""

    told: str
    bad: bool = False


def kind(path: Path, mounts: str) -> str:
    """The type of the file system that a path is on, by the text of /proc/mounts; empty when that does not tell. Pure."""
    best, found = -1, ""
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        place = Path(re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), fields[1]))
        if (place == path or place in path.parents) and len(place.parts) >= best:
            best, found = len(place.parts), fields[2]
    return found


def judged(found: str) -> Finding:
    """What a type of file system means for a database. Pure."""
    if found in _MEMORY:
        return Finding(f"{found}: it lies in memory and is forgotten at the next start. Keep it on a disk, or use PostgreSQL", bad=True)
    if _NETWORK.fullmatch(found):
        return Finding(f"{found}: a network disk, on which SQLite loses data. Keep it on a disk of this machine, or use PostgreSQL", bad=True)
    if found in _LAYERS:
        return Finding(f"{found}: a container's own layer, which goes when the container is made anew. Keep it on a volume, or use PostgreSQL")
    return Finding(found or "of a kind that can not be told")


def look(database: Path) -> Iterator[Finding]:
    """Everything about the disk of a database. Writes a small file beside it, and takes it away again."""
    folder = database.absolute().parent.resolve()
    try:
        mounts = Path("/proc/mounts").read_text(errors="replace")
    except OSError:
        mounts = ""
    yield judged(kind(folder, mounts))
    try:
        free = shutil.disk_usage(folder).free
        yield Finding(f"{free / 1e9:.1f} GB free", bad=free < LEAST)
        with tempfile.TemporaryFile(dir=folder) as file:
            began = time.monotonic()
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())
            took = time.monotonic() - began
        yield Finding(f"a write reaches it in {1000 * took:.0f} ms", bad=took > _SLOW)
    except OSError as error:
        yield Finding(f"{folder} can not be written to: {error.strerror}", bad=True)
