"""Whether a class can start on this machine: one line a check, and what to do where it fails.

.venv/bin/python -m nnlib.setup_check    (with --browser it also moves a slider in a page)

Nothing is downloaded, and nothing is left behind.
"""

import argparse
import os
import shutil
import site
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from importlib.metadata import PackageNotFoundError, metadata, requires, version
from pathlib import Path

from nnlib.data import DataError, load_mnist, mnist_folders, read_folder

INSTALL = f'Run "{sys.executable}" -m pip install -r requirements.txt in the folder of the README.'
BY_HAND = (
    "Open notebooks/01_neuron.ipynb in the learners' browser, run all cells, click the handle of a slider below "
    "neuron_explorer() and press an arrow key: the picture must change."
)
NEEDED = 700  # MB: notebook 9 takes most, about 560, and JupyterLab 100
LAB_EXTENSIONS = {"@jupyter-widgets/jupyterlab-manager": "jupyterlab-widgets", "anywidget": "anywidget"}
EXPLORER_CELL = "from nnlib.explorers import neuron_explorer\n\nneuron_explorer()"
WRITABLE = (
    *("HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTERLAB_SETTINGS_DIR"),
    *("JUPYTERLAB_WORKSPACES_DIR", "IPYTHONDIR", "MPLCONFIGDIR"),
)


class Problem(Exception):
    """A class cannot start like this; the message says what is wrong and what to do."""


class Unchecked(Exception):
    """This cannot be known from here; the message says what to do instead."""


def main(arguments=None):
    """Print one line a check; return 0 if a class can start, 1 otherwise."""
    parser = argparse.ArgumentParser(prog="python -m nnlib.setup_check", description=__doc__.splitlines()[0])
    parser.add_argument("--browser", action="store_true", help="move a slider in a page of JupyterLab, too")
    in_browser = browser if parser.parse_args(arguments).browser else browser_by_hand
    passed = [report(check) for check in (python, packages, data, kernel, widgets, memory, in_browser)]
    print("A class can start." if all(passed) else f"{passed.count(False)} of {len(passed)} checks failed.")
    return 0 if all(passed) else 1


def report(check):
    """Print the line of one check; return whether a class can start all the same."""
    try:
        mark, words = "✓", check()
    except Unchecked as error:
        mark, words = "–", error
    except (Problem, DataError) as error:
        mark, words = "✗", error
    except Exception as error:  # whatever it is, the other checks go on
        mark, words = "✗", f"{last_line(str(error) or type(error).__name__)} {INSTALL}"
    print(f"{mark} {check.__name__.replace('_', ' ')}: {words}", flush=True)
    return mark != "✗"


def python():
    """The version of Python."""
    from packaging.specifiers import SpecifierSet

    needed, here = metadata("nnlib")["Requires-Python"], "{}.{}.{}".format(*sys.version_info)
    if here not in SpecifierSet(needed):
        raise Problem(f"{here}, but {needed} is needed. Get it from python.org and set up anew as the README says.")
    return here


def packages():
    """The versions of what nnlib depends on."""
    return ", ".join(f"{name} {here}" for name, here in installed_for("nnlib"))


def installed_for(package):
    """(name, version) of all that a package depends on; Problem where one is missing or of an unfit version."""
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    needed = [Requirement(text) for text in requires(package)]
    needed = [each for each in needed if each.marker is None or each.marker.evaluate({"extra": ""})]
    names = [canonicalize_name(each.name) for each in needed]  # of jupyterlab_widgets and jupyterlab-widgets one
    found = [(name, installed_version(name)) for name in names]
    unfit = [
        f"{name} is {here}, {package} needs {each.specifier or 'one'}"
        for each, (name, here) in zip(needed, found)
        if here == "missing" or not each.specifier.contains(here, prereleases=True)
    ]
    if unfit:
        raise Problem(f"{'; '.join(unfit)}. {INSTALL}")
    return found


def installed_version(name):
    """A package's version, or "missing"."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"


def data():
    """MNIST in one of its places, or the built-in digits."""
    setting = os.environ.get("NNLIB_DATA", "")
    for label, folder in mnist_folders(None, setting).items():
        if dataset := read_folder(folder, label, "mnist"):
            return f"{dataset!r}, from {dataset.source}"
    digits = repr(load_mnist("digits"))
    if setting == "digits":
        return f"{digits}, as $NNLIB_DATA asks"
    return (
        f"no MNIST yet. With a network notebook 9 fetches it (11 MB), without one it takes the {digits}. To have MNIST "
        "before, follow the README, In a class without network."
    )


def kernel():
    """A notebook kernel that starts, and in it a picture and an explorer."""
    import nbformat
    from nbconvert.filters import strip_ansi

    with temporary_folder() as folder:
        path = scratch_notebook(folder)
        command = [sys.executable, "-m", "nbconvert", "--to=notebook", "--execute", "--inplace", path.name]
        run = subprocess.run(command, env=environment(folder), cwd=folder, capture_output=True, timeout=300)
        if run.returncode:
            raise Problem(f"{last_line(strip_ansi(run.stderr.decode(errors='replace')))} {INSTALL}")
        outputs = nbformat.read(path, as_version=4).cells[0].outputs
    kinds = {kind for output in outputs for kind in output.get("data", {})}
    if missing := {"image/png", "application/vnd.jupyter.widget-view+json"} - kinds:
        raise Problem(f"a cell that ends in an explorer gave no {' and no '.join(sorted(missing))}. {INSTALL}")
    return "starts, draws a picture and makes an explorer"


def scratch_notebook(folder):
    """Write a notebook of one cell, which draws a picture and makes an explorer; return its path."""
    import nbformat

    cell, kernelspec = nbformat.v4.new_code_cell(EXPLORER_CELL), {"name": "python3", "display_name": "Python 3"}
    path = folder / "check.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[cell], metadata={"kernelspec": kernelspec}), path)
    return path


def widgets():
    """What JupyterLab needs to show them."""
    from jupyter_core.paths import jupyter_path
    from jupyterlab.commands import get_app_dir
    from jupyterlab_server.config import get_page_config

    installed_for("ipywidgets")
    page = get_page_config(jupyter_path("labextensions"), os.path.join(get_app_dir(), "settings"))
    loaded = {extension["name"] for extension in page["federated_extensions"]}
    off = {name.partition(":")[0] for name in page["disabledExtensions"]}
    for name, package in LAB_EXTENSIONS.items():
        if name not in loaded:
            again = f'"{sys.executable}" -m pip install --force-reinstall --no-deps {package}'
            raise Problem(f"JupyterLab does not find its extension {name}. Run {again} and start JupyterLab anew.")
        if name in off:
            raise Problem(f"JupyterLab's extension {name} is disabled. Run jupyter labextension enable {name}.")
    return f"ipywidgets {version('ipywidgets')} fits JupyterLab {version('jupyterlab')}; {', '.join(LAB_EXTENSIONS)} on"


def memory():
    """What is free for JupyterLab and the largest notebook."""
    try:
        import psutil
    except ImportError:
        raise Unchecked(f"cannot be read without psutil; see that {NEEDED} MB are free.") from None
    available = psutil.virtual_memory().available
    limit = int(os.environ.get("MEM_LIMIT", available))  # as JupyterHub sets it
    free = min(available, limit) // 2**20
    if free < NEEDED:
        raise Problem(f"{free:,} MB free, {NEEDED} needed. Close other programs; on a hub, give each learner 1 GB.")
    return f"{free:,} MB free, {NEEDED} needed"


def browser_by_hand():
    """What this process cannot see."""
    raise Unchecked(f"{BY_HAND} (Where there is Chromium, Chrome or Edge, --browser tries it.)")


def browser():
    """A slider that moves a picture, in a page of JupyterLab."""
    try:
        from playwright.sync_api import TimeoutError as TooLate
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise Unchecked(f"playwright is not installed. {BY_HAND}") from None

    with temporary_folder() as folder, jupyter_lab(folder) as address, sync_playwright() as playwright:
        chromium = open_chromium(playwright, folder)
        if chromium is None:
            raise Unchecked(f"there is no Chromium, Chrome or Edge. {BY_HAND}")
        page = chromium.new_page()
        page.set_default_timeout(60_000)  # a slow machine is no fault
        try:
            move_a_slider(page, address)
        except TooLate:
            raise Problem(f"no picture followed the slider. {INSTALL} Then start JupyterLab anew.") from None
        return f"in {chromium.browser_type.name} {chromium.version} a slider moves the picture"


def open_chromium(playwright, folder):
    """The first of Chromium, Chrome and Edge that starts, or None; it keeps in `folder` what it writes."""
    from playwright.sync_api import Error

    names = ("chromium", "chromium-browser", "google-chrome")
    paths = [{"executable_path": path} for path in map(shutil.which, names) if path]
    settings = {"args": ["--disable-gpu", "--disable-dev-shm-usage"], "env": environment(folder)}
    for place in [*paths, {"channel": "chrome"}, {"channel": "msedge"}, {}]:
        with suppress(Error):
            return playwright.chromium.launch(**place, **settings)


def move_a_slider(page, address):
    """Run the explorer in the page, press a key on its first slider, and wait for another picture."""
    page.goto(address)
    page.wait_for_function(KERNEL_IS_IDLE)
    page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")
    image = page.locator("img.widget-image").element_handle()
    page.wait_for_function(SHOWS_ANOTHER, arg=[image, ""])
    before = image.get_attribute("src")
    page.locator(".noUi-handle").first.press("ArrowRight")
    page.wait_for_function(SHOWS_ANOTHER, arg=[image, before])


KERNEL_IS_IDLE = "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
SHOWS_ANOTHER = "([image, before]) => image.src !== before && image.complete && image.naturalWidth > 0"


@contextmanager
def jupyter_lab(folder):
    """JupyterLab on a free port, with all that it writes in `folder`; yields the address of the scratch notebook."""
    from jupyter_server.serverapp import shutdown_server

    notebook = scratch_notebook(folder).name
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--expose-app-in-browser"]
    command += ["--ip=127.0.0.1", "--port=0", f"--ServerApp.root_dir={folder}"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, env=environment(folder), cwd=folder, stdout=log, stderr=subprocess.STDOUT)
    try:
        where = running_server(server, folder)
        try:
            yield f"{where['url']}lab/tree/{notebook}?token={where['token']}&reset"
        finally:
            shutdown_server(where)  # and with it the kernel
    finally:
        server.terminate()
        server.wait(30)


def running_server(server, folder, seconds=60):
    """Wait until JupyterLab answers, and return what it says of itself; Problem if it ends or takes longer."""
    from jupyter_server.serverapp import list_running_servers

    for _ in range(10 * seconds):
        if server.poll() is not None:
            break
        for found in list_running_servers(environment(folder)["JUPYTER_RUNTIME_DIR"]):
            return found
        time.sleep(0.1)
    log = (folder / "log").read_text(encoding="utf-8", errors="replace")
    raise Problem(f"JupyterLab does not start: {last_line(log)} {INSTALL}")


@contextmanager
def temporary_folder():
    with tempfile.TemporaryDirectory(prefix="nnlib-check-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def last_line(text):
    """The last line of a log or traceback, which says what went wrong, as a sentence."""
    return text.strip().rpartition("\n")[2].rstrip(".") + "."


def environment(folder):
    """The environment of a process that keeps its settings, caches and connections in `folder`."""
    packages = {"PYTHONUSERBASE": site.getuserbase()}  # would be looked for in the other home folder
    return os.environ | packages | {name: str(folder / name.lower()) for name in WRITABLE}


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # ✓ and ✗ are not in every Windows code page
    sys.exit(main())
