import ast
import base64
import inspect
import io
import re
import textwrap
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

import nnlib
from nnlib import notebook
from nnlib.notebook import show, show_source

ALT = "A straight line rising from the lower left to the upper right."


@pytest.fixture
def shown(monkeypatch):
    """What the functions hand to the notebook: a list of (mimebundle, metadata)."""
    calls = []

    def display(data, metadata=None, raw=False):
        assert raw
        calls.append((data, metadata))

    monkeypatch.setattr(notebook, "display", display)
    return calls


def a_line():
    with plt.style.context("nnlib.series"):
        fig, ax = plt.subplots()
        ax.plot([1, 2, 3])
    return fig


def test_show_displays_a_png_with_its_alt_text_and_closes_the_figure(shown):
    fig = a_line()
    assert show(fig, alt=f" {ALT}\n") is None
    (data, metadata), *rest = shown
    assert rest == []
    assert data["text/plain"] == ALT
    assert metadata == {"image/png": {"alt": ALT}}
    image = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
    assert image.format == "PNG"
    assert image.size == (640, 400)
    assert "Software" not in image.info
    assert not plt.fignum_exists(fig.number)


def test_the_same_figure_gives_the_same_bytes(shown):
    for _ in range(2):
        with plt.style.context("nnlib.series"):
            show(a_line(), alt=ALT)
    assert shown[0] == shown[1]


@pytest.mark.parametrize(
    ("alt", "came"),
    [("", "0 words"), ("  ", "0 words"), ("a curve", "2 words"), ("word " * 26, "26 words"), (None, "NoneType")],
)
def test_an_alt_text_that_says_too_little_or_too_much_is_refused(shown, alt, came):
    fig = a_line()
    with pytest.raises(ValueError, match=f"alt has {came}; say in 8-25 words what is to be seen"):
        show(fig, alt=alt)
    assert shown == []
    plt.close(fig)


@pytest.mark.parametrize("words", [8, 25])
def test_the_shortest_and_longest_alt_texts_are_taken(shown, words):
    show(a_line(), alt="word " * words)
    assert len(shown) == 1


def test_axes_instead_of_a_figure_are_refused(shown):
    fig = a_line()
    with pytest.raises(TypeError, match="got Axes. Pass fig, or ax.figure"):
        show(fig.axes[0], alt=ALT)
    plt.close(fig)


def code_of(data):
    """The Python of all blocks, and the file names above them."""
    text = data["text/markdown"]
    assert data["text/plain"] == text
    blocks = re.findall(r"`([^`\n]+)`\n\n```python\n(.*?)\n```", text, flags=re.DOTALL)
    return [file for file, _ in blocks], "\n\n\n".join(code for _, code in blocks)


def without_docstrings(source):
    """The oracle: the tree of the source with its docstrings taken out, rather than its lines."""
    tree = ast.parse(textwrap.dedent(source))
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(node) and len(node.body) > 1:
            del node.body[0]
    return ast.dump(tree)


# Classes built by a library, such as warnings and named tuples, have a docstring and little else.
SOURCES = [
    obj for obj in (getattr(nnlib, name) for name in nnlib.__all__) if inspect.isfunction(obj) or inspect.isclass(obj)
]


@pytest.mark.parametrize("obj", SOURCES, ids=lambda obj: obj.__name__)
def test_show_source_shows_the_library_itself_without_docstrings(shown, obj):
    show_source(obj)
    files, code = code_of(shown[0][0])
    assert files == [obj.__module__.replace(".", "/") + ".py"]
    assert ast.dump(ast.parse(code)) == without_docstrings(inspect.getsource(obj))


def test_comments_are_kept(shown):
    show_source(nnlib.sigmoid)
    _, code = code_of(shown[0][0])
    comments = re.findall(r"#.*", inspect.getsource(nnlib.sigmoid))
    assert comments and all(comment in code for comment in comments)
    assert '"""' not in code
    assert code.startswith("def sigmoid(z):\n    ")


def test_docstrings_are_shown_when_asked_for(shown):
    show_source(nnlib.sigmoid, docstring=True)
    assert code_of(shown[0][0])[1] == inspect.getsource(nnlib.sigmoid).rstrip("\n")


def test_a_method_stands_at_the_left_margin(shown):
    show_source(nnlib.Neuron.forward)
    files, code = code_of(shown[0][0])
    assert files == ["nnlib/neuron.py"]
    assert code.startswith("def forward(self, inputs):\n    ")


def test_several_objects_of_one_file_share_a_block(shown):
    show_source(nnlib.relu, nnlib.relu_derivative, nnlib.mse)
    files, code = code_of(shown[0][0])
    assert files == ["nnlib/activations.py", "nnlib/losses.py"]
    assert [node.name for node in ast.parse(code).body] == ["relu", "relu_derivative", "mse"]


@pytest.mark.parametrize("thing", [3, "sigmoid", np.exp, len, nnlib])
def test_what_has_no_python_source_is_refused(shown, thing):
    with pytest.raises(TypeError, match="show_source.. needs a function, class or method written in Python"):
        show_source(thing)
    assert shown == []


def test_nothing_to_show_is_refused():
    with pytest.raises(ValueError, match="nothing to show"):
        show_source()


def test_a_missing_name_is_explained(capsys):
    missing = NameError("name 'X_train' is not defined", name="X_train")
    notebook.explain_missing_name(SimpleNamespace(error_in_exec=missing))
    assert capsys.readouterr().out == (
        "X_train does not exist yet. If a cell above makes it, choose Run > Run All Above Selected Cell; "
        "if none does, look for a typing mistake.\n"
    )


@pytest.mark.parametrize("error", [None, ValueError("no"), UnboundLocalError("x came too early", name="x")])
def test_nothing_else_is_explained(error, capsys):
    notebook.explain_missing_name(SimpleNamespace(error_in_exec=error))
    assert capsys.readouterr().out == ""
