"""Where a SQLite database can be, and what is said where it cannot."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from models.engines.sqlite.file_place import objection_to_place, objection_to_writing


def long_name(folder: Path) -> Path:
    return folder / ("a" * 300)


def name_without_room(folder: Path) -> Path:
    return folder / ("a" * 250)


def many_folders(folder: Path) -> Path:
    return folder / ("a/" * 3000) / "auth.db"


def a_folder(folder: Path) -> Path:
    return folder


def fifo(folder: Path) -> Path:
    os.mkfifo(folder / "fifo.db")
    return folder / "fifo.db"


def a_socket(folder: Path) -> Path:
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(folder / "socket"))
    return folder / "socket"


def device(_folder: Path) -> Path:
    return Path("/dev/null")


def loop(folder: Path) -> Path:
    (folder / "loop.db").symlink_to("loop.db")
    return folder / "loop.db"


def link_into_nothing(folder: Path) -> Path:
    (folder / "link.db").symlink_to("nothing/auth.db")
    return folder / "link.db"


def missing_folder(folder: Path) -> Path:
    return folder / "missing" / "auth.db"


def below_a_file(folder: Path) -> Path:
    (folder / "file").touch()
    return folder / "file" / "auth.db"


PLACES = {
    long_name: "too long",
    name_without_room: "too long",
    many_folders: "too long",
    a_folder: "is a folder",
    fifo: "no regular file",
    a_socket: "no regular file",
    device: "no regular file",
    loop: "symbolic links",
    link_into_nothing: "a link into",
    missing_folder: "does not exist",
    below_a_file: "does not exist",
}


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
def test_what_is_in_the_way_is_said_in_one_line(place: object, tmp_path: Path) -> None:
    assert callable(place)
    said = objection_to_place(place(tmp_path))
    assert said is not None
    assert PLACES[place] in said
    assert len(said) < 500
    assert "\n" not in said


@pytest.mark.parametrize("name", ["auth.db", "a" * 230, "tëxt.db"])
def test_a_file_that_is_there_or_can_be_made_is_fine(name: str, tmp_path: Path) -> None:
    for _ in range(2):
        assert objection_to_place(tmp_path / name) is None
        assert objection_to_writing(tmp_path / name) is None
        (tmp_path / name).touch()


def test_a_link_to_a_file_that_can_be_made_is_fine(tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to("auth.db")
    assert objection_to_place(tmp_path / "link.db") is None
