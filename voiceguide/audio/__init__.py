"""Pure sample arithmetic on numpy arrays. No files, threads or devices.

Conventions, everywhere in this package:

* a clip is mono ``float32``, shape ``(frames,)``; a buffer is stereo, shape ``(frames, 2)``; nominal range [-1, 1];
* a block that leaves the mixer is ``int16``, shape ``(frames, 2)``: every output takes it as it is;
* a position is an absolute frame of the session, never an offset into a block;
* a range is half-open, ``[start, stop)``;
* a level is in dB at the border and a linear gain inside.
"""
