"""Several files that are to appear at once: a hidden folder where they grow until all of them are whole."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from voiceguide.errors import TargetError
from voiceguide.outputs.target import target_errors


@contextmanager
def drafts_for(target: Path) -> Iterator[Path]:
    """Yield a hidden folder beside `target`, on the same disk; it goes, with all in it, when the block ends.

    Errors from the block tell of the places beside `target` that the files were made for.

    Raises:
        TargetError: The folder cannot be made, or the system refused something in the block.
    """
    with (
        target_errors(target),
        tempfile.TemporaryDirectory(prefix=".voiceguide-", dir=target.parent, ignore_cleanup_errors=True) as hidden,
    ):
        try:
            yield Path(hidden)
        except TargetError as error:
            place = "" if target.parent == Path() else f"{target.parent}{os.sep}"
            raise TargetError(error.message.replace(f"{Path(hidden)}{os.sep}", place), hint=error.hint) from error
