"""Prints how long an explorer takes from a key press to the new picture on the screen, and what playing costs.

python tests/benchmarks/explorers.py [NAME...] [--minutes MINUTES]

Each control is moved 30 times by key in a real JupyterLab, about three times a second, as by somebody who looks at
each picture. Beside the milliseconds until the picture has changed and is decoded stand those of a bare savefig of the
same figure: machines differ. "held" is the median when the next press follows at once, as from a key held down: then
the server's small packets wait for each other (Nagle's algorithm and delayed acknowledgements, up to 40 ms on Linux).
Then the playground plays for MINUTES (5, or 0 to leave it out) for its pictures a second and the growth of its memory.
"""

import argparse
import io
import statistics
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import psutil

sys.path.insert(0, str(Path(__file__).parents[2]))

from nnlib.explorers import EXPLORERS
from nnlib.explorers.base import FigureExplorer
from tests.browser.lab import Notebook, Pair, ShownExplorer, chromium, free_way, jupyter_lab, value_after

PRESSES = 30
PAUSE = 250  # milliseconds between presses
TARGETS = {"browser": (25, 60), "one panel": (70, 100), "panels": (110, 150)}  # milliseconds: median, 95th percentile
PLAYGROUND = "playground_explorer"

# Every new picture sets an attribute: the image's source, or the label that describes a canvas.
WATCH = """output => {
    window.milliseconds = [];
    let start;
    const begin = () => { start = performance.now(); };
    for (const event of ["keydown", "input"]) output.addEventListener(event, begin, true);
    new MutationObserver(async ([{target}]) => {
        const from = start;
        await target.decode?.();
        window.milliseconds.push(performance.now() - from);
    }).observe(output, {subtree: true, attributeFilter: ["src", "aria-label"]});
}"""


NEXT_TIME = """async () => {
    for (let waits = 0; waits < 100 && !window.milliseconds.length; waits++)
        await new Promise(resolve => setTimeout(resolve, 20));
    return window.milliseconds[0] ?? null;
}"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="explorers; none: all")
    parser.add_argument("--minutes", type=float, default=5, help="how long the playground plays")
    options = parser.parse_args()
    names = options.names or EXPLORERS
    with tempfile.TemporaryDirectory() as folder, jupyter_lab(Path(folder)) as address, chromium() as browser:
        print(f"{'explorer':<28} {'control':<16} {'median':>8} {'p95':>8} {'savefig':>8} {'held':>8}   target")
        for name in names:
            write_notebook(Path(folder) / f"{name}.ipynb", name)
            notebook = Notebook(browser, address, f"{name}.ipynb")
            notebook.run_all()
            shown = ShownExplorer(notebook.page, 0)
            shown.output.evaluate(WATCH)
            measure_controls(name, shown)
            if name == PLAYGROUND and options.minutes:
                measure_play(notebook, shown, options.minutes)
            notebook.close()


def write_notebook(path, name):
    source = f"from nnlib.explorers import {name}\n{name}()"
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)], metadata=kernel), path)


def measure_controls(name, shown):
    twin = EXPLORERS[name]()
    pair = Pair(shown, twin, same_data=False)
    savefig = f"{bare_savefig(twin.figure):8.1f}" if isinstance(twin, FigureExplorer) else f"{'':>8}"
    median_target, p95_target = TARGETS[kind(twin)]
    for control in twin.controls:
        pair.reset()
        pair.enable(control)
        shown.page.wait_for_timeout(500)
        times, held = sorted(measure_presses(pair, control, PAUSE)), measure_presses(pair, control, 0)
        median, p95 = statistics.median(times), times[int(0.95 * len(times))]
        row = f"{name:<28} {control:<16} {median:8.1f} {p95:8.1f} {savefig} {statistics.median(held):8.1f}   "
        row += f"{median_target} / {p95_target}"
        print(row, flush=True)
    twin.close()


def kind(twin):
    if not isinstance(twin, FigureExplorer):
        return "browser"
    return "one panel" if len(twin.figure.axes) == 1 else "panels"


def measure_presses(pair, name, pause):
    """The milliseconds from each press to its picture; a press that leaves the picture as it is counts for none."""
    page, control = pair.shown.page, pair.twin.controls[name]
    times, way = [], free_way(control)
    for _ in range(PRESSES):
        if value_after(control, way) == control.value:
            way = -way
        page.evaluate("window.milliseconds = []")
        pair.move(name, way)
        times.append(page.evaluate(NEXT_TIME))
        page.wait_for_timeout(pause)
    return [each for each in times if each is not None]


def bare_savefig(figure):
    """The median milliseconds of ten savefigs as PNG."""
    times = []
    for _ in range(10):
        start = time.perf_counter()
        figure.savefig(io.BytesIO(), format="png")
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times)


def measure_play(notebook, shown, minutes):
    """Print the pictures a second while the playground plays, and the memory of kernel and page before and after."""
    shown.button("Play").click()
    notebook.page.wait_for_timeout(10_000)  # what comes with the first epochs does not count as growth
    notebook.page.evaluate("window.milliseconds = []")
    kernel, page = memory(notebook)
    notebook.page.wait_for_timeout(60_000 * minutes)
    pictures = notebook.page.evaluate("window.milliseconds.length") / (60 * minutes)
    kernel_after, page_after = memory(notebook)
    print(f"\nplayground, {minutes:g} minutes of play: {pictures:.1f} pictures a second (target: at least 15)")
    print(f"kernel {kernel:.0f} MB before, {kernel_after:.0f} MB after (target: ± 20 MB in an hour)")
    print(f"page {page:.0f} MB before, {page_after:.0f} MB after (JavaScript)")


def memory(notebook):
    """The resident memory of the kernel and what the page's JavaScript holds, in MB (2^20 bytes)."""
    (kernel,) = [each for each in psutil.Process().children(recursive=True) if "ipykernel_launcher" in each.cmdline()]
    return kernel.memory_info().rss / 2**20, notebook.heap() / 2**20


if __name__ == "__main__":
    main()
