"""Drives JupyterLab in Chromium: a server of its own, a notebook that runs, and the explorers in it."""

import ast
import base64
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlparse

import ipywidgets as widgets
import nbformat
from playwright.sync_api import sync_playwright

from nnlib.explorers import EXPLORERS
from nnlib.explorers.base import FigureExplorer

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted(ROOT.glob("notebooks/*.ipynb"))

HOST, TOKEN = "127.0.0.1", "browser-tests"
WINDOW = {"width": 1400, "height": 1000}
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    f"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE {HOST}",
]
WRITABLE = (
    "JUPYTER_CONFIG_DIR",
    "JUPYTER_DATA_DIR",
    "JUPYTER_RUNTIME_DIR",
    "JUPYTERLAB_SETTINGS_DIR",
    "JUPYTERLAB_WORKSPACES_DIR",
    "IPYTHONDIR",
    "MPLCONFIGDIR",
)


class ExplorerCell(NamedTuple):
    """Where an explorer stands: the notebook, the index of the cell that ends in it, whether its call is bare."""

    notebook: Path
    index: int
    name: str
    bare: bool


def explorer_cells(path):
    """The cells of a notebook that end in an explorer, as ExplorerCells."""
    found = []
    for index, cell in enumerate(nbformat.read(path, as_version=4).cells):
        match ast.parse(cell.source).body if cell.cell_type == "code" else []:
            case [*_, ast.Expr(ast.Call(ast.Name(name), args, keywords))] if name in EXPLORERS:
                found.append(ExplorerCell(path, index, name, bare=not args and not keywords))
    return found


def question_cells(path):
    """The indices of the cells of a notebook that are a question, or several."""
    asks = ("predict(", "recall(", "check_yourself(")
    cells = enumerate(nbformat.read(path, as_version=4).cells)
    return [index for index, cell in cells if cell.cell_type == "code" and cell.source.startswith(asks)]


# The server and the browser


def find_chromium():
    """Where the browser is, or None."""
    found = map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))
    return next((path for path in found if path), None)


@contextmanager
def chromium():
    """A browser without a window; yields the context that its pages share, and with it their cache."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_ARGUMENTS)
        yield browser.new_context(viewport=WINDOW)
        browser.close()


@contextmanager
def jupyter_lab(folder):
    """JupyterLab on copies of the notebooks in `folder`, where it also keeps its settings; yields its address."""
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    settings = folder / "jupyter" / "jupyterlab_settings_dir" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    (settings / "notification.jupyterlab-settings").write_text('{"fetchNews": "false", "checkForUpdates": false}')
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    address = f"http://{HOST}:{port}"
    log = folder / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [
                *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--ip={HOST}", f"--port={port}"),
                *("--ServerApp.port_retries=0", f"--ServerApp.root_dir={folder}", f"--IdentityProvider.token={TOKEN}"),
                *("--LabApp.extension_manager=readonly", "--expose-app-in-browser"),
            ],
            env=_reader_environment(folder / "jupyter"),
            cwd=folder,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_for_answer(f"{address}/api/status?token={TOKEN}", server, log)
            yield address
        finally:
            server.terminate()  # it ends its kernels first
            server.wait(30)


def _reader_environment(folder):
    """The tests' environment as a reader has it: progress bars, and kernels that choose the backend themselves."""
    environment = {name: value for name, value in os.environ.items() if name not in ("MPLBACKEND", "TQDM_DISABLE")}
    if environment.get("NNLIB_DATA", "digits") != "digits":
        environment["NNLIB_DATA"] = str(Path(environment["NNLIB_DATA"]).resolve())
    return {"OPENBLAS_NUM_THREADS": "1"} | environment | {name: str(folder / name.lower()) for name in WRITABLE}


def _wait_for_answer(url, server, log, seconds=60):
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _ in range(10 * seconds):
        if server.poll() is not None:
            break
        try:
            return direct.open(url, timeout=5).close()
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.1)
    raise RuntimeError(f"JupyterLab does not answer:\n{log.read_text(errors='replace')[-3000:]}")


# The page


PANEL = "window.jupyterapp.shell.currentWidget"


class Notebook:
    """A notebook in a JupyterLab page."""

    def __init__(self, context, address, path):
        self.page = context.new_page()
        self._devtools = context.new_cdp_session(self.page)
        self._seen_in_page = []
        self.page.on("console", lambda message: message.type == "error" and self._seen_in_page.append(message.text))
        self.page.on("pageerror", lambda error: self._seen_in_page.append(str(error)))
        self.page.on("request", self._note_outside)
        self.page.goto(f"{address}/lab/tree/{path}?token={TOKEN}&reset")
        self.page.wait_for_selector(".jp-NotebookPanel .jp-Cell", timeout=60_000)
        self.page.wait_for_function(f"{PANEL}?.sessionContext?.session?.kernel?.status === 'idle'", timeout=60_000)
        self.page.evaluate(LISTEN_TO_KERNEL)

    def _note_outside(self, request):
        url = urlparse(request.url)
        if url.scheme not in ("data", "blob") and url.hostname != HOST:
            self._seen_in_page.append(f"request to {request.url}")

    def problems(self):
        """What went wrong so far: errors in the console, requests to another host, tracebacks and warnings."""
        return self._seen_in_page + self.page.evaluate("window.kernelComplaints")

    def stored_picture(self, cell):
        """The source of the picture that the cell shows before it runs."""
        return scrolled_output(self.page, cell).locator("img").first.get_attribute("src", timeout=10_000)

    def stored_words(self, cell):
        """What can be read in the output of the cell before it runs, folds closed."""
        return scrolled_output(self.page, cell).inner_text(timeout=10_000)

    def run_all(self):
        self.run("notebook:run-all-cells")

    def run_again(self, cell):
        self.page.evaluate(f"index => {{ {PANEL}.content.activeCellIndex = index }}", cell)
        self.run("notebook:run-cell")

    def run(self, command, seconds=300):
        """Give JupyterLab a command and wait for its end."""
        done = self.page.evaluate(RUN, [command, 1000 * seconds])
        assert done, f"{command} takes longer than {seconds} s"

    def cells_not_run(self):
        """The code cells without a number, as those after an error are."""
        return self.page.evaluate(CELLS_NOT_RUN)

    def widget_messages(self, seconds=1):
        """How many messages of widgets pass between page and kernel in that time."""
        return self.page.evaluate(COUNT_MESSAGES, 1000 * seconds)

    def heap(self):
        """The bytes that the page's JavaScript holds."""
        self._devtools.send("HeapProfiler.collectGarbage")
        return self.page.evaluate("performance.memory.usedJSHeapSize")

    @contextmanager
    def zoomed(self, factor):
        """The page as the browser's zoom shows it: the window holds less, everything in it is larger."""
        self._set_window(factor)
        yield
        self._set_window(1)

    def _set_window(self, zoom):
        width, height = (round(pixels / zoom) for pixels in WINDOW.values())
        metrics = {"width": width, "height": height, "deviceScaleFactor": zoom, "mobile": False}
        self._devtools.send("Emulation.setDeviceMetricsOverride", metrics)
        self.page.wait_for_function("width => window.innerWidth === width", arg=width)

    def screenshot(self, path):
        """A picture of the page as it is: Playwright's own would first undo the zoom."""
        path.write_bytes(base64.b64decode(self._devtools.send("Page.captureScreenshot")["data"]))

    @contextmanager
    def in_theme(self, name):
        """JupyterLab in another theme."""
        self._set_theme(name)
        yield
        self._set_theme("JupyterLab Light")

    def _set_theme(self, name):
        self.page.evaluate("theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", name)
        self.page.wait_for_selector(f'body[data-jp-theme-name="{name}"]', state="attached")
        # A change of theme shows JupyterLab's splash for a moment; the next one has to wait for its end.
        self.page.wait_for_selector("#jupyterlab-splash", state="detached")

    def draw(self, pointer, strokes):
        """Draw strokes, lists of (x, y) in the page, with a mouse, a pen or a finger ("touch")."""
        for start, *others in strokes:
            self._point(pointer, "down", start)
            for before, point in zip([start, *others], others):
                for step in range(1, 6):
                    self._point(pointer, "move", [a + (b - a) * step / 5 for a, b in zip(before, point)])
            self._point(pointer, "up", others[-1] if others else start)

    def _point(self, pointer, action, place):
        x, y = place
        if pointer == "touch":
            points = [] if action == "up" else [{"x": x, "y": y}]
            kind = {"down": "touchStart", "move": "touchMove", "up": "touchEnd"}[action]
            self._devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        else:
            kind = {"down": "mousePressed", "move": "mouseMoved", "up": "mouseReleased"}[action]
            at = {"x": x, "y": y, "button": "left", "buttons": 1, "clickCount": 1, "pointerType": pointer}
            self._devtools.send("Input.dispatchMouseEvent", {"type": kind, **at})

    def close(self):
        """End the kernel, then the page."""
        self.page.evaluate(f"() => {PANEL}.sessionContext.shutdown()")
        self.page.close()


def scrolled_output(page, cell):
    """Where the output of the cell of this index is, after the page has been scrolled to it."""
    page.evaluate(f"index => {PANEL}.content.scrollToItem(index, 'start')", cell)
    output = page.locator(f'.jp-Cell[data-windowed-list-index="{cell}"] .jp-Cell-outputArea')
    output.evaluate("output => output.scrollIntoView()")
    return output


class ShownExplorer:
    """The explorer in a cell's output, as the reader has it: labels, keys, a picture, a read-out."""

    def __init__(self, page, cell):
        self.page, self.cell = page, cell
        self.output = scrolled_output(page, cell)
        self.output.locator(".widget-html-content").first.wait_for()

    def scroll_to(self):
        scrolled_output(self.page, self.cell)

    def control(self, control):
        """What has the focus when a reader uses this ipywidgets control: a handle, a list, a box, a number."""
        words = control.description or control.tooltip
        label = (self.page.get_by_text if control.description else self.page.get_by_title)(words, exact=True)
        widget = self.output.locator(".widget-inline-hbox, .widget-checkbox").filter(has=label)
        return widget.locator(".noUi-handle, select, input").first

    def button(self, name):
        return self.output.locator("button").filter(has_text=name)

    @property
    def picture(self):
        """The bytes of what is on the screen: the PNG, or all canvases."""
        image = self.output.locator("img.widget-image")
        if image.count():
            return base64.b64decode(image.evaluate(READ_IMAGE))
        return "".join(self.output.locator("canvas").evaluate_all("all => all.map(each => each.toDataURL())"))

    @property
    def readout(self):
        """The read-out's HTML."""
        return self.output.locator(".widget-html-content").last.inner_html()

    def as_shown(self, html):
        """HTML as the browser gives it back."""
        parse = "html => Object.assign(document.createElement('p'), {innerHTML: html}).innerHTML"
        return self.page.evaluate(parse, html)

    @property
    def height(self):
        """The height of the output, in the page's pixels."""
        return self.output.bounding_box()["height"]

    def parts_cut_off(self):
        """The labels that are shortened, the controls and pictures that the output's edge cuts, as text or kind."""
        return self.output.evaluate(PARTS_CUT_OFF)

    def scales(self):
        """By how much each image is scaled down to fit the page."""
        images = self.output.locator("img.widget-image")
        return images.evaluate_all("all => all.map(image => image.width / image.naturalWidth)")

    def contrasts(self):
        """{words: contrast of their colour to what is behind them} of all text that is not part of a picture."""
        return {words: contrast(text, ground) for words, text, ground in self.output.evaluate(TEXT_COLOURS)}


class ShownQuestions(ShownExplorer):
    """The questions in a cell's output, as the reader has them."""

    def __init__(self, page, cell):
        self.page, self.cell = page, cell
        self.output = scrolled_output(page, cell)
        self.output.locator(".nnlib-question").first.wait_for()

    @property
    def each(self):
        """The questions, one by one."""
        return self.output.locator(".nnlib-question").all()

    def answered_by_keys(self, question, presses):
        """Press Tab so many times from the question's start, then Enter; return what is said then."""
        feedback = question.locator(".widget-htmlmath-content").last
        before = feedback.inner_text()
        question.locator("button, input").first.focus()
        for _ in range(presses):
            self.page.keyboard.press("Tab")
        self.page.keyboard.press("Enter")
        eventually(self.page, lambda: feedback.inner_text() != before, lambda: f"it still says {before!r}")
        return feedback.inner_text()


def contrast(text, ground):
    """The contrast of two sRGB colours (levels 0-255), from 1 to 21, as WCAG 2 defines it."""

    def luminance(colour):
        levels = [level / 255 for level in colour[:3]]
        linear = [level / 12.92 if level <= 0.04045 else ((level + 0.055) / 1.055) ** 2.4 for level in levels]
        return sum(weight * level for weight, level in zip((0.2126, 0.7152, 0.0722), linear))

    dark, light = sorted((luminance(text), luminance(ground)))
    return (light + 0.05) / (dark + 0.05)


RUN = """([command, limit]) => Promise.race([
    window.jupyterapp.commands.execute(command).then(() => true),
    new Promise(resolve => setTimeout(() => resolve(false), limit)),
])"""

CELLS_NOT_RUN = f"""() => {PANEL}.content.widgets.flatMap(
    (cell, index) => cell.model.type === "code" && !cell.model.executionCount ? [index] : []
)"""

# A callback's traceback or warning belongs to no cell, so no output shows it.
LISTEN_TO_KERNEL = f"""() => {{
    window.kernelComplaints = [];
    {PANEL}.sessionContext.iopubMessage.connect((_, {{content}}) => {{
        const words = content.name === "stderr" ? content.text : content.traceback?.join("\\n");
        // JupyterLab asks every new kernel for its widgets; one that has not imported ipywidgets does not know what of.
        if (words && !words.startsWith("No such comm")) window.kernelComplaints.push(words);
    }});
}}"""

COUNT_MESSAGES = f"""async milliseconds => {{
    let count = 0;
    const add = (_, {{msg}}) => {{ count += msg.header.msg_type.startsWith("comm_"); }};
    const kernel = {PANEL}.sessionContext.session.kernel;
    kernel.anyMessage.connect(add);
    await new Promise(resolve => setTimeout(resolve, milliseconds));
    kernel.anyMessage.disconnect(add);
    return count;
}}"""

READ_IMAGE = """async image => {
    const blob = await (await fetch(image.src)).blob();
    return new Promise(resolve => {
        const reader = new FileReader();
        reader.onload = () => resolve(reader.result.split(",")[1]);
        reader.readAsDataURL(blob);
    });
}"""

PARTS_CUT_OFF = """output => {
    const edge = output.getBoundingClientRect();
    return [...output.querySelectorAll(".widget-inline-hbox, .widget-label, .widget-checkbox, button, img, canvas")]
        .filter(part => part.checkVisibility())
        .filter(part => {
            const {left, right} = part.getBoundingClientRect();
            const shortened = part.matches(".widget-label, button") && part.scrollWidth > part.clientWidth;
            return shortened || left < edge.left - 1 || right > edge.right + 1 || right > window.innerWidth;
        })
        .map(part => part.textContent || part.tagName);
}"""

TEXT_COLOURS = """output => {
    const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
    const ground = element => {
        const colour = numbers(getComputedStyle(element).backgroundColor);
        return colour[3] === 0 && element.parentElement ? ground(element.parentElement) : colour.slice(0, 3);
    };
    const ownText = element => [...element.childNodes]
        .filter(node => node.nodeType === Node.TEXT_NODE)
        .map(node => node.textContent)
        .join("")
        .trim();
    return [...output.querySelectorAll(".jupyter-widgets, .jupyter-widgets *")]
        .filter(element => ownText(element) && element.checkVisibility())
        .map(element => [ownText(element), numbers(getComputedStyle(element).color), ground(element)]);
}"""


# An explorer and its twin


class Pair:
    """An explorer in the page and another of its kind in this process: moved alike, they must show the same."""

    def __init__(self, shown, twin, same_data):
        self.shown, self.twin, self.same_data = shown, twin, same_data
        self.reset()

    def seen(self):
        """What the move of a control must change: the picture; if the browser draws it, that or the read-out."""
        return self.shown.picture if isinstance(self.twin, FigureExplorer) else (self.shown.picture, self.shown.readout)

    def reset(self):
        self.shown.button("Reset").click()
        self.twin.reset()
        self.agree("after Reset")

    def move(self, name, way):
        """Move a control by keys, one step on (1) or back (-1), and give the twin the value that this must lead to."""
        control = self.twin.controls[name]
        first, *others = keys(control, way)
        self.shown.control(control).press(first)
        for key in others:
            self.shown.page.keyboard.press(key)
        control.value = value_after(control, way)
        self.agree(f"after {name} was moved to {control.value!r}")

    def enable(self, name):
        """Move other controls until this one can be used."""
        for other, control in self.twin.controls.items():
            for _ in range(len(getattr(control, "options", range(5)))):
                if not self.twin.controls[name].disabled:
                    return
                self.move(other, free_way(control))

    def drag(self, name):
        """Drag a slider with the mouse, at once, from where it is to beyond its right end."""
        control = self.twin.controls[name]
        handle = self.shown.control(control).bounding_box()
        x, y = handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2
        mouse = self.shown.page.mouse
        mouse.move(x, y)
        mouse.down()
        mouse.move(x + 400, y, steps=60)
        mouse.up()
        control.value = control._options_full[-1][1] if hasattr(control, "options") else control.max
        self.agree(f"after a drag of {name}")

    def agree(self, when):
        """Wait until read-out and picture are the twin's; AssertionError if they do not become so."""
        if not self.same_data:
            return
        expected = self.shown.as_shown(self.twin.readout.value)
        eventually(
            self.shown.page,
            lambda: self.shown.readout == expected,
            lambda: f"{when} the page reads {self.shown.readout!r}, its twin {expected!r}",
        )
        if isinstance(self.twin, FigureExplorer):
            eventually(
                self.shown.page,
                lambda: self.shown.picture == self.twin.image.value,
                lambda: f"{when} the picture on the page is not its twin's",
            )


def keys(control, way):
    """The keys that move an ipywidgets control one step on (1) or back (-1), once it has the focus."""
    if isinstance(control.value, bool):
        return ["Space"]
    if isinstance(control, widgets.Dropdown):  # arrows on a closed list belong to JupyterLab: they go to the next cell
        return ["Space", "ArrowDown" if way > 0 else "ArrowUp", "Enter"]
    if isinstance(control, widgets.BoundedFloatText):
        return ["ArrowUp" if way > 0 else "ArrowDown"]
    return ["ArrowRight" if way > 0 else "ArrowLeft"]


def value_after(control, way):
    """The value that those keys must give it."""
    if isinstance(control.value, bool):
        return not control.value
    if hasattr(control, "options"):
        values = [value for _, value in control._options_full]
        return values[min(max(control.index + way, 0), len(values) - 1)]
    steps = round((control.value - control.min) / control.step) + way  # counted, so that no rounding adds up
    return min(max(control.min + steps * control.step, control.min), control.max)


def free_way(control):
    """On (1), or back (-1) from the control's end."""
    return 1 if value_after(control, 1) != control.value else -1


def eventually(page, true, message, seconds=20):
    """Wait until `true()`; AssertionError with `message()` if that takes longer."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, message()
        page.wait_for_timeout(20)
