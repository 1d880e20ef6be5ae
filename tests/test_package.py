"""What `import nnlib` costs, what it offers, and that imports point one way."""

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import nnlib

PACKAGE = Path(nnlib.__file__).parent
HEAVY = (
    *("matplotlib", "seaborn", "sklearn", "pandas", "ipywidgets", "anywidget", "PIL"),
    *("scipy", "tqdm", "pooch", "IPython", "threadpoolctl"),
)


def test_import_loads_only_numpy():
    code = f"import sys, nnlib; print(*[name for name in {HEAVY} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == []


@pytest.mark.parametrize("name", nnlib.__all__)
def test_public_name_is_there_and_documented(name):
    value = getattr(nnlib, name)
    if inspect.isroutine(value) or inspect.isclass(value):
        assert inspect.getdoc(value), f"nnlib.{name} has no docstring"


def test_public_names_are_listed_once_and_shown_by_dir():
    assert len(set(nnlib.__all__)) == len(nnlib.__all__)
    assert set(nnlib.__all__) <= set(dir(nnlib))


def test_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no_such_name"):
        nnlib.no_such_name  # noqa: B018


# From the bottom up: a file may import from files of an earlier group, and from its own.
LAYERS = [
    {
        "validation", "files", "activations", "initialization", "losses", "optimizers", "schedules", "regularization",
        "propagation", "neuron", "gradient_check", "convolution", "descent", "parallel", "stop_button",
    },
    {"data", "mnist_files", "mnist_download"},
    {"training", "network", "convnet"},
    {"estimators"},
    {"notebook", "plot_inputs", "plots"},
    {"explorers"},
    {"exercises"},
    {"setup_check"},
]
OUTSIDE = [
    {"numpy"},
    {"numpy"},
    {"numpy"},
    {"numpy", "sklearn"},
    {"numpy", "matplotlib", "seaborn", "IPython"},
    {"numpy", "matplotlib", "ipywidgets", "anywidget", "traitlets", "IPython", "PIL"},
    {"numpy", "ipywidgets", "IPython"},
    set(),
]


def test_every_file_has_its_place():
    files = {path.stem for path in PACKAGE.glob("[a-z]*") if path.suffix != ".mplstyle"}
    assert files == set.union(*LAYERS)


@pytest.mark.parametrize("level", range(len(LAYERS)))
def test_imports_point_one_way(level):
    allowed = set.union(*LAYERS[: level + 1])
    for path in PACKAGE.rglob("*.py"):
        place = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if place not in LAYERS[level]:
            continue
        for module in imported_at_the_top(path):
            first, _, rest = module.partition(".")
            if first == "nnlib":
                assert rest.split(".")[0] in allowed, f"{path.name} imports {module}"
            else:
                assert first in sys.stdlib_module_names | OUTSIDE[level], f"{path.name} imports {module}"


def imported_at_the_top(path):
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} has a relative import"
            yield node.module if node.module != "nnlib" else f"nnlib.{node.names[0].name}"
