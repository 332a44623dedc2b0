"""A program of Termux as it behaves on a phone, under many names; each of them in a mood of its own.

It lies at PREFIX/libexec and is linked to PREFIX/bin under the names that it plays. In PREFIX/standin are the moods, a
file a program (the first line is for the next run, the last one stays), what they were asked (``calls``, a JSON object
a line), and what the phone would show and keep. The moods:

``works``       as it should; ``pacat`` takes the sound as fast as it comes
``works N``     the same; ``play-audio`` for N seconds, whatever the file
``late N``      works after N seconds
``paced``       ``pacat`` takes the sound as fast as it is heard
``hangs``       says nothing and never ends, nor does what it has started
``rubbish``     exits with 0 and has done nothing
``dies N``      works for N seconds of sound, or N lines, and fails
``blocks N``    works for N seconds of sound, or N lines, and hangs
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

PROGRAM = Path(sys.argv[0])
NAME, WORDS = PROGRAM.name, sys.argv[1:]
STATE = PROGRAM.parent.parent / "standin"
SECOND_BYTES = 48_000 * 4
FIRST_WORDS_S = 2.4


def note(**what):
    what = {"at": time.time(), "name": NAME, "pid": os.getpid(), "words": WORDS, **what}
    with (STATE / "calls").open("ab", buffering=0) as calls:
        calls.write(json.dumps(what).encode() + b"\n")


def mood():
    file = STATE / "moods" / NAME
    moods = file.read_text().splitlines() if file.exists() else ["works"]
    if len(moods) > 1:
        file.write_text("\n".join(moods[1:]))
    name, _, much = moods[0].partition(" ")
    return name, float(much or 0)


def hang():
    # As a script does, whose helper waits for the app: killing the script alone leaves that one behind.
    subprocess.Popen([sys.executable, "-IS", "-c", "import signal; signal.pause()", PROGRAM])
    signal.pause()


def option(name, default=None):
    return WORDS[WORDS.index(name) + 1] if name in WORDS else default


def file_of(folder, name):
    (STATE / folder).mkdir(exist_ok=True)
    return STATE / folder / name


# --- Termux:API ---


def volume(_much):
    streams = [{"stream": each, "volume": 5, "max_volume": 15} for each in ("call", "music", "notification")]
    print(json.dumps(streams, indent=2))


def notification(_much):
    """Leave on the screen what a person sees, and what each button does."""
    # Without a text it waits for one.
    content = option("-c", option("--content")) or sys.stdin.read()
    if option("--type") == "media":
        buttons = {sign: option(f"--media-{sign}") for sign in ("previous", "pause", "play", "next")}
        # All four, or none is shown.
        buttons = buttons if all(buttons.values()) else {}
    else:
        numbers = [number for number in (1, 2, 3) if f"--button{number}" in WORDS]
        buttons = {option(f"--button{number}"): option(f"--button{number}-action") for number in numbers}
    shown = {"title": option("-t", option("--title", "")), "content": content, "buttons": buttons}
    screen = file_of("notifications", option("-i", option("--id", "none")))
    # At once: who looks sees the one before, or this.
    fresh = screen.with_name(f"{screen.name}.new")
    fresh.write_text(json.dumps(shown))
    fresh.replace(screen)


def notification_remove(_much):
    file_of("notifications", WORDS[0]).unlink(missing_ok=True)


def tts_engines(_much):
    engines = [
        {"name": "com.google.android.tts", "label": "Speech Services by Google", "default": True},
        {"name": "org.example.voice", "label": "Another voice", "default": False},
    ]
    print(json.dumps(engines))


def tts_speak(_much, most=None):
    began = time.time()
    free = began + FIRST_WORDS_S
    for count, line in enumerate(iter(sys.stdin.readline, ""), 1):
        # A line is read at once, and heard when the one before is at its end.
        heard = max(free, time.time())
        free = heard + 0.065 * len(line)
        note(line=line.rstrip("\n"), heard=heard)
        if count == most:
            return


def media_scan(_much):
    print(f"Finished scanning {len(WORDS)} file(s)")


def media_player(_much):
    """Play on when the command has ended, as Android's player does; it exits with 0 whatever it says."""
    playing, paused = file_of("media-player", "playing"), file_of("media-player", "paused")
    asked = "resume" if WORDS == ["play"] else WORDS[0]
    if asked == "play":
        begin_to_play(Path(WORDS[1]), playing, paused)
    elif not playing.exists() and not paused.exists():
        print(
            {"info": "No track currently!", "resume": "No previous track to resume!"}.get(asked, f"No track to {asked}")
        )
    elif asked == "info":
        print(f"Status: {'Playing' if playing.exists() else 'Paused'}")
    elif asked == "stop":
        print("Stopped playback\nTrack cleared")
        playing.unlink(missing_ok=True)
        paused.unlink(missing_ok=True)
    else:
        to_pause = asked == "pause"
        before, after = (playing, paused) if to_pause else (paused, playing)
        already = "Playback already paused" if to_pause else "Already playing track!"
        print(("Paused playback" if to_pause else "Resumed playback") if before.exists() else already)
        if before.exists():
            before.rename(after)


def begin_to_play(track, playing, paused):
    if not track.is_file():
        print(f"error: '{track}' is not a file!")
        return
    paused.unlink(missing_ok=True)
    playing.write_text(str(track))
    print(f"Now Playing: {track.name}")


def battery_status(_much):
    print(json.dumps({"health": "GOOD", "percentage": 74, "plugged": "UNPLUGGED", "status": "DISCHARGING"}))


def quiet(_much):
    """Do something that nobody sees here."""


# --- Termux ---


def wake_lock(_much):
    file_of("held", "wake-lock").touch()


def wake_unlock(_much):
    file_of("held", "wake-lock").unlink(missing_ok=True)


def setup_storage(_much):
    (Path.home() / "storage" / "music").mkdir(parents=True, exist_ok=True)


# --- sound ---


def is_served():
    return (STATE / "pulse").is_dir()


def pulseaudio(_much):
    if "--check" in WORDS:
        sys.exit(0 if is_served() else 1)
    if "--kill" in WORDS:
        for each in [*(STATE / "pulse").glob("*"), STATE / "pulse"]:
            each.rmdir() if each.is_dir() else each.unlink()
    if "--start" in WORDS:
        file_of("pulse", "sinks").write_text("auto_null\n")


def pactl(_much):
    if not is_served():
        sys.exit("Connection failure: Connection refused")
    sinks = STATE / "pulse" / "sinks"
    if WORDS[:1] == ["load-module"]:
        known = STATE / "moods" / "modules"
        if WORDS[1] not in (known.read_text() if known.exists() else "module-aaudio-sink module-sles-sink").split():
            sys.exit("Failure: Module initialization failed")
        sinks.write_text(f"{WORDS[1].removeprefix('module-')}\n")
        print(23)
    elif WORDS[:1] == ["list"]:
        for number, sink in enumerate(sinks.read_text().splitlines()):
            print(f"{number}\t{sink}\tmodule-{sink}.c\ts16le 2ch 48000Hz\tSUSPENDED")


def pacat(_much, most=None, paced=False):
    if not is_served():
        sys.exit("Connection failure: Connection refused")
    read, began = 0, time.monotonic()
    with (STATE / "heard").open("ab") as heard:
        while most is None or read < most * SECOND_BYTES:
            sound = os.read(0, 65_536)
            if not sound:
                return
            heard.write(sound)
            read += len(sound)
            if paced:
                time.sleep(max(0.0, began + read / SECOND_BYTES - time.monotonic()))


def play_audio(much):
    """Play a file; as long as it is, or N seconds."""
    import wave

    seconds = much
    if not seconds and WORDS[0].endswith(".wav"):
        with wave.open(WORDS[0]) as sound:
            seconds = sound.getnframes() / sound.getframerate()
    time.sleep(seconds)


WORKS = {
    "termux-volume": volume,
    "termux-notification": notification,
    "termux-notification-remove": notification_remove,
    "termux-tts-engines": tts_engines,
    "termux-tts-speak": tts_speak,
    "termux-vibrate": quiet,
    "termux-toast": quiet,
    "termux-media-scan": media_scan,
    "termux-media-player": media_player,
    "termux-battery-status": battery_status,
    "termux-wake-lock": wake_lock,
    "termux-wake-unlock": wake_unlock,
    "termux-setup-storage": setup_storage,
    "pkg": quiet,
    "pulseaudio": pulseaudio,
    "pactl": pactl,
    "pacat": pacat,
    "play-audio": play_audio,
}


def main():
    name, much = mood()
    note(mood=name)
    if name == "hangs":
        hang()
    elif name == "rubbish":
        sys.stdout.buffer.write(b"\xff\x00 {] rubbish\n")
    elif name == "late":
        time.sleep(much)
        WORKS[NAME](0)
    elif name == "paced":
        pacat(0, paced=True)
    elif name in ("dies", "blocks"):
        WORKS[NAME](0, much)
        hang() if name == "blocks" else sys.exit("it has died")
    else:
        WORKS[NAME](much)


if __name__ == "__main__":
    main()
