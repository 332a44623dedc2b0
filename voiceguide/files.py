"""Writing files so that a reader never sees half of one."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path


@contextmanager
def written_beside(target: Path) -> Iterator[Path]:
    """Yield a fresh empty file beside `target` that takes its place when the block ends well.

    The name keeps the target's ending, because encoders choose the format by it, and starts with a dot. Whatever
    interrupts the block, Ctrl-C and a full disk included, leaves the target as it was and no file behind.

    Raises:
        OSError: The folder is missing, read-only or full.
    """
    handle, name = tempfile.mkstemp(prefix=f".{target.stem[:40]}-", suffix=target.suffix, dir=target.parent)
    os.close(handle)
    beside = Path(name)
    try:
        yield beside
        beside.chmod(0o666 & ~_umask())
        beside.replace(target)
    finally:
        with suppress(FileNotFoundError):
            beside.unlink()


@cache
def _umask() -> int:
    # The only way to read it is to set it, which is of the whole process: once, before other threads write too.
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


_umask()
