#!/usr/bin/env python3
"""Reads mutated routine files and amounts, and stops at the first that is neither read nor refused with a hint.

``.venv/bin/python scripts/bench/fuzz.py [FILES] [SEED]``; 100,000 files by default.
"""

import random
import sys
import time

from voiceguide import paths
from voiceguide.routine.amounts import AmountError, parse_count, parse_duration
from voiceguide.routine.document import BrokenRoutineError
from voiceguide.routine.reader import parse_routine

PIECES = [
    *(bytes([code]) for code in b":\n\t{}[]\"'#|>%@\x00\xff\xc3\x85\r-"),
    *(b"- ", b"  ", b"&a ", b"*a", b"!!x ", b"---\n", b"...", b"? ", b"1-2", b" min", b"99999999999", b"\\e"),
]
AMOUNTS = ["5", "-", "–", " to ", "min", " s", "h", ":", ".", ",", "1", "00", "x", "times", " ", "99999999999"]


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    random.seed(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    seeds = [path.read_bytes() for path in sorted(paths.built_in_routines().glob("*.yaml"))]
    slowest_s, read = 0.0, 0
    start = time.perf_counter()
    for _ in range(count):
        content = mutated(random.choice(seeds))
        before = time.perf_counter()
        read += is_read(content)
        slowest_s = max(slowest_s, time.perf_counter() - before)
        check_amount("".join(random.choices(AMOUNTS, k=random.randint(1, 8))))
    seconds = time.perf_counter() - start
    print(f"{count} files: {read} read, {count - read} refused, in {seconds:.0f} s; the slowest took {slowest_s:.3f} s")


def mutated(content: bytes) -> bytes:
    """Cut a routine off after a few of its steps, so that it is quick to read, and change it in a few places."""
    steps = content.split(b"      - title")
    piece = bytearray(b"      - title".join(steps[: random.randint(2, 6)]))
    for _ in range(random.choice((0, 1, 1, 1, 2, 3, 8))):
        at = random.randrange(len(piece) + 1)
        match random.randrange(4):
            case 0:
                piece[at:at] = random.choice(PIECES)
            case 1:
                del piece[at : at + random.randint(1, 20)]
            case 2:
                piece[at : at + 1] = bytes([random.randrange(256)])
            case _:
                piece[at:at] = piece[at : at + random.randint(1, 60)]
    return bytes(piece)


def is_read(content: bytes) -> bool:
    try:
        parse_routine(content, "fuzz.yaml")
    except BrokenRoutineError as error:
        assert all(problem.hint and problem.message for problem in error.problems), content
        return False
    return True


def check_amount(text: str) -> None:
    for parse in (parse_duration, parse_count):
        try:
            parse(text)
        except AmountError as error:
            assert error.hint, text


if __name__ == "__main__":
    main()
