"""How the bundled sounds are made: from arithmetic and fixed seeds alone, no recording anywhere.

```text
rings.py      sound without an end: noise, tones, slow curves and halls on a ring
loudness.py   how loud it is, by ITU-R BS.1770
strikes.py    struck bowls, wood and glass
chimes.py     which strikes say what
ambiences.py  what one lies in for an hour
ogg.py        a Vorbis file without an end
files.py      FLAC and Ogg Vorbis, the same bytes each time
```

Conventions, everywhere in this package:

* a sound is ``float64``, shape ``(2, frames)``, 48 kHz: a channel lies in one piece, as the FFT likes it;
* a ring is a sound of `rings.RING` frames whose last frame is followed by its first;
* a curve is a gain or a position that moves with time, shape ``(frames,)``;
* times are in seconds and pitches in hertz, because that is how instruments are described.

The key is D major pentatonic, D E F# A B, for every chime and every chord: no two of its notes are a semitone or a
tritone apart, so a bell may be struck over any chord at any moment.
"""
