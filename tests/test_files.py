"""Files written whole or not at all, and arrays read without trust. What befalls them stands in tests/trust."""

import os
import time

import numpy as np
import pytest

from nnlib.files import A_DAY, UNFINISHED, read_arrays, remove_left_overs, write_whole


def test_what_is_written_is_there_in_the_place_of_what_was(tmp_path):
    for content in (b"old", b"new", b""):
        write_whole(tmp_path / "file", content)
        assert (tmp_path / "file").read_bytes() == content
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_written_file_has_the_rights_of_any_other(tmp_path):
    (tmp_path / "other").write_bytes(b"")
    write_whole(tmp_path / "file", b"")
    assert (tmp_path / "file").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_a_folder_in_its_place_stays_and_is_said(tmp_path):
    (tmp_path / "file").mkdir()
    with pytest.raises(OSError, match="file cannot be written: .*Make room there, or name a folder of yours"):
        write_whole(tmp_path / "file", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_only_old_left_overs_of_ours_go(tmp_path):
    for name, age in (("old", 2 * A_DAY), ("new", A_DAY / 2)):
        (tmp_path / f"{UNFINISHED}{name}").mkdir()
        (tmp_path / f"{UNFINISHED}{name}" / "part").write_bytes(b"")
        (tmp_path / f"{UNFINISHED}file-{name}").write_bytes(b"")
        (tmp_path / name).write_bytes(b"")
        for path in tmp_path.glob(f"*{name}"):
            os.utime(path, (time.time() - age,) * 2)
    remove_left_overs(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"old", "new", f"{UNFINISHED}new", f"{UNFINISHED}file-new"}
    remove_left_overs(tmp_path / "nowhere")


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6.0).reshape(2, 3),
        np.asfortranarray(np.arange(6, dtype=np.float32).reshape(2, 3)),
        np.zeros((0, 3)),
        np.array(5),
        np.array("a text, ∂"),
        np.array([True, False]),
    ],
)
def test_arrays_come_back_as_numpys_own_reader_gives_them(tmp_path, array):
    np.savez(tmp_path / "arrays.npz", a=array, b=array[..., np.newaxis])
    ours = read_arrays(tmp_path / "arrays.npz")
    with np.load(tmp_path / "arrays.npz") as theirs:
        assert list(ours) == theirs.files
        for name in ours:
            np.testing.assert_array_equal(ours[name], theirs[name], strict=True)
            assert ours[name].flags.f_contiguous == theirs[name].flags.f_contiguous
            assert ours[name].flags.writeable


def test_objects_and_what_is_compressed_are_refused(tmp_path):
    path = tmp_path / "arrays.npz"
    np.savez(path, a=np.array([{}], dtype=object))
    with pytest.raises(ValueError, match="OBJECT"):
        read_arrays(path)
    np.savez_compressed(path, a=np.zeros(1000))
    with pytest.raises(ValueError, match="it announces more than it holds"):
        read_arrays(path)
