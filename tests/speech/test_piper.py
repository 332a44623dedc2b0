"""Piper's own matters: where its voices lie, which one speaks, damaged models, pace, silence towards the terminal."""

import hashlib
import importlib.metadata
import json
import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from needs import needs_module
from tiny_piper import by_piper, description, model_bytes, put_voice

from voiceguide import paths
from voiceguide.audio.clip import trimmed
from voiceguide.errors import SpeechError
from voiceguide.speech import piper_model
from voiceguide.speech.engine import Quality, VoiceRequest
from voiceguide.speech.lexicon import Lexicon, Term
from voiceguide.speech.pace import Pace
from voiceguide.speech.piper import PiperEngine
from voiceguide.speech.piper_model import LoadedModel
from voiceguide.speech.piper_voices import bcp47, read_model, voice_folders

pytestmark = needs_module("piper", "onnx")

TEXT = "Slow strokes on the lower back."


def put_names(folder: Path, *names: str, **changes) -> None:
    """Write voices that can be listed, not spoken with."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / f"{name}.onnx").write_bytes(b"never loaded")
        (folder / f"{name}.onnx.json").write_text(json.dumps(description(name) | changes), "utf-8")


def engine_of(folder: Path, **how) -> PiperEngine:
    return PiperEngine(VoiceRequest(**how), lambda: [folder])


def names_of(engine: PiperEngine) -> list[str]:
    return [voice.name for voice in engine.voices()]


@pytest.mark.parametrize(
    ("language", "first"),
    [
        ("en", ["en_GB-alan-medium", "en_US-amy-medium", "en_US-lessac-low"]),
        ("en-US", ["en_US-amy-medium", "en_US-lessac-low", "en_GB-alan-medium"]),
        ("de-AT", ["de_DE-eva-x_low"]),
    ],
)
def test_the_nearest_language_comes_first_then_the_better_voice_then_the_name(tmp_path, language, first):
    put_names(tmp_path, "en_US-lessac-low", "en_US-amy-medium", "en_GB-alan-medium", "de_DE-eva-x_low")
    engine = engine_of(tmp_path, language=language)

    assert engine.voice().name == first[0]
    assert names_of(engine)[: len(first)] == first
    assert len(names_of(engine)) == 4


def test_a_voice_tells_its_language_and_quality(tmp_path):
    put_names(tmp_path, "en_US-amy-high", "pt_PT-tugão-x_low")

    amy, rough = engine_of(tmp_path).voices()

    assert (amy.language, amy.quality) == ("en-US", Quality.NATURAL)
    assert (rough.name, rough.language, rough.quality) == ("pt_PT-tugão-x_low", "pt-PT", Quality.FAIR)


def test_a_voice_that_is_named_is_taken_whatever_its_language_and_listed_first(tmp_path):
    put_names(tmp_path, "en_US-amy-medium", "de_DE-eva-low")

    engine = engine_of(tmp_path, language="en", voice="DE_de-Eva-low")

    assert engine.voice().name == "de_DE-eva-low"
    assert names_of(engine) == ["de_DE-eva-low", "en_US-amy-medium"]


def test_a_language_without_a_voice_is_refused_with_what_to_install(tmp_path):
    put_names(tmp_path, "en_US-amy-medium")

    with pytest.raises(SpeechError, match="'fr-CA'") as caught:
        engine_of(tmp_path, language="fr-CA").identity()

    assert "voices install --language fr" in caught.value.hint


def test_an_unknown_voice_is_refused_with_near_names(tmp_path):
    put_names(tmp_path, "en_US-amy-medium")

    with pytest.raises(SpeechError, match="no voice 'en_US-ami-medium'") as caught:
        engine_of(tmp_path, voice="en_US-ami-medium").voice()

    assert "did you mean en_US-amy-medium?" in caught.value.hint


@pytest.mark.parametrize("lost", [".onnx", ".onnx.json"])
def test_half_a_pair_is_no_voice(tmp_path, lost):
    put_names(tmp_path, "en_US-amy-medium")
    (tmp_path / f"en_US-amy-medium{lost}").unlink()
    engine = engine_of(tmp_path)

    assert "voices install en_US-lessac-medium" in (engine.missing() or "")
    assert names_of(engine) == []
    with pytest.raises(SpeechError, match="not ready"):
        engine.identity()


def test_without_the_package_it_says_how_to_install_it(tmp_path, monkeypatch):
    def nothing(name):
        raise importlib.metadata.PackageNotFoundError(name)

    put_names(tmp_path, "en_US-amy-medium")
    monkeypatch.setattr(importlib.metadata, "version", nothing)
    engine = engine_of(tmp_path)

    assert "pip install" in (engine.missing() or "")
    assert names_of(engine) == []
    with pytest.raises(SpeechError, match="not ready"):
        engine.speak(TEXT)


def test_voices_are_found_in_the_own_folder_and_in_those_of_piper_but_not_in_the_current_one(tmp_path, monkeypatch):
    home, system = tmp_path / "home", tmp_path / "system"
    monkeypatch.setenv("XDG_DATA_HOME", str(home))
    monkeypatch.setenv("XDG_DATA_DIRS", str(system))
    paths._dirs.cache_clear()
    put_names(paths.own_voices(), "en_US-own-low")
    put_names(home / "piper", "en_US-mine-low")
    put_names(home / "piper" / "models", "en_US-below-low")
    put_names(system / "piper-voices" / "en" / "en_US" / "packaged" / "low", "en_US-packaged-low", "en_US-own-low")
    put_names(tmp_path, "en_US-here-low")
    monkeypatch.chdir(tmp_path)
    engine = PiperEngine(VoiceRequest())

    found = sorted(names_of(engine))

    if sys.platform == "linux":
        assert found == ["en_US-below-low", "en_US-mine-low", "en_US-own-low", "en_US-packaged-low"]
    assert engine._models["en_US-own-low"].parent == paths.own_voices()
    assert "en_US-here-low" not in found
    assert next(iter(voice_folders())) == paths.own_voices()


@pytest.mark.parametrize("content", ["", "[]", '{"language": "en"}', '{"speaker_id_map": {"a": "b"}}', "\0", "{"])
def test_a_damaged_description_is_not_listed_and_refused_by_name(tmp_path, content):
    put_names(tmp_path, "en_US-amy-medium", "en_US-bad-high")
    (tmp_path / "en_US-bad-high.onnx.json").write_text(content)

    assert names_of(engine_of(tmp_path)) == ["en_US-amy-medium"]
    with pytest.raises(SpeechError, match="damaged") as caught:
        engine_of(tmp_path, voice="en_US-bad-high").identity()
    assert caught.value.hint
    assert names_of(engine_of(tmp_path, voice="en_US-bad-high")) == ["en_US-amy-medium"]


def test_a_voice_that_would_fetch_more_from_the_network_is_not_used(tmp_path):
    put_names(tmp_path, "zh_CN-huayan-medium", phoneme_type="pinyin")

    with pytest.raises(SpeechError, match="'zh'"):
        engine_of(tmp_path, language="zh").identity()
    with pytest.raises(SpeechError, match="needs more than Piper brings"):
        engine_of(tmp_path, voice="zh_CN-huayan-medium").identity()


def test_each_speaker_of_a_voice_sounds_different():
    ann, bob, own = (by_piper(voice=f"en_GB-tinies-low{who}") for who in ("#Ann", "#bob", ""))

    anns, bobs, usual = (engine.speak(TEXT).samples for engine in (ann, bob, own))

    assert bob.voice().name == "en_GB-tinies-low#Bob"
    assert len({ann.identity(), bob.identity(), own.identity()}) == 3
    assert np.array_equal(anns, usual)
    assert not np.array_equal(anns, bobs)


def test_few_speakers_are_listed_and_many_are_not(tmp_path):
    put_names(tmp_path, "en_GB-few-low", speaker_id_map={"Ann": 0, "Bob": 1})
    put_names(tmp_path, "en_US-many-low", speaker_id_map={f"p{number}": number for number in range(900)})

    assert names_of(engine_of(tmp_path)) == [
        "en_GB-few-low", "en_GB-few-low#Ann", "en_GB-few-low#Bob", "en_US-many-low",
    ]  # fmt: skip
    assert engine_of(tmp_path, voice="en_US-many-low#p899").voice().name == "en_US-many-low#p899"


@pytest.mark.parametrize(
    ("voice", "hint"), [("en_GB-tinies-low#Rob", "did you mean Bob?"), ("en_US-tiny-medium#Ann", "one only")]
)
def test_an_unknown_speaker_is_refused_with_a_hint(voice, hint):
    with pytest.raises(SpeechError, match="no speaker") as caught:
        by_piper(voice=voice).voice()

    assert hint in caught.value.hint


def network(inputs: str, *steps: tuple[str, str, str]) -> bytes:
    """Return a model of Piper's inputs, or others, that does something else; a step is kind, inputs and output."""
    from onnx import TensorProto, helper

    kinds = {"input": TensorProto.INT64, "input_lengths": TensorProto.INT64, "scales": TensorProto.FLOAT}
    takes = [helper.make_tensor_value_info(name, kinds[name], None) for name in inputs.split()]
    gives = [helper.make_tensor_value_info("output", TensorProto.FLOAT, None)]
    nodes = [helper.make_node(kind, given.split(), [made]) for kind, given, made in steps]
    graph = helper.make_graph(nodes, "another", takes, gives)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], ir_version=8).SerializeToString()


ALL_INPUTS = "input input_lengths scales"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        pytest.param(lambda: b"", "cannot be used", id="empty"),
        pytest.param(lambda: b"<html>Not found</html>" * 99, "cannot be used", id="garbage"),
        pytest.param(lambda: model_bytes()[:3_000], "cannot be used", id="half"),
        pytest.param(lambda: network("scales", ("Neg", "scales", "output")), "cannot be used", id="of another kind"),
        pytest.param(
            lambda: network(ALL_INPUTS, ("Neg", "scales", "minus"), ("Sqrt", "minus", "output")),
            "numbers that are none",
            id="not a number",
        ),
        pytest.param(
            lambda: network(
                ALL_INPUTS, ("Sub", "input_lengths input_lengths", "zero"), ("ConstantOfShape", "zero", "output")
            ),
            "gave nothing",
            id="no sound",
        ),
    ],
)
def test_a_damaged_model_is_an_error_with_what_to_do(content, why):
    model = put_voice(paths.own_voices())
    model.write_bytes(content())

    with pytest.raises(SpeechError, match=f"en_US-tiny-medium .*{why}") as caught:
        engine_of(paths.own_voices()).speak(TEXT)

    assert 'voiceguide voices install en_US-tiny-medium"' in caught.value.hint
    assert "\n" not in caught.value.message


@pytest.mark.parametrize("lacking", ["phoneme_id_map", "num_speakers", "audio"])
def test_a_description_without_what_piper_needs_is_an_error(tmp_path, lacking):
    told = description("en_US-tiny-medium")
    del told[lacking]
    put_voice(tmp_path).with_suffix(".onnx.json").write_text(json.dumps(told))

    with pytest.raises(SpeechError, match=lacking) as caught:
        engine_of(tmp_path).speak(TEXT)

    assert str(tmp_path) in caught.value.hint


def test_a_voice_that_takes_too_long_is_given_up(monkeypatch):
    engine = by_piper()
    engine.speak(TEXT)
    monkeypatch.setattr(piper_model, "_LIMIT_S", 0.0)
    monkeypatch.setattr(piper_model, "_LIMIT_S_PER_CHARACTER", 0.0)

    with pytest.raises(SpeechError, match="was not done after 0 s") as caught:
        engine.speak("Slow strokes, one more time. " * 20)

    assert caught.value.hint


ORDINARY = {
    "en": (
        "Place both palms between the shoulder blades and wait for three slow breaths.",
        "Now make small circles with your thumbs, and move on towards the neck.",
        "Ask whether the pressure is right.",
    ),
    "de": (
        "Lege beide Hände auf die Schultern und warte drei ruhige Atemzüge lang.",
        "Nun mache kleine Kreise mit den Daumen, und wandere weiter zum Nacken.",
        "Frage, ob der Druck angenehm ist.",
    ),
}


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("rate_wpm", [110, 145, 180])
def test_the_rate_holds_in_each_language(language, rate_wpm):
    engine = by_piper(language=language, rate_wpm=rate_wpm)

    spoken = [engine.speak(text) for text in ORDINARY[language]]

    heard_s = sum(len(trimmed(speech.samples, speech.rate_hz)) / speech.rate_hz for speech in spoken)
    assert len(" ".join(ORDINARY[language]).split()) / heard_s * 60 == pytest.approx(rate_wpm, rel=0.1)


def pace_files() -> list[Path]:
    return list(paths.cache_folder().rglob("*.json"))


def test_a_voice_is_timed_once():
    usual = len(by_piper().speak(TEXT).samples)
    (file,) = pace_files()
    file.write_text('{"usual_s": 0.2, "slow_s": 0.3}')

    slow = len(by_piper().speak(TEXT).samples)

    assert slow > 1.4 * usual
    assert pace_files() == [file]


@pytest.mark.parametrize("content", ["", "{}", "[1, 2]", '{"usual_s": 0.3, "slow_s": null}', "\0"])
def test_a_damaged_memory_of_the_pace_is_made_again(content):
    usual = len(by_piper().speak(TEXT).samples)
    (file,) = pace_files()
    good = file.read_text()
    file.write_text(content)

    assert len(by_piper().speak(TEXT).samples) == usual
    assert file.read_text() == good


def test_a_cache_folder_that_cannot_be_written_is_no_error():
    paths.cache_folder().parent.mkdir(parents=True, exist_ok=True)
    paths.cache_folder().write_text("a file stands in the way")

    assert len(by_piper().speak(TEXT).samples)


@given(
    usual_s=st.floats(0.2, 0.6), longer=st.floats(1.1, 1.6), rates=st.tuples(st.integers(80, 300), st.integers(80, 300))
)
def test_a_pace_keeps_the_rate_between_what_was_timed_and_never_inverts_it(usual_s, longer, rates):
    pace = Pace(usual_s=usual_s, slow_s=usual_s * longer)
    slow, fast = sorted(rates)

    assert pace.length_scale(round(60 / usual_s)) == pytest.approx(1.0, abs=0.1)
    assert pace.length_scale(slow) >= pace.length_scale(fast)
    assert 0.4 <= pace.length_scale(fast) <= 3.0


@pytest.mark.parametrize("slow_s", [0.3, 0.2, math.nan])
def test_a_voice_without_another_pace_speaks_at_its_own(slow_s):
    assert Pace(usual_s=0.3, slow_s=slow_s).length_scale(145) == 1.0


def test_its_identity_changes_with_the_model():
    before = by_piper().identity()
    model = paths.own_voices() / "en_US-tiny-medium.onnx"
    model.write_bytes(model.read_bytes() + b"\0")

    assert by_piper().identity() != before


ALIKE = """
import hashlib, sys
from pathlib import Path
from voiceguide.speech.engine import VoiceRequest
from voiceguide.speech.piper import PiperEngine
engine = PiperEngine(VoiceRequest(), lambda: [Path(sys.argv[1])])
for text in sys.argv[2:]:
    print(hashlib.sha256(engine.speak(text).samples.tobytes()).hexdigest())
"""


def test_the_same_texts_in_the_same_order_sound_the_same_in_any_process():
    by_piper().speak(TEXT)  # Now the voice is timed.
    here = by_piper()
    texts = [TEXT, "Breathe out.", TEXT]

    spoken = [hashlib.sha256(here.speak(text).samples.tobytes()).hexdigest() for text in texts]

    command = [sys.executable, "-c", ALIKE, str(paths.own_voices()), *texts]
    assert subprocess.run(command, capture_output=True, check=True, text=True).stdout.split() == spoken
    assert spoken[0] != spoken[2]  # The noise that keeps a voice lively is kept.


def test_it_speaks_again_after_it_was_closed():
    engine = by_piper()
    engine.speak(TEXT)
    engine.close()

    assert len(engine.speak(TEXT).samples)


PHONEMES_ONLY = Lexicon((Term(language="en", written="ab", ipa="elelel"),))


def test_a_term_of_the_lexicon_is_spoken_by_its_phonemes():
    helped, unhelped = by_piper(lexicon=PHONEMES_ONLY), by_piper(lexicon=Lexicon())

    assert len(helped.speak("Say ab.").samples) > len(unhelped.speak("Say ab.").samples)


def test_a_stop_behind_phonemes_is_heard():
    model = read_model(put_voice(paths.own_voices()))
    loaded = LoadedModel(model, None)

    assert len(loaded.speak("Use [[ab]].", 1.0).samples) > len(loaded.speak("Use [[ab]]", 1.0).samples)


def test_a_voice_of_letters_is_given_no_phonemes(tmp_path):
    told = description("en_US-letters-low") | {"phoneme_type": "text"}
    put_voice(tmp_path, "en_US-letters-low").with_suffix(".onnx.json").write_text(json.dumps(told))

    lengths = {len(engine_of(tmp_path, lexicon=each).speak("ab").samples) for each in (PHONEMES_ONLY, Lexicon())}

    assert len(lengths) == 1


def test_the_terminal_hears_nothing_while_the_libraries_are_imported(capfd):
    with piper_model._nobody_told():
        os.write(2, b"a warning")
    os.write(2, b"afterwards")

    assert capfd.readouterr().err == "afterwards"


QUIET = """
import os, sys
from pathlib import Path
from voiceguide.errors import SpeechError
from voiceguide.speech.engine import VoiceRequest
from voiceguide.speech.espeak import EspeakEngine
from voiceguide.speech.piper import PiperEngine
espeak = EspeakEngine(VoiceRequest())
for name in ("en_US-tiny-medium", "en_US-bad-medium", "en_US-worse-medium"):
    for engine in (espeak, PiperEngine(VoiceRequest(voice=name), lambda: [Path(sys.argv[1])]), espeak):
        try:
            engine.speak("Slow strokes on the lower back.")
        except SpeechError:
            assert name != "en_US-tiny-medium"
assert os.environ["ORT_DISABLE_TELEMETRY"] == "1"
assert "onnxruntime" in sys.modules
os.write(2, b"the end")
"""


@needs_module("espeakng_loader")
def test_it_works_beside_espeak_and_writes_nothing_to_the_terminal_whatever_happens(tmp_path):
    put_voice(tmp_path, "en_US-bad-medium").write_bytes(b"garbage")
    told = description("en_US-worse-medium")
    told["phoneme_id_map"]["s"] = [999]  # The network has 256.
    put_voice(tmp_path, "en_US-worse-medium").with_suffix(".onnx.json").write_text(json.dumps(told))
    del told["phoneme_id_map"]["s"]  # Piper warns of it, and the runtime of a constant that the model does not use.
    put_voice(tmp_path).with_suffix(".onnx.json").write_text(json.dumps(told))

    done = subprocess.run([sys.executable, "-c", QUIET, str(tmp_path)], capture_output=True, check=False, text=True)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "the end")


@pytest.mark.parametrize(
    ("code", "wanted"), [("en_US", "en-US"), ("en-us", "en-US"), ("DE", "de"), ("en-gb-x-rp", "en-GB-x-rp")]
)
def test_a_language_is_told_as_bcp_47(code, wanted):
    assert bcp47(code) == wanted
