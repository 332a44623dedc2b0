"""The one loop for playing and exporting."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from voiceguide.audio.samples import Block
from voiceguide.outputs.output import Output


def pump(blocks: Iterable[Block], output: Output) -> int:
    """Write every block and return the number of frames written."""
    written = 0
    for block in blocks:
        output.write(block)
        written += len(block)
    return written


@contextmanager
def finishing(output: Output) -> Iterator[Output]:
    """Close an open output when the block ends well, and abort it when anything interrupts the block."""
    try:
        yield output
        output.close()
    except BaseException:
        output.abort()
        raise
