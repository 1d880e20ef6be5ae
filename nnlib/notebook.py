"""What a notebook cell ends in: `show` puts a figure on the page, `show_source` the library's own lines.

A cell that stops at a missing name ends in a word on what to do, as soon as this file is imported.
"""

import ast
import base64
import inspect
import io
import itertools
import sys
import textwrap

from IPython import get_ipython
from IPython.display import display
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

ALT_WORDS = (8, 25)
DPI = 100


def show(fig, alt):
    """Display `fig` as a PNG that carries `alt`, close it, and return None.

    `alt` says in 8-25 words what is to be seen. It is stored in the output's metadata and as its plain text.
    One figure gives the same bytes every time. Raises ValueError where `alt` is missing, too short or too long.
    """
    if not isinstance(fig, Figure):
        raise TypeError(f"show() needs a matplotlib Figure, got {type(fig).__name__}. Pass fig, or ax.figure.")
    alt = check_alt(alt)
    display(picture(png_bytes(fig), alt), metadata={"image/png": {"alt": alt}}, raw=True)
    plt.close(fig)


def check_alt(alt):
    """Return `alt` without surrounding blanks; ValueError unless it is a text of 8-25 words."""
    fewest, most = ALT_WORDS
    if not isinstance(alt, str) or not fewest <= len(alt.split()) <= most:
        came = f"{len(alt.split())} words" if isinstance(alt, str) else type(alt).__name__
        raise ValueError(f"alt has {came}; say in {fewest}-{most} words what is to be seen in the picture.")
    return alt.strip()


def png_bytes(fig):
    """The figure as PNG bytes at the series' resolution, without the date or software version."""
    stream = io.BytesIO()
    fig.savefig(
        stream,
        format="png",
        dpi=DPI,
        metadata={"Software": None},
    )
    return stream.getvalue()


def picture(png, alt):
    """The mimebundle of a PNG: the picture, and its alt text for whoever cannot see it."""
    return {"image/png": base64.b64encode(png).decode("ascii"), "text/plain": alt}


def show_source(*objects, docstring=False):
    """Display the source of functions, classes or methods as highlighted Python, under their file's name.

    Docstrings are left out, so that the algebra stands out; `docstring=True` keeps them.
    """
    if not objects:
        raise ValueError("show_source() got nothing to show; pass a function, class or method.")
    blocks = []
    for file, group in itertools.groupby(map(inspect.unwrap, objects), key=_file_of):
        code = "\n\n\n".join(_source_of(each, docstring) for each in group)
        blocks.append(f"`{file}`\n\n```python\n{code}\n```")
    text = "\n\n".join(blocks)
    display({"text/markdown": text, "text/plain": text}, raw=True)


def _file_of(obj):
    name = getattr(obj, "__module__", None)
    if not (inspect.isroutine(obj) or inspect.isclass(obj)) or name not in sys.modules or inspect.isbuiltin(obj):
        raise TypeError(
            f"show_source() needs a function, class or method written in Python, got {obj!r}; "
            "pass the object without calling it, as in show_source(sigmoid)."
        )
    if name == "__main__":
        return "this notebook"
    path = name.replace(".", "/")
    return f"{path}/__init__.py" if hasattr(sys.modules[name], "__path__") else f"{path}.py"


def _source_of(obj, docstring):
    source = textwrap.dedent(inspect.getsource(obj)).strip("\n")
    if docstring:
        return source
    lines = source.splitlines()
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, (ast.FunctionDef, ast.ClassDef)) or len(node.body) < 2:
            continue
        first, rest = node.body[:2]
        if ast.get_docstring(node) and first.lineno > node.lineno:
            # The docstring and the blank lines below it go; a comment above the next statement stays.
            start, end = first.lineno - 1, first.end_lineno
            while end < rest.lineno - 1 and not lines[end].strip():
                end += 1
            lines[start:end] = [None] * (end - start)
    return "\n".join(line for line in lines if line is not None)


def explain_missing_name(result):
    """Print what to do if the cell that has just run stopped at a name which does not exist; IPython calls this."""
    error = result.error_in_exec
    if type(error) is NameError:
        print(
            f"{error.name} does not exist yet. If a cell above makes it, choose Run > Run All Above Selected Cell; "
            "if none does, look for a typing mistake."
        )


if shell := get_ipython():
    shell.events.register("post_run_cell", explain_missing_name)
