"""What every explorer shares: controls, a view, a read-out, a Reset, and a static picture to store."""

import io
import threading
from contextlib import contextmanager

import ipywidgets as widgets
import numpy as np
from IPython import get_ipython
from matplotlib import style
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from nnlib.notebook import DPI, check_alt, picture

# JupyterLab may deliver two controls' messages in two threads, and a figure bears only one: explorers take turns.
ONE_AT_A_TIME = threading.RLock()


class Explorer(widgets.VBox):
    """Controls beside a view that follows them.

    A subclass passes its controls as {name: widget} and the widget they act on, and gives two methods: `refresh()`
    brings the view and the read-out up to the controls; `still_picture()` returns the PNG of the state at the start,
    which is what a static page shows in place of the explorer, with `alt` as its description. It may give two more:
    `adapt(name)`, heard before the refresh, sets other controls after a change of the one named; `arrange()` returns
    the controls' rows, where they are not simply one below the other.
    """

    def __init__(self, controls, view, alt):
        self.controls = controls
        self.view = view
        self.alt = check_alt(alt)
        self.defaults = self.values
        self.readout = widgets.HTML(layout={"min_height": "6em"})
        self._quiet = False
        for name, control in controls.items():
            control.observe(lambda change, name=name: self._on_change(name), "value")
        reset = widgets.Button(description="Reset", tooltip="Back to the settings at the start", icon="undo")
        reset.on_click(lambda _: self.reset())
        panel = widgets.VBox([*self.arrange(), reset, self.readout], layout={"flex": "0 0 300px"})
        beside = {"align_items": "flex-start", "flex_flow": "row wrap"}  # on a narrow page the view goes below
        super().__init__([widgets.HBox([panel, view], layout=beside)])
        _close_those_of_an_earlier_run(self)
        self.refresh()

    @property
    def values(self):
        """The controls' present values, by name."""
        return {name: control.value for name, control in self.controls.items()}

    def arrange(self):
        """The rows of the panel: one for each control, its description to the left."""
        for control in self.controls.values():
            control.style.description_width = "105px"
            control.layout.width = "290px"
        return list(self.controls.values())

    def adapt(self, name):
        """Set other controls after a change of the control `name`, before the refresh."""

    def refresh(self):
        """Bring the view and the read-out up to the controls."""
        raise NotImplementedError

    def still_picture(self):
        """The state at the start as PNG bytes."""
        raise NotImplementedError

    def reset(self):
        """Set every control to what it was at the start."""
        with ONE_AT_A_TIME:
            with self.quiet():
                for name, control in self.controls.items():
                    control.value = self.defaults[name]
            self.refresh()

    @contextmanager
    def quiet(self):
        """Let controls change without a refresh for each."""
        with ONE_AT_A_TIME:
            before, self._quiet = self._quiet, True
            try:
                yield
            finally:
                self._quiet = before

    def close(self):
        """Close every part, so that nothing of it stays in the kernel's memory."""
        for part in [part for part in _parts(self) if part is not self]:
            part.close()
        super().close()

    def _on_change(self, name):
        with ONE_AT_A_TIME:
            if self._quiet:
                return
            with self.quiet():
                self.adapt(name)
            self.refresh()

    def _repr_mimebundle_(self, **kwargs):
        """The widget, and beside it the picture for every page that cannot run it."""
        data = super()._repr_mimebundle_(**kwargs) | picture(self.still_picture(), self.alt)
        return data, {"image/png": {"alt": self.alt}}


class FigureExplorer(Explorer):
    """An explorer whose view is one persistent matplotlib figure of `figsize` inches.

    A subclass gives two methods. `draw_frame(figure)`, called once, makes the Axes and the artists and returns those
    that `update` moves, in the order they are to be drawn. `update(**values)`, called with the controls' values at
    every change, moves them and returns the read-out, as HTML. Axes keep their place and range, so that only what the
    control changes is seen to move. All else is drawn once and kept (blitting): drawing axes, ticks and texts takes
    longer than everything else. Where `update` does change more than the moving artists, it calls `redraw_frame()`.
    """

    def __init__(self, controls, figsize, alt):
        self._frame = None
        with series_style():
            self.figure = Figure(figsize=figsize, dpi=DPI, layout="none")
            FigureCanvasAgg(self.figure)
            self.moving = self.draw_frame(self.figure)
        for artist in self.moving:
            artist.set_animated(True)
        width, height = self.figure.canvas.get_width_height()
        # A narrow page scales it down, but not below the width at which its texts can be read.
        scaling = {"flex": "1 1 480px", "min_width": "0", "max_width": f"{width}px", "height": "auto"}
        self.image = widgets.Image(format="png", width=width, height=height, layout=scaling)
        super().__init__(controls, self.image, alt)

    def draw_frame(self, figure):
        """Make the Axes and the artists, once; return the artists that move."""
        raise NotImplementedError

    def update(self, **values):
        """Move the artists to these values and return the read-out, as HTML."""
        raise NotImplementedError

    def redraw_frame(self):
        """Draw all anew this time, since more than the moving artists has changed."""
        self._frame = None

    def refresh(self):
        with series_style():
            self.readout.value = self.update(**self.values)
            self.image.value = self._png(compress_level=1)  # a live picture has to be quick, not small

    def still_picture(self):
        with series_style():
            self.update(**self.defaults)
            png = self._png(compress_level=6)
        if self.values != self.defaults:
            self.refresh()
        return png

    def _png(self, compress_level):
        """The picture's bytes, straight from the canvas: savefig lays out first, and here everything is in place."""
        canvas = self.figure.canvas
        if self._frame is None:
            canvas.draw()
            self._frame = canvas.copy_from_bbox(self.figure.bbox)
        else:
            canvas.restore_region(self._frame)
        for artist in self.moving:
            self.figure.draw_artist(artist)
        stream = io.BytesIO()
        image = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
        image.save(stream, "png", compress_level=compress_level)
        return stream.getvalue()


_explorers_of_cell = {}


def _close_those_of_an_earlier_run(explorer):
    """A cell that runs again replaces the explorers it made before, so that they do not pile up in memory."""
    kernel = getattr(get_ipython(), "kernel", None)
    if kernel is None:
        return
    request = kernel.get_parent("shell")
    cell, run = request.get("metadata", {}).get("cellId"), request.get("header", {}).get("msg_id")
    if cell is None:
        return
    known_run, explorers = _explorers_of_cell.get(cell, (run, []))
    if known_run != run:
        for each in explorers:
            each.close()
        explorers = []
    _explorers_of_cell[cell] = run, [*explorers, explorer]


def _parts(widget):
    """The widget and all that it consists of: children, layouts, styles."""
    yield widget
    for value in widget.trait_values(sync=True).values():
        for part in value if isinstance(value, tuple | list) else (value,):
            if isinstance(part, widgets.Widget):
                yield from _parts(part)


@contextmanager
def series_style():
    """The look of the series, whatever style the notebook has set."""
    with ONE_AT_A_TIME, style.context("nnlib.series", after_reset=True):
        yield
