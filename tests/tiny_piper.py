"""Voices that Piper really loads and speaks with, in a few kilobytes: each phoneme is a tone.

As in a real voice, each phoneme lasts a whole number of blocks of 256 samples, rounded up after it was stretched by the
length scale, there is noise, and the sound starts and ends in silence.
"""

import json
from functools import cache
from pathlib import Path

import numpy as np

ENGLISH = "en_US-tiny-medium"
GERMAN = "de_DE-tiny-low"
SEVERAL = "en_GB-tinies-low"
"""Has the speakers ``Ann`` and ``Bob``."""

_HOP = 256
_ESPEAK = {"en_US": "en-us", "en_GB": "en-gb-x-rp", "de_DE": "de"}


def put_voice(folder: Path, name: str = ENGLISH, speakers: tuple[str, ...] = ()) -> Path:
    """Write a voice into `folder` and return its model."""
    folder.mkdir(parents=True, exist_ok=True)
    model = folder / f"{name}.onnx"
    model.write_bytes(model_bytes(several=bool(speakers)))
    model.with_name(f"{name}.onnx.json").write_text(json.dumps(description(name, speakers)), "utf-8")
    return model


def description(name: str, speakers: tuple[str, ...] = ()) -> dict:
    """Return what lies beside a model, with the same keys as that of a real voice."""
    from piper.phoneme_ids import DEFAULT_PHONEME_ID_MAP

    code, dataset, quality = name.split("-")
    family, _, region = code.partition("_")
    return {
        "audio": {"sample_rate": 16_000 if quality.endswith("low") else 22_050, "quality": quality},
        "espeak": {"voice": _ESPEAK.get(code, family)},
        "inference": {"noise_scale": 0.667, "length_scale": 1, "noise_w": 0.8},
        "phoneme_type": "espeak",
        "phoneme_map": {},
        "phoneme_id_map": dict(DEFAULT_PHONEME_ID_MAP),
        "num_symbols": 256,
        "num_speakers": len(speakers) or 1,
        "speaker_id_map": {speaker: number for number, speaker in enumerate(speakers)},
        "piper_version": "1.0.0",
        "language": {"code": code, "family": family, "region": region},
        "dataset": dataset,
    }


@cache
def model_bytes(*, several: bool = False) -> bytes:
    """Return the model; with `several`, of a voice that several people lent theirs."""
    from onnx import TensorProto, checker, helper, numpy_helper

    def node(kind: str, inputs: str, output: str, **how) -> None:
        nodes.append(helper.make_node(kind, inputs.split(), [output], **how))

    def constant(name: str, value) -> None:
        constants.append(numpy_helper.from_array(np.asarray(value), name))

    def tensor(name: str, kind: int, shape: list) -> object:
        return helper.make_tensor_value_info(name, kind, shape)

    nodes: list = []
    constants: list = []
    for name, value in _tables().items():
        constant(name, value)
    constant("axis0", np.array([0], np.int64))
    constant("axis1", np.array([1], np.int64))
    constant("both", np.array([0, 1], np.int64))
    constant("flat", np.array([-1], np.int64))
    constant("first", np.int64(0))
    constant("second", np.int64(1))
    constant("zero", np.float32(0))
    constant("one", np.float32(1))
    constant("hop", np.ones((1, _HOP), np.float32))
    constant("softly", np.float32(0.05))
    constant("higher", np.float32(0.05))

    # How many blocks each phoneme takes, and so which phoneme each block is of.
    node("Squeeze", "input axis0", "ids")
    node("Gather", "lengths ids", "usual")
    node("Gather", "scales second", "length_scale")
    node("Mul", "usual length_scale", "stretched")
    node("Ceil", "stretched", "blocks")
    node("CumSum", "blocks first", "ends")
    node("ReduceSum", "blocks axis0", "total", keepdims=0)
    node("Range", "zero total one", "block")
    node("Unsqueeze", "block axis1", "block_column")
    node("Unsqueeze", "ends axis0", "ends_row")
    node("GreaterOrEqual", "block_column ends_row", "over")
    node("Cast", "over", "over_number", to=TensorProto.INT64)
    node("ReduceSum", "over_number axis1", "which", keepdims=0)
    node("Gather", "ids which", "spoken")

    # A tone for each block, as high as its phoneme is, and some noise.
    node("Gather", "pitches spoken", "pitch")
    node("Gather", "heights spoken", "height")
    if several:
        node("Cast", "sid", "speaker", to=TensorProto.FLOAT)
        node("Mul", "speaker higher", "lift")
        node("Add", "pitch lift", "own_pitch")
    else:
        node("Identity", "pitch", "own_pitch")
    node("Unsqueeze", "own_pitch axis1", "pitch_column")
    node("Mul", "pitch_column hop", "steps_by_block")
    node("Reshape", "steps_by_block flat", "steps")
    node("CumSum", "steps first", "phase")
    node("Sin", "phase", "tone")
    node("RandomNormalLike", "tone", "chance")
    node("Gather", "scales first", "noise_scale")
    node("Mul", "noise_scale softly", "noise_height")
    node("Mul", "chance noise_height", "noise")
    node("Add", "tone noise", "sound")
    node("Unsqueeze", "height axis1", "height_column")
    node("Mul", "height_column hop", "heights_by_block")
    node("Reshape", "heights_by_block flat", "loudness")
    node("Mul", "sound loudness", "speech")
    node("Unsqueeze", "speech both", "output")

    inputs = [
        tensor("input", TensorProto.INT64, [1, "phonemes"]),
        tensor("input_lengths", TensorProto.INT64, [1]),
        tensor("scales", TensorProto.FLOAT, [3]),
    ]
    if several:
        inputs.append(tensor("sid", TensorProto.INT64, [1]))
    outputs = [tensor("output", TensorProto.FLOAT, [1, 1, "samples"])]
    graph = helper.make_graph(nodes, "tiny", inputs, outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], ir_version=8)
    checker.check_model(model)
    return model.SerializeToString()


def _tables() -> dict[str, np.ndarray]:
    """Return length, step of phase and height of each of 256 symbols, by Piper's usual numbers."""
    lengths = (2.7 + np.arange(256) * 0.37 % 5).astype(np.float32)
    heights = np.full(256, 0.4, np.float32)
    steps = (0.05 + 0.001 * np.arange(256)).astype(np.float32)
    lengths[0], lengths[1], lengths[2] = 0.4, 8.0, 12.0  # between two phonemes, at the start, at the end
    heights[1] = heights[2] = 0.0
    lengths[[120, 121, 122]] = 1.5  # stresses, and what makes a vowel long
    return {"lengths": lengths, "heights": heights, "pitches": steps}


def by_piper(**how):
    """Return Piper's engine with the tiny voices."""
    from voiceguide import paths
    from voiceguide.speech.engine import VoiceRequest
    from voiceguide.speech.piper import PiperEngine

    folder = paths.own_voices()
    if not folder.is_dir():
        put_voice(folder, ENGLISH)
        put_voice(folder, GERMAN)
        put_voice(folder, SEVERAL, ("Ann", "Bob"))
    return PiperEngine(VoiceRequest(**how), lambda: [folder])
