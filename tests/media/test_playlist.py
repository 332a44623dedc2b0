"""Which tracks a file, a folder or a playlist stands for, and in which order they come."""

import logging
import os
from itertools import islice, pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceguide.errors import MediaError
from voiceguide.media.playlist import Playlist, find_tracks


def touch(folder: Path, *names: str) -> list[Path]:
    """Make files of these names; what is in them does not matter here."""
    paths = [folder / name for name in names]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"sound")
    return paths


def playlist(folder: Path, text: str | bytes, name: str = "list.m3u8") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def names(what: Path) -> list[str]:
    return [track.name for track in find_tracks(what)]


# --- files and folders -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["a.mp3", "-a.mp3", 'it\'s "so" 100%.mp3', "Ünïcödé 音楽 موسيقى.flac", "a\nb.ogg", "noending"]
)
def test_a_file_stands_for_itself_whatever_its_name(tmp_path: Path, name: str):
    (path,) = touch(tmp_path, name)

    assert find_tracks(path) == [path]


def test_the_tracks_of_a_folder_come_as_people_count(tmp_path: Path):
    touch(tmp_path, "Track 10.mp3", "track 2.MP3", "Track 1.flac", "B/1.ogg", "b2.wav", "B/02.ogg")

    assert names(tmp_path) == ["1.ogg", "02.ogg", "b2.wav", "Track 1.flac", "track 2.MP3", "Track 10.mp3"]


def test_what_is_hidden_or_no_track_is_left_out(tmp_path: Path):
    touch(tmp_path, "a.mp3", ".b.mp3", ".hidden/c.mp3", "cover.jpg", "list.m3u8", "readme", "x/._d.mp3")
    (tmp_path / "folder.mp3").mkdir()

    assert names(tmp_path) == ["a.mp3"]


def test_links_are_followed_and_never_in_a_circle(tmp_path: Path):
    touch(tmp_path, "music/a.mp3", "more/b.mp3")
    (tmp_path / "music/more").symlink_to(tmp_path / "more")
    (tmp_path / "music/up").symlink_to(tmp_path / "music")
    (tmp_path / "more/back").symlink_to(tmp_path / "music")
    (tmp_path / "music/itself.mp3").symlink_to(tmp_path / "music/itself.mp3")
    (tmp_path / "music/gone.mp3").symlink_to(tmp_path / "gone.mp3")

    assert names(tmp_path / "music") == ["a.mp3", "b.mp3"]


@pytest.mark.timeout(10)
def test_pipes_and_devices_are_never_opened(tmp_path: Path):
    touch(tmp_path, "a.mp3")
    os.mkfifo(tmp_path / "b.mp3")
    (tmp_path / "c.mp3").symlink_to("/dev/zero")

    assert names(tmp_path) == ["a.mp3"]
    for what in (tmp_path / "b.mp3", tmp_path / "c.mp3"):
        with pytest.raises(MediaError, match="no file or folder"):
            find_tracks(what)
    with pytest.raises(MediaError, match="no track in"):
        find_tracks(playlist(tmp_path, "b.mp3\nc.mp3\n/dev/zero\n"))


def test_a_folder_without_a_track_is_told(tmp_path: Path):
    touch(tmp_path, "cover.jpg")

    with pytest.raises(MediaError, match="no track in") as error:
        find_tracks(tmp_path)

    assert ".mp3" in error.value.hint


@pytest.mark.parametrize("name", ["none.mp3", "none", "n" * 5000, "nul\0l"])
def test_what_is_not_there_is_told(tmp_path: Path, name: str):
    with pytest.raises(MediaError, match="no file or folder") as error:
        find_tracks(tmp_path / name)

    assert error.value.hint


# --- playlists -------------------------------------------------------------------------------------------------------


def test_entries_lie_beside_their_playlist_and_keep_their_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    touch(tmp_path, "lists/b.mp3", "lists/cd 1/a.mp3", "elsewhere/c.mp3")
    text = f"#EXTM3U\n#EXTINF:123,Someone - b\nb.mp3\n\n  cd 1/a.mp3  \n{tmp_path}/elsewhere/c.mp3\nb.mp3"
    path = playlist(tmp_path / "lists", text)
    monkeypatch.chdir(tmp_path)

    assert names(path.relative_to(tmp_path)) == ["b.mp3", "a.mp3", "c.mp3", "b.mp3"]


@pytest.mark.parametrize(
    "text",
    [
        "Ünïcödé 音楽.mp3\n".encode(),
        b"\xef\xbb\xbf" + "Ünïcödé 音楽.mp3\n".encode(),
        b"\xef\xbb\xbf#EXTM3U\r\n" + "Ünïcödé 音楽.mp3\r\n".encode(),
        b"%C3%9Cn%C3%AFc%C3%B6d%C3%A9%20%E9%9F%B3%E6%A5%BD.mp3",
    ],
    ids=["plain", "bom", "windows", "as vlc"],
)
def test_every_writing_of_a_playlist_is_read(tmp_path: Path, text: bytes):
    touch(tmp_path, "Ünïcödé 音楽.mp3")

    assert names(playlist(tmp_path, text)) == ["Ünïcödé 音楽.mp3"]


def test_a_playlist_from_old_windows_is_read(tmp_path: Path):
    touch(tmp_path, "Müsik/größer.mp3")

    assert names(playlist(tmp_path, "Müsik\\größer.mp3\r\n".encode("cp1252"), "OLD.M3U")) == ["größer.mp3"]


def test_a_local_address_is_a_file(tmp_path: Path):
    (track,) = touch(tmp_path, "a b.mp3")

    assert find_tracks(playlist(tmp_path, track.as_uri())) == [track]


def test_a_playlist_may_name_folders_and_playlists(tmp_path: Path):
    touch(tmp_path, "x/2.mp3", "x/1.mp3", "y/3.mp3", "4.mp3")
    playlist(tmp_path / "y", "3.mp3\n", "inner.m3u")

    assert names(playlist(tmp_path, "x\ny/inner.m3u\n4.mp3\n")) == ["1.mp3", "2.mp3", "3.mp3", "4.mp3"]


def test_playlists_in_a_circle_are_read_once(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    touch(tmp_path, "a.mp3", "b.mp3")
    playlist(tmp_path, "one.m3u8\na.mp3\ntwo.m3u8\n", "one.m3u8")
    playlist(tmp_path, "b.mp3\n./one.m3u8\ntwo.m3u8\n", "two.m3u8")

    assert names(tmp_path / "one.m3u8") == ["a.mp3", "b.mp3"]
    assert all("named again" in line for line in caplog.messages)
    assert len(caplog.messages) == 3


def test_a_long_chain_of_playlists_has_an_end(tmp_path: Path):
    touch(tmp_path, "a.mp3")
    for number in range(1100):
        playlist(tmp_path, f"{number + 1}.m3u\n", f"{number}.m3u")
    playlist(tmp_path, "a.mp3", "1100.m3u")

    assert names(tmp_path / "0.m3u") == ["a.mp3"]


def test_what_is_missing_or_on_the_net_is_left_out_with_a_line_each(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    touch(tmp_path, "a.mp3")
    path = playlist(tmp_path, "gone.mp3\nhttps://example.org/b.mp3\na.mp3\nlost.mp3\nrtsp://example.org/c\nmms:x\n\0\n")

    tracks = find_tracks(path)

    assert tracks == [tmp_path / "a.mp3"]
    assert caplog.messages == [
        f"{path}: left out 'gone.mp3' and 2 more, not there",
        f"{path}: left out 'https://example.org/b.mp3' and 2 more, on the net",
    ]
    assert {record.levelno for record in caplog.records} == {logging.WARNING}


@pytest.mark.parametrize(
    "text", [b"", b"#EXTM3U\n", b"https://example.org/a.mp3", b"gone.mp3", bytes(range(256)) * 999]
)
def test_a_playlist_with_nothing_to_play_is_told(tmp_path: Path, text: bytes):
    with pytest.raises(MediaError, match="no track in"):
        find_tracks(playlist(tmp_path, text))


# --- order -----------------------------------------------------------------------------------------------------------

TRACKS = [Path(f"{letter}.mp3") for letter in "abcdefg"]


def test_tracks_come_in_order_and_round_again():
    assert list(islice(Playlist(TRACKS[:3]), 7)) == [*TRACKS[:3], *TRACKS[:3], TRACKS[0]]


@given(count=st.integers(2, 7), seed=st.integers())
def test_shuffled_rounds_hold_every_track_once_and_none_comes_twice_in_a_row(count: int, seed: int):
    order = list(islice(Playlist(TRACKS[:count], shuffle=True, seed=seed), 20 * count))

    rounds = [order[at : at + count] for at in range(0, len(order), count)]
    assert all(sorted(each) == TRACKS[:count] for each in rounds)
    assert all(one != other for one, other in pairwise(order))


def test_the_seed_gives_the_order_and_the_rounds_differ():
    first, again, other = (
        list(islice(Playlist(TRACKS, shuffle=True, seed=seed), 21)) for seed in (1, 1, 2)
    )  # fmt: skip

    assert first == again != other
    assert len({tuple(first[at : at + 7]) for at in (0, 7, 14)}) == 3


def test_one_track_comes_again_and_again():
    assert list(islice(Playlist(TRACKS[:1], shuffle=True), 3)) == TRACKS[:1] * 3


def test_what_is_dropped_comes_no_more_and_the_last_ends_it():
    tracks = Playlist(TRACKS[:3])
    order = iter(tracks)
    next(order)

    tracks.drop(TRACKS[1])

    assert list(islice(order, 3)) == [TRACKS[2], TRACKS[0], TRACKS[2]]
    tracks.drop(TRACKS[0])
    tracks.drop(TRACKS[2])
    assert list(order) == []
