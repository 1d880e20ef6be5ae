"""The check before class: this machine passes and is left as it was; each fault gets a line that says what to do."""

import json
import os
import subprocess
import sys
import tempfile
from importlib.metadata import PackageNotFoundError

import pytest

from nnlib import data, setup_check
from nnlib.setup_check import main, report
from tests.browser.lab import find_chromium

needs_browser = pytest.mark.skipif(find_chromium() is None, reason="needs a browser: sudo apt-get install chromium")


@pytest.fixture
def line(capsys):
    """A function that runs a check and returns the line it prints."""

    def run(check):
        report(check)
        printed = capsys.readouterr().out
        assert printed.endswith("\n") and printed.count("\n") == 1
        return printed

    return run


# This machine


@needs_browser
def test_this_machine_passes_and_is_left_as_it_was():
    command = [sys.executable, "-W", "error", "-m", "nnlib.setup_check", "--browser"]
    with tempfile.TemporaryDirectory() as folder:  # tmp_path is too long for Chromium's sockets
        places = dict.fromkeys(("HOME", "TMPDIR", "TEMP"), folder)
        run = subprocess.run(command, cwd=folder, env=os.environ | places, capture_output=True, text=True)
        left = os.listdir(folder)
    assert [each[0] for each in run.stdout.splitlines()] == ["✓"] * 7 + ["A"], run.stdout
    assert run.returncode == 0
    assert left == []


def test_without_a_browser_it_says_what_to_try_by_hand(line):
    said = line(setup_check.browser_by_hand)
    assert said.startswith("– browser by hand: Open notebooks/01_neuron.ipynb")
    assert "press an arrow key: the picture must change." in said


@pytest.mark.parametrize("fault, code", [(None, 0), (setup_check.Unchecked, 0), (setup_check.Problem, 1)])
def test_exit_code_tells_whether_a_class_can_start(monkeypatch, capsys, fault, code):
    def memory():
        if fault:
            raise fault("words")
        return "words"

    for check in ("python", "packages", "data", "kernel", "widgets"):
        monkeypatch.setattr(setup_check, check, lambda: "fine")
    monkeypatch.setattr(setup_check, "memory", memory)
    assert main([]) == code
    assert capsys.readouterr().out.splitlines()[-1] == ("1 of 7 checks failed." if code else "A class can start.")


def test_an_unforeseen_error_ends_neither_the_check_nor_the_others(line):
    def kernel():
        raise OSError("first line\nno space left")

    assert line(kernel).startswith('✗ kernel: no space left. Run "')


# Python and packages


def test_an_old_python(monkeypatch, line):
    monkeypatch.setattr(setup_check, "metadata", lambda package: {"Requires-Python": ">=4.2"})
    said = line(setup_check.python)
    assert said.startswith(f"✗ python: {sys.version_info.major}.") and "but >=4.2 is needed. Get it from" in said


@pytest.fixture
def installed(monkeypatch):
    """A function that makes one package appear in another version, or missing (None)."""

    def pretend(package, here):
        def version(name):
            if name != package:
                return setup_check_version(name)
            if here is None:
                raise PackageNotFoundError(name)
            return here

        setup_check_version = setup_check.version
        monkeypatch.setattr(setup_check, "version", version)

    return pretend


@pytest.mark.parametrize(
    "check, package, here, said",
    [
        ("packages", "numpy", "1.26.4", "✗ packages: numpy is 1.26.4, nnlib needs >=2.0. Run "),
        ("packages", "anywidget", None, "✗ packages: anywidget is missing, nnlib needs >=0.9. Run "),
        ("widgets", "jupyterlab-widgets", "1.1.0", "✗ widgets: jupyterlab-widgets is 1.1.0, ipywidgets needs ~=3.0"),
    ],
)
def test_a_package_that_does_not_fit(installed, line, check, package, here, said):
    installed(package, here)
    printed = line(getattr(setup_check, check))
    assert printed.startswith(said)
    assert "-m pip install -r requirements.txt in the folder of the README." in printed


def test_packages_of_the_tests_are_not_asked_for(installed, line):
    installed("hypothesis", None)
    assert line(setup_check.packages).startswith("✓ packages: numpy ")


# Data


@pytest.fixture(autouse=True)
def no_download(monkeypatch):
    def download(folder, label):
        raise AssertionError("it downloads")

    monkeypatch.setattr(data, "_download", download)


def test_mnist_is_found_where_it_is(tiny_mnist, no_network, line, tmp_path, monkeypatch):
    tiny_mnist.write(no_network / "mnist")
    assert line(setup_check.data).endswith("60 training and 20 test images, from the four IDX files in data/mnist\n")
    monkeypatch.setenv("NNLIB_DATA", str(tiny_mnist.write(tmp_path / "elsewhere")))
    assert line(setup_check.data).endswith("from the four IDX files in $NNLIB_DATA\n")


def test_without_mnist_it_says_how_to_get_it(no_network, line):
    said = line(setup_check.data)
    assert said.startswith("✓ data: no MNIST yet. With a network notebook 9 fetches it (11 MB)")
    assert "built-in digits: 1,500 training and 297 test images" in said and "In a class without network" in said


def test_the_built_in_digits_are_as_good_if_asked_for(monkeypatch, line):
    monkeypatch.setenv("NNLIB_DATA", "digits")
    assert line(setup_check.data).endswith("297 test images, as $NNLIB_DATA asks\n")


def test_a_folder_that_is_none(monkeypatch, line):
    monkeypatch.setenv("NNLIB_DATA", "nowhere")
    assert line(setup_check.data).startswith("✗ data: $NNLIB_DATA is 'nowhere', which is no folder. Set it to one")


def test_a_missing_file(tiny_mnist, no_network, line):
    tiny_mnist.write(no_network, parts=("train_images", "train_labels"))
    said = line(setup_check.data)
    assert said.startswith("✗ data: ") and "Add what is missing" in said


# The kernel and JupyterLab


def test_a_kernel_that_cannot_run_the_cell(monkeypatch, line):
    monkeypatch.setattr(setup_check, "EXPLORER_CELL", "import no_such_package")
    assert line(setup_check.kernel).startswith("✗ kernel: ModuleNotFoundError: No module named 'no_such_package'. Run ")


def test_a_cell_without_a_widget(monkeypatch, line):
    monkeypatch.setattr(setup_check, "EXPLORER_CELL", "from nnlib.explorers import neuron_explorer")
    said = line(setup_check.kernel)
    assert "gave no application/vnd.jupyter.widget-view+json and no image/png. Run " in said


def test_an_extension_that_is_not_there(monkeypatch, line):
    monkeypatch.setattr("jupyter_core.paths.jupyter_path", lambda *parts: [])
    said = line(setup_check.widgets)
    assert said.startswith("✗ widgets: JupyterLab does not find its extension @jupyter-widgets/jupyterlab-manager. ")
    assert "--force-reinstall --no-deps jupyterlab-widgets and start JupyterLab anew." in said


@pytest.mark.parametrize("disabled", ["anywidget", "anywidget:plugin"])
def test_an_extension_that_is_disabled(monkeypatch, line, tmp_path, disabled):
    (tmp_path / "labconfig").mkdir()
    settings = json.dumps({"disabledExtensions": {disabled: True}})
    (tmp_path / "labconfig" / "page_config.json").write_text(settings)
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path))
    assert line(setup_check.widgets).endswith("anywidget is disabled. Run jupyter labextension enable anywidget.\n")


# Memory


def test_too_little_memory_on_a_hub(monkeypatch, line):
    monkeypatch.setenv("MEM_LIMIT", str(512 * 2**20))
    assert line(setup_check.memory).startswith("✗ memory: 512 MB free, 700 needed. Close other programs; on a hub")


def test_memory_that_cannot_be_read(monkeypatch, line):
    monkeypatch.setitem(sys.modules, "psutil", None)
    assert line(setup_check.memory) == "– memory: cannot be read without psutil; see that 700 MB are free.\n"


# The browser


def test_no_playwright(monkeypatch, line):
    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)
    assert line(setup_check.browser).startswith("– browser: playwright is not installed. Open notebooks/01_neuron")


def test_no_browser(monkeypatch, line):
    monkeypatch.setattr(setup_check, "open_chromium", lambda playwright, folder: None)
    assert line(setup_check.browser).startswith("– browser: there is no Chromium, Chrome or Edge. Open notebooks/01")


UNCONNECTED = """from ipywidgets import FloatSlider, VBox
from nnlib.explorers import neuron_explorer

VBox([FloatSlider(), neuron_explorer().image])"""


@needs_browser
def test_a_picture_that_does_not_follow_the_slider(monkeypatch, line):
    def move_soon(page, address):
        page.set_default_timeout(15_000)
        move_a_slider(page, address)

    move_a_slider = setup_check.move_a_slider
    monkeypatch.setattr(setup_check, "move_a_slider", move_soon)
    monkeypatch.setattr(setup_check, "EXPLORER_CELL", UNCONNECTED)
    assert line(setup_check.browser).startswith("✗ browser: no picture followed the slider. Run ")


def test_a_server_that_does_not_start(tmp_path):
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen([sys.executable, "-c", "import sys; sys.exit('no port is free')"], stderr=log)
    with pytest.raises(setup_check.Problem, match="JupyterLab does not start: no port is free. Run "):
        setup_check.running_server(server, tmp_path)
    assert server.wait() == 1
