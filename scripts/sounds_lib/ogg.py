"""Ogg Vorbis without an end: a file whose last packet is its first.

A Vorbis decoder gives out the sound between the centres of two packets, made of both. An encoder knows nothing of
what comes before a file or after it, so a loop of an ordinary file ticks softly where the quantised end meets the
quantised start: some 30 dB under the music, and worse where the music is dark and hides nothing. Here a ring is
encoded with more of itself before and after, and then cut at the centre of a packet that comes again a ring later.

The layouts are those of RFC 3533 (Ogg) and of the Vorbis I specification, sections 4.2 and 4.3.
"""

import zlib
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from typing import Final

_HEADERS: Final = 3  # identification, comments, set-up
_SERIAL: Final = b"vgui"  # fixed, because libsndfile draws another for each file
_STARTS, _ENDS = 2, 4
_PAGE_BYTES: Final = 8192
_MIRRORED: Final = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def closed(ogg: bytes, ring_frames: int, earliest: int) -> bytes:
    """Return the part of an Ogg Vorbis file that lasts one ring and goes on into itself.

    Args:
        ogg: A file that holds more than a ring of a sound that repeats after `ring_frames`.
        ring_frames: A multiple of the long block, or the packets of two rounds do not lie alike.
        earliest: First frame at which the part may begin.

    Raises:
        ValueError: No packet comes again a ring later, because short blocks moved those behind them.
    """
    packets = list(_packets(ogg))
    headers, sound = packets[:_HEADERS], packets[_HEADERS:]
    sizes = [_block_size(headers[0], packet) for packet in sound]
    centres = list(accumulate(((left + right) // 4 for left, right in pairwise(sizes)), initial=0))
    index = {centre: packet for packet, centre in enumerate(centres)}
    for first, centre in enumerate(centres):
        last = index.get(centre + ring_frames)
        if centre >= earliest and last is not None and sizes[first] == sizes[last]:
            round_trip = [*sound[first:last], sound[first]]
            return _file(headers, round_trip, [place - centre for place in centres[first : last + 1]])
    raise ValueError("no packet of this file comes again a ring later")


def _block_size(identification: bytes, packet: bytes) -> int:
    # libvorbis writes two modes, the short block and the long one: the bit after the packet's type tells which.
    exponents = identification[28]
    return 1 << (exponents >> 4 if packet[0] & 2 else exponents & 15)


def _packets(ogg: bytes) -> Iterator[bytes]:
    at, packet = 0, b""
    while at < len(ogg):
        lacing = ogg[at + 27 : at + 27 + ogg[at + 26]]
        at += 27 + len(lacing)
        for length in lacing:
            packet += ogg[at : at + length]
            at += length
            if length < 255:
                yield packet
                packet = b""


def _file(headers: Sequence[bytes], sound: Sequence[bytes], ends: Sequence[int]) -> bytes:
    """Return pages: the first header alone, as Ogg wants it, the others, then packets that end at frames `ends`."""
    groups = [([headers[0]], 0), (list(headers[1:]), 0)]
    group: list[bytes] = []
    for packet, end in zip(sound, ends, strict=True):
        group.append(packet)
        if sum(map(len, group)) > _PAGE_BYTES or end == ends[-1]:
            groups.append((group, end))
            group = []
    last = len(groups) - 1
    return b"".join(
        _page(group, end, number, flags=_STARTS * (number == 0) | _ENDS * (number == last))
        for number, (group, end) in enumerate(groups)
    )


def _page(packets: Sequence[bytes], end_frame: int, number: int, flags: int) -> bytes:
    lacing = b"".join(b"\xff" * (len(packet) // 255) + bytes([len(packet) % 255]) for packet in packets)
    before = b"OggS\0" + bytes([flags]) + end_frame.to_bytes(8, "little") + _SERIAL + number.to_bytes(4, "little")
    after = bytes([len(lacing)]) + lacing + b"".join(packets)
    return before + _checksum(before + bytes(4) + after) + after


def _checksum(page: bytes) -> bytes:
    # Ogg's CRC is that of zlib with every byte mirrored, and neither started nor ended with ones.
    mirrored = zlib.crc32(page.translate(_MIRRORED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return mirrored.to_bytes(4, "big").translate(_MIRRORED)
