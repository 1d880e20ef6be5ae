"""What a learner keeps: the source of each piece that passed, in a file of the learner's own (my_network.py)."""

import ast
import builtins
import inspect
import itertools
import os
import symtable
import textwrap
from pathlib import Path

import numpy as np

from nnlib.exercises.checking import EXERCISES, Report, check, judge
from nnlib.files import write_whole
from nnlib.validation import check_numbers

HEAD = '"""The pieces of a neural network that I wrote and that passed their checks."""\n\nimport numpy as np\n'


def kept_file():
    """The file of the kept pieces: my_network.py beside the notebook, or the one that $NNLIB_KEPT names."""
    return Path(os.environ.get("NNLIB_KEPT") or "my_network.py").expanduser()


def keep(name, answer):
    """Save the source of a piece that passes its check into `kept_file()`; an earlier version of it is replaced.

    A kept piece has to stand without nnlib: it may use NumPy and the other exercises' names (my_relu, …), nothing else.
    Prints what happened; where something is wrong it says so and leaves the file as it was.
    """
    if check(name, answer):
        try:
            print(_keep(EXERCISES[name], answer))
        except OSError as error:
            print(
                f"Not kept: {kept_file().absolute()} cannot be written: {os.strerror(error.errno)}. Make room there, "
                "copy the notebooks into a folder of yours, or name a file of yours in the environment as NNLIB_KEPT."
            )
        except ValueError as error:
            print(f"Not kept: {error}")


def _keep(exercise, answer):
    my_name, file = exercise.my_name, kept_file()
    if not exercise.piece:
        return f"{exercise.name} is no part of the network, so there is nothing to keep."
    if getattr(answer, "__name__", None) != my_name:
        return f"Not kept: the others will call it {my_name}; define it under that name, with def or class."
    try:
        source = source_of(answer).strip() + "\n"
    except (OSError, TypeError):
        return "Not kept: its source is not to be found. Define it in a cell of a notebook, with def or class."
    strangers = sorted(names_used(source) - {"np", "numpy", my_name} - set(vars(builtins)) - _my_names())
    if strangers:
        return (
            f"Not kept: it uses {', '.join(strangers)}, which your network will not have. "
            f"Write it with np and your own pieces, my_relu, my_softmax, …, or put it inside {my_name}."
        )
    sources = kept_sources()
    sources[my_name] = source
    try:
        report = judge(exercise, _run(sources)[my_name])
    except Exception as error:
        report = Report(False, f"{type(error).__name__}: {error}")
    if not report:
        return f"Not kept: on its own, outside this notebook, it fails.\n{report.message}"
    _write(file, sources)
    left = len(missing_pieces())
    still = f"Still missing: {left} of {len(_my_names())} pieces." if left else "That was the last piece."
    return f"Kept in {file.name}. {still}"


def kept_sources():
    """Return {name: source} of the kept pieces, in the order of the file; none where there is no file yet.

    Raises ValueError where the file is no Python any more.
    """
    file = kept_file()
    if not file.exists():
        return {}
    text = file.read_text(encoding="utf-8")
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        problem = f"{file.name} is no Python any more: see its line {error.lineno}"
        raise ValueError(f"{problem}. Mend that line, or delete the file.") from None
    definitions = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    return {node.name: ast.get_source_segment(text, node) + "\n" for node in definitions}


def missing_pieces():
    """Return the names of the pieces that are not kept yet, in the order of the notebooks."""
    kept = kept_sources()
    return [each.name for each in _pieces() if each.my_name not in kept]


def show_pieces():
    """Print, notebook by notebook, how many pieces are the learner's own and which are still missing."""
    missing = missing_pieces()
    for notebook, group in itertools.groupby(_pieces(), key=lambda each: each.notebook):
        names = [each.name for each in group]
        lacking = [name for name in names if name in missing]
        still = f", missing: {', '.join(lacking)}" if lacking else ""
        print(f"notebook {notebook:2}: {len(names) - len(lacking)} of {len(names)} pieces are yours{still}")


def assembled(my_losses, library_losses):
    """Print whether the learner's network trains as the library's does, and whether all of it is the learner's."""
    my_losses, library_losses = (
        check_numbers(losses, name, "steps", finite=False)
        for losses, name in ((my_losses, "my_losses"), (library_losses, "library_losses"))
    )
    missing = missing_pieces()
    if len(my_losses) != len(library_losses):
        print(f"Not yet: {len(my_losses)} losses; expected {len(library_losses)}, one before each step.")
    elif not np.allclose(my_losses, library_losses, rtol=1e-4):
        step = int(np.argmin(np.isclose(my_losses, library_losses, rtol=1e-4)))
        mine, theirs = my_losses[step], library_losses[step]
        print(f"Not yet: the loss before step {step + 1} is {mine:.4f}; the library's is {theirs:.4f}.")
    elif missing:
        others = f"{len(missing)} pieces are the library's; show_pieces() names them"
        print(f"The same {len(my_losses)} losses. But {others}.")
    else:
        print(f"✓ The same {len(my_losses)} losses, and every piece is yours.")


def pieces():
    """Return {my_relu: function, …} of all pieces: the learner's own, and the right answer where one is missing."""
    return _run(kept_sources())


def source_of(answer):
    """Return the source of a function or a class. Raises OSError or TypeError where there is none."""
    if not isinstance(answer, type):
        return textwrap.dedent(inspect.getsource(answer))
    # inspect does not know the cell that a class of a notebook stands in; its methods know.
    method = next(filter(inspect.isfunction, vars(answer).values()), None)
    text = "".join(inspect.findsource(method)[0])
    classes = [node for node in ast.parse(text).body if getattr(node, "name", None) == answer.__name__]
    if not classes:
        raise OSError(f"{answer.__name__} stands inside something else.")
    return ast.get_source_segment(text, classes[-1])


def names_used(source):
    """Return the names that Python source takes from outside: globals, and the packages that it imports."""
    tables, used = [symtable.symtable(source, "piece", "exec")], set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            used |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            used.add(str(node.module).partition(".")[0])
    while tables:
        table = tables.pop()
        used |= {each.get_name() for each in table.get_symbols() if each.is_global() and each.is_referenced()}
        tables += table.get_children()
    return used


def _run(sources):
    """Run the kept sources in a world that holds NumPy and the right answers of what is missing, and nothing else."""
    world = {each.my_name: each.answer for each in _pieces()} | {"np": np, "numpy": np}
    for name, source in sources.items():
        exec(compile(source, f"{kept_file().name}: {name}", "exec"), world)
    return {name: value for name, value in world.items() if name in _my_names()}


def _write(file, sources):
    """Write the file, the pieces in the order of the notebooks."""
    order = [each.my_name for each in _pieces()]
    ordered = sorted(sources, key=lambda name: order.index(name) if name in order else len(order))
    write_whole(file, "\n\n".join([HEAD, *(sources[name] for name in ordered)]).encode())


def _pieces():
    """The exercises that make the network, in the order of the notebooks."""
    return sorted((each for each in EXERCISES.values() if each.piece), key=lambda each: each.notebook)


def _my_names():
    return {each.my_name for each in _pieces()}
