"""What a person has settled."""

import pytest

from voiceguide import paths
from voiceguide.errors import SettingsError
from voiceguide.settings import OwnCommand, Settings, read_settings


@pytest.fixture
def file(tmp_path):
    return tmp_path / "settings.toml"


def test_no_file_settles_nothing(file):
    assert read_settings(file) == Settings()


def test_the_file_lies_in_the_persons_own_folder():
    assert paths.settings_file().name == "settings.toml"


def test_everything_is_read(file):
    file.write_text(
        """
        voice = "piper"
        minutes = 30
        focus = ["neck"]
        [lexicon]
        Effleurage = " efflerahzh "
        [commands.mine]
        speak = ["mytts", "-o", "{file}"]
        language = "en-GB"
        [voices]
        address = "http://127.0.0.1:8000/piper/"
        """,
        "utf-8",
    )

    assert read_settings(file) == Settings(
        options={"voice": "piper", "minutes": 30, "focus": ["neck"]},
        lexicon={"Effleurage": "efflerahzh"},
        commands={"mine": OwnCommand(speak=("mytts", "-o", "{file}"), language="en-GB")},
        voices_address="http://127.0.0.1:8000/piper",
    )


@pytest.mark.parametrize(
    ("text", "error", "hint"),
    [
        ("voice = x", "line 1", "voice ="),
        ("[lexcon]", "lexcon", "lexicon"),
        ("lexicon = 3", "lexicon is 3", "[lexicon]"),
        ("[lexicon]\nsacrum = 3", "lexicon.sacrum is 3", "quotes"),
        ("[lexicon]\nsacrum = ' '", "lexicon.sacrum is ' '", "quotes"),
        ("[commands]\nmine = 3", "commands.mine", "speak ="),
        ("[commands.mine]\nspaek = []", "commands.mine", "speak ="),
        ("[commands.mine]\nspeak = []", "commands.mine.speak is []", "speak ="),
        ("[commands.mine]\nspeak = 'say {file}'", "commands.mine.speak is 'say {file}'", "speak ="),
        ("[commands.mine]\nspeak = ['say', 3]", "commands.mine.speak", "speak ="),
        ("[commands.mine]\nspeak = ['say']", "never names the file", "{file}"),
        ("[commands.mine]\nspeak = ['say', '{file}']\nlang = 'en'", "commands.mine.lang", "language"),
        ("[commands.mine]\nspeak = ['say', '{file}']\nlanguage = 3", "commands.mine.language is 3", "quotes"),
        ("[voices]\naddress = 'file:///etc'", "voices.address is", "https://"),
        ("[voices]\nadress = 'https://example.org'", "voices.adress", "address"),
    ],
)
def test_what_is_wrong_is_named_with_what_to_write(file, text, error, hint):
    file.write_text(text, "utf-8")

    with pytest.raises(SettingsError) as caught:
        read_settings(file)

    assert str(file) in caught.value.message
    assert error in caught.value.message
    assert hint in caught.value.hint


def test_a_file_that_is_no_text_is_refused(file):
    file.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(SettingsError, match="UTF-8"):
        read_settings(file)


def test_a_folder_in_its_place_is_refused(file):
    file.mkdir()

    with pytest.raises(SettingsError, match="directory"):
        read_settings(file)
