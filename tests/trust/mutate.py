"""Mutation testing of the numeric core: the code is changed in one place, and the module's own tests must notice.

    .venv/bin/python -m pip install -e ".[mutation]"
    .venv/bin/python tests/trust/mutate.py                    # every mutant of every module
    .venv/bin/python tests/trust/mutate.py losses optimizers  # of these modules
    .venv/bin/python tests/trust/mutate.py --mistakes 6       # six of mistakes.py, which need no Cosmic Ray

Cosmic Ray says what can be changed, and how. It would start Python anew for each mutant; here a process that has
imported all that the tests need, but nothing of nnlib, forks, and the child imports the mutant in the module's place.
No file changes. Needs Linux or macOS. Exit code 1: a mutant survived that survivors.toml does not explain.
"""

import argparse
import gc
import importlib.util
import os
import re
import resource
import signal
import sys
import tempfile
import tomllib
from collections import Counter
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from mistakes import MISTAKES

ROOT = Path(__file__).parents[2]
NUMERIC_CORE = (
    "neuron", "activations", "initialization", "propagation", "losses", "gradient_check", "optimizers", "schedules",
    "regularization", "network", "training", "convolution", "convnet", "descent", "validation",
)  # fmt: skip

# Of what Cosmic Ray knows: + - * / ** for each other, a comparison with its bound or turned round, signs, `not`, `and`
# and `or`, True and False, numbers one up and one down, loops that do nothing, exceptions, decorators.
MUTATIONS = re.compile(
    "Binary.*_(Add|Sub|Mul|Div|FloorDiv|Pow)_(Add|Sub|Mul|Div|Pow)$"
    "|_(Eq_NotEq|NotEq_Eq|Lt_LtE|LtE_Lt|Gt_GtE|GtE_Gt|Is_IsNot|IsNot_Is|UAdd_USub|USub_UAdd)$|Delete|AddNot"
    "|AndWithOr|OrWithAnd|True|False|Break|Continue|Number|ZeroIteration|Exception|Decorator"
)
CPU_SECONDS, SECONDS, BYTES = 30, 1200, 8 * 2**30  # a child may take
WORKERS = os.cpu_count()
NO_CODE, NO_VERDICT = 70, 71  # none of pytest's exit codes
OPTIONS = ["-q", "-x", "-n", "0", "--tb", "no", "-p", "no:cacheprovider"]
OPTIONS += ["-p", "no:unraisableexception", "-p", "no:threadexception"]  # each walks through all objects, twice


def code_of(module):
    return (ROOT / "nnlib" / f"{module}.py").read_text(encoding="utf-8")


class Original(NamedTuple):
    """A module as it is, which its tests have to pass."""

    module: str

    def code(self):
        return code_of(self.module)


class Mistake(NamedTuple):
    """A line, or a part of one, as somebody might have written it."""

    module: str
    right: str
    wrong: str

    def code(self):
        assert code_of(self.module).count(self.right) == 1, f"not once in {self.module}.py, write it anew: {self.right}"
        return code_of(self.module).replace(self.right, self.wrong)


class Mutant(NamedTuple):
    """The n-th place in a module where an operator of Cosmic Ray can change something."""

    module: str
    operator: str
    n: int

    def code(self):
        from cosmic_ray.mutating import mutate_code
        from cosmic_ray.plugins import get_operator

        return mutate_code(code_of(self.module), get_operator(self.operator)(), self.n)


def mutants_of(module):
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.plugins import get_operator, operator_names

    nodes = list(ast_nodes(get_ast(code_of(module))))
    for name in filter(MUTATIONS.search, operator_names()):
        operator = get_operator(name)()
        places = sum(len(list(operator.mutation_positions(node))) for node in nodes)
        yield from (Mutant(module, name, n) for n in range(places))


class Finder:
    """Finds one module of nnlib in its place, with other code in it."""

    def __init__(self, change):
        self.name, self.file = f"nnlib.{change.module}", ROOT / "nnlib" / f"{change.module}.py"
        self.code = compile(change.code(), self.file, "exec")

    def find_spec(self, name, path=None, target=None):
        if name == self.name:
            loader = SourceFileLoader(name, str(self.file))
            loader.get_code = lambda name: self.code
            return importlib.util.spec_from_file_location(name, self.file, loader=loader)


def start(change, home):
    """Run the tests of the changed module in a process of its own; return the number of the process."""
    child = os.fork()
    if child:
        return child
    try:
        finder = Finder(change)
        os.dup2(os.open(os.devnull, os.O_RDWR), 1)
        os.dup2(1, 2)
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
        signal.alarm(SECONDS)
        sys.meta_path.insert(0, finder)
        own = ["--hypothesis-profile", "mutants", "--basetemp", f"{home}/{os.getpid()}"]
        os._exit(pytest.main([*OPTIONS, *own, f"tests/test_{change.module}.py"]))
    except SyntaxError:
        os._exit(NO_CODE)
    finally:
        os._exit(NO_VERDICT)


def verdict(status):
    if os.WIFSIGNALED(status):
        return "timed out" if os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL, signal.SIGALRM) else "killed"
    code = os.WEXITSTATUS(status)
    assert code != NO_VERDICT
    return {NO_CODE: "no Python", pytest.ExitCode.OK: "survived"}.get(code, "killed")  # tests failed, or the import


def verdicts(changes):
    """Yield (change, verdict) as they come, of `WORKERS` processes at a time."""
    running = {}
    with tempfile.TemporaryDirectory() as home:
        os.environ |= dict.fromkeys(("NNLIB_TEST_HOME", "HOME"), home)  # what tests/conftest.py would make for each
        for change in [*changes, *[None] * WORKERS]:
            if change:
                running[start(change, home)] = change
            if running and (change is None or len(running) == WORKERS):
                child, status = os.wait()
                yield running.pop(child), verdict(status)


def changed_line(change):
    """The first line that differs, as it was and as it became."""
    lines = zip(code_of(change.module).splitlines(), change.code().splitlines())
    return next((before.strip(), after.strip()) for before, after in lines if before != after)


def explained():
    """(module, line, line of the mutant) of every survivor with a reason."""
    entries = tomllib.loads(Path(__file__).with_name("survivors.toml").read_text(encoding="utf-8"))["survivor"]
    return {(entry["module"], entry["line"], mutant) for entry in entries for mutant in entry["mutants"]}


def warm_up(modules):
    """Import what the tests of these modules import, but leave nnlib and the tests themselves to each child."""
    os.chdir(ROOT)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    pytest.main([*OPTIONS, "-qq", "--collect-only", *(f"tests/test_{module}.py" for module in modules)])
    from hypothesis import Phase, settings  # not before pytest

    # The same examples each time; the first that fails will do, no smaller one is looked for.
    settings.register_profile("mutants", settings.get_profile("nnlib"), phases=[Phase.explicit, Phase.generate])
    for name in [name for name in sys.modules if name.partition(".")[0] in ("nnlib", "tests", "conftest")]:
        del sys.modules[name]
    gc.collect()
    gc.freeze()


def main(modules, n_mistakes):
    mistakes = [Mistake(*MISTAKES[i]) for i in np.random.default_rng(6).permutation(len(MISTAKES))[:n_mistakes]]
    changes = mistakes or [mutant for module in modules for mutant in mutants_of(module)]
    for mistake in mistakes:
        mistake.code()  # or say here that its line is gone
    modules = sorted({change.module for change in changes})
    warm_up(modules)
    originals = modules[:1] if n_mistakes else modules  # beside a few mistakes the suite itself runs
    for original, answer in verdicts(map(Original, originals)):
        assert answer == "survived", f"tests/test_{original.module}.py does not pass as it is"
    counts, known, news = Counter(), explained(), 0
    for change, answer in verdicts(changes):
        counts[answer] += 1
        if answer == "survived" and (change.module, *changed_line(change)) not in known:
            print(f"{change.module}.py\n-   {changed_line(change)[0]}\n+   {changed_line(change)[1]}", flush=True)
            news += 1
    noticed, survived = counts["killed"] + counts["timed out"], counts["survived"]
    print(f"{noticed} of {noticed + survived} mutants killed: {noticed / (noticed + survived):.1%}.")
    print(f"{counts['timed out']} of them by the time limit; {counts['no Python']} more were no valid Python.")
    print(f"{survived} survive, {news} of them without a reason in survivors.toml.")
    return bool(news)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("modules", nargs="*", default=NUMERIC_CORE)
    parser.add_argument("--mistakes", type=int, default=0, metavar="N")
    arguments = parser.parse_args()
    sys.exit(main(arguments.modules, arguments.mistakes))
