"""What is to be recorded is written down, and what was recorded is looked over."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from voiceguide.errors import SpeechError, TargetError
from voiceguide.speech.recorded import find_recordings, sentence_code
from voiceguide.speech.script import Problem, examine, recording_script, write_script

RATE_HZ = 48_000
TEXTS = ["Place both hands on the lower back.", "Breathe out.", "Größe, naïve – und mehr!", "手"]


def reading(length_s: float, peak: float = 0.4) -> np.ndarray:
    t = np.arange(round(length_s * RATE_HZ)) / RATE_HZ
    return peak * np.sin(2 * np.pi * 200 * t) * (0.2 + 0.8 * np.sin(np.pi * 4 * t) ** 2)


def between_silence(sound: np.ndarray) -> np.ndarray:
    return np.pad(sound, RATE_HZ // 2)


def record(folder: Path, text: str, sound: np.ndarray) -> None:
    soundfile.write(folder / f"{sentence_code(text)}.wav", sound, RATE_HZ, subtype="PCM_16")


def test_each_sentence_stands_once_in_order_under_a_name_of_its_own():
    lines = recording_script([*TEXTS, "Breathe out!", TEXTS[0]])

    assert [(line.number, line.text) for line in lines] == list(enumerate(TEXTS, start=1))
    assert [line.file_name.removesuffix(f" {sentence_code(line.text)}.wav") for line in lines] == [
        "001 place-both-hands-on-the-lower",
        "002 breathe-out",
        "003 groe-naive-und-mehr",
        "004",
    ]


def test_numbers_are_as_wide_as_the_last():
    lines = recording_script(f"Sentence {number}" for number in range(1_000))

    assert (lines[0].file_name[:5], lines[-1].file_name[:5]) == ("0001 ", "1000 ")
    assert len({line.file_name for line in lines}) == 1_000


def test_the_names_of_the_script_are_found_again(tmp_path):
    lines = recording_script(TEXTS)
    for line in lines:
        (tmp_path / line.file_name).write_bytes(b"x")

    assert find_recordings(tmp_path) == {sentence_code(line.text): tmp_path / line.file_name for line in lines}


def test_the_script_is_text_to_read_from(tmp_path):
    lines = recording_script(TEXTS)
    folder = tmp_path / "my" / "voice"

    file = write_script(lines, folder)

    text = file.read_text("utf-8")
    assert file == folder / "script.txt"
    assert text.startswith("Read each sentence calmly")
    for line in lines:
        assert f"{line.file_name}\n    {line.text}\n" in text
    assert list(folder.iterdir()) == [file]


def test_the_script_is_written_anew_and_recordings_stay(tmp_path):
    (tmp_path / "script.txt").write_text("An earlier list")
    record(tmp_path, TEXTS[0], reading(1.0))
    before = (tmp_path / f"{sentence_code(TEXTS[0])}.wav").read_bytes()

    write_script(recording_script(TEXTS), tmp_path)

    assert "earlier" not in (tmp_path / "script.txt").read_text("utf-8")
    assert (tmp_path / f"{sentence_code(TEXTS[0])}.wav").read_bytes() == before


def test_a_folder_that_cannot_be_is_refused_with_a_hint(tmp_path):
    (tmp_path / "file").write_text("x")

    with pytest.raises(TargetError) as caught:
        write_script(recording_script(TEXTS), tmp_path / "file")

    assert caught.value.hint


SEVEN_WORDS = TEXTS[0]


@pytest.mark.parametrize(
    ("sound", "problems"),
    [
        (between_silence(reading(2.5)), []),
        (between_silence(reading(2.5, 0.999)), []),
        (between_silence(reading(2.5, 0.05)) + 0.001, []),
        (between_silence(np.clip(reading(2.5, 1.5), -1.0, 1.0)), [Problem.CLIPPED]),
        (between_silence(reading(2.5, 0.004)), [Problem.QUIET]),
        (np.zeros(RATE_HZ), [Problem.QUIET]),
        (between_silence(reading(2.625))[RATE_HZ * 5 // 8 :], [Problem.CUT_OFF]),
        (between_silence(reading(2.625))[: -RATE_HZ * 5 // 8], [Problem.CUT_OFF]),
        (reading(3.25)[RATE_HZ // 8 : -RATE_HZ // 8], [Problem.CUT_OFF, Problem.CUT_OFF]),
        (between_silence(reading(14.0)), [Problem.LONG]),
        (between_silence(reading(0.5)), [Problem.SHORT]),
        (reading(61.0), [Problem.UNUSABLE]),
    ],
)
def test_what_is_amiss_with_a_recording_is_told(tmp_path, sound, problems):
    record(tmp_path, SEVEN_WORDS, sound)

    findings = examine(recording_script([SEVEN_WORDS]), tmp_path)

    assert [finding.problem for finding in findings] == problems
    assert all(finding.advice and finding.file for finding in findings)


def test_what_is_missing_is_told_in_order(tmp_path):
    record(tmp_path, TEXTS[1], between_silence(reading(0.8)))

    findings = examine(recording_script(TEXTS), tmp_path)

    assert [(finding.line.number, finding.problem) for finding in findings] == [
        (number, Problem.MISSING) for number in (1, 3, 4)
    ]
    assert all(finding.is_unheard and finding.line.file_name in finding.advice for finding in findings)


def test_a_damaged_recording_is_told(tmp_path):
    (tmp_path / f"{sentence_code(SEVEN_WORDS)}.m4a").write_bytes(b"no sound")

    (finding,) = examine(recording_script([SEVEN_WORDS]), tmp_path)

    assert (finding.problem, finding.is_unheard) == (Problem.UNUSABLE, True)


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(SpeechError):
        examine(recording_script(TEXTS), tmp_path / "none")
