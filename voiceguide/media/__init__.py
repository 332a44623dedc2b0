"""Sound files in, samples out: decoding, the bundled sounds, and where ffmpeg is."""
