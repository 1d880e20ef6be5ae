"""What `keep` writes, what it refuses, and how the kept pieces come back."""

import importlib.util
import linecache

import numpy as np
import pytest

from nnlib.exercises import assembled, check, hint, keep, missing_pieces, pieces, show_pieces

GOOD = """def my_neuron(x, w, b):
    z = np.dot(w, x) + b
    return 1 / (1 + np.exp(-z))
"""


@pytest.fixture(autouse=True)
def own_file(kept):
    return kept


def written(source, name="my_neuron", **world):
    """What a notebook's cell with this source defines, its text to be found as in a notebook."""
    file = f"<cell {abs(hash(source))}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    exec(compile(source, file, "exec"), world := {"np": np} | world)
    return world[name]


def test_a_passed_piece_is_kept_and_comes_back(kept, capsys):
    before = missing_pieces()
    keep("neuron", written(GOOD))
    said = capsys.readouterr().out
    assert said.startswith("✓") and f"Still missing: {len(before) - 1} of {len(before)} pieces." in said
    assert GOOD in kept.read_text(encoding="utf-8")
    assert missing_pieces() == [name for name in before if name != "neuron"]
    spec = importlib.util.spec_from_file_location("my_network", kept)
    spec.loader.exec_module(module := importlib.util.module_from_spec(spec))
    assert module.my_neuron(1.0, 2.0, -2.0) == 0.5
    assert pieces()["my_neuron"](1.0, 2.0, -2.0) == 0.5


def test_a_later_version_replaces_the_earlier_one(kept):
    keep("neuron", written(GOOD))
    keep("neuron", written(GOOD.replace("z = ", "z = 0 + ")))
    text = kept.read_text(encoding="utf-8")
    assert text.count("def my_neuron") == 1 and "0 + np.dot" in text


@pytest.mark.parametrize(
    "source, reason",
    [
        (GOOD.replace("-z", "z"), "Not yet"),
        (GOOD.replace("1 / (1 + np.exp(-z))", "sigmoid(z)"), "it uses sigmoid, which your network will not have"),
        (GOOD.replace("    z", "    from nnlib import relu\n    z"), "it uses nnlib"),
        (GOOD.replace("my_neuron", "my_other"), "define it under that name"),
    ],
)
def test_what_is_wrong_or_leans_on_the_library_is_not_kept(source, reason, kept, capsys):
    from nnlib import sigmoid

    keep("neuron", written(GOOD))
    before = kept.read_text(encoding="utf-8")
    capsys.readouterr()
    keep("neuron", written(source, "my_other" if "my_other" in source else "my_neuron", sigmoid=sigmoid))
    assert reason in capsys.readouterr().out
    assert kept.read_text(encoding="utf-8") == before


def test_what_has_no_name_of_its_own_is_not_kept(kept, capsys):
    keep("neuron", lambda x, w, b: 1 / (1 + np.exp(-(np.dot(w, x) + b))))
    assert "Not kept: the others will call it my_neuron" in capsys.readouterr().out


def test_what_has_no_source_is_not_kept(kept, capsys):
    exec(GOOD, world := {"np": np})
    keep("neuron", world["my_neuron"])
    assert "Not kept: its source is not to be found. Define it in a cell" in capsys.readouterr().out
    assert not kept.exists()


def test_what_works_only_beside_its_cell_is_not_kept(kept, capsys):
    counting = written(GOOD.replace("z =", "my_neuron.calls += 1\n    z ="))
    counting.calls = 0
    keep("neuron", counting)
    assert "Not kept: on its own, outside this notebook, it fails." in capsys.readouterr().out
    assert not kept.exists()


def test_a_file_that_is_no_python_any_more_is_left_alone(kept, capsys):
    kept.write_text("def my_neuron(x, w, b:\n", encoding="utf-8")
    keep("neuron", written(GOOD))
    assert "my_network.py is no Python any more: see its line 1" in capsys.readouterr().out
    assert kept.read_text(encoding="utf-8") == "def my_neuron(x, w, b:\n"


def test_a_folder_that_cannot_be_written_is_said(kept, monkeypatch, capsys):
    nowhere = kept.parent / "nowhere" / "my_network.py"
    monkeypatch.setenv("NNLIB_KEPT", str(nowhere))
    keep("neuron", written(GOOD))
    assert f"Not kept: {nowhere} cannot be written: No such file or directory." in capsys.readouterr().out


def test_an_exercise_that_is_no_piece_is_not_kept(kept, capsys):
    keep("deep_count", 499)
    assert "no part of the network" in capsys.readouterr().out
    assert not kept.exists()


def test_mine_gives_the_kept_piece_and_the_library_where_one_is_missing():
    from nnlib.exercises import mine

    keep("neuron", written(GOOD.replace("z = ", "z = 0 + ")))
    assert mine.my_neuron.__code__.co_filename.startswith("my_network.py")
    assert mine.my_update.__module__.startswith("nnlib")
    with pytest.raises(AttributeError, match="there is no piece 'my_brain'"):
        mine.my_brain  # noqa: B018


def test_show_pieces_counts_by_notebook(capsys):
    show_pieces()
    assert "notebook  1: 0 of 1 pieces are yours, missing: neuron\n" in capsys.readouterr().out
    keep("neuron", written(GOOD))
    capsys.readouterr()
    show_pieces()
    assert "notebook  1: 1 of 1 pieces are yours\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    "mine, verdict",
    [
        ([2.0, 1.0, 0.5], "The same 3 losses. But"),
        ([2.0, 1.1, 0.5], "Not yet: the loss before step 2 is 1.1000; the library's is 1.0000."),
        ([2.0, 1.0], "Not yet: 2 losses; expected 3"),
        ([2.0, np.nan, np.nan], "Not yet: the loss before step 2 is nan"),
    ],
)
def test_assembled_names_the_first_step_that_differs(mine, verdict, capsys):
    assembled(mine, [2.0, 1.0, 0.5])
    assert verdict in capsys.readouterr().out


def test_assembled_from_ones_own_pieces_only(monkeypatch, capsys):
    monkeypatch.setattr("nnlib.exercises.keeping.missing_pieces", lambda: [])
    assembled([2.0, 1.0], [2.0, 1.0])
    assert capsys.readouterr().out == "✓ The same 2 losses, and every piece is yours.\n"


def test_hints_come_one_a_call_and_end(capsys):
    for _ in range(5):
        hint("kernel_gradient")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("Hint 1 of ") and lines[1].startswith("Hint 2 of ")
    assert lines[-1].startswith("That was the last hint: ")
    hint("kernel_gradeint")
    assert "Did you mean 'kernel_gradient'?" in capsys.readouterr().out


@pytest.mark.parametrize("answer", [None, 3, "my_neuron", [], written, object(), type("X", (), {}), np.nan])
def test_check_never_raises(answer, capsys):
    assert not check("neuron", answer)
    assert not check("deep_count", answer)
    assert not check("no such exercise", answer)
    assert not check(answer, answer)
    assert capsys.readouterr().out
