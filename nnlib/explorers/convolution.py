"""Slide a kernel over a small image and follow one output pixel from its patch into its pool (notebook 10)."""

from functools import lru_cache

import ipywidgets as widgets
import numpy as np
from matplotlib import colormaps
from matplotlib.collections import LineCollection, PathCollection, PolyCollection
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D

from nnlib.convolution import (
    KERNELS,
    average_pool2d,
    convolution_output_size,
    convolve2d,
    max_pool2d,
    pooling_blocks,
)
from nnlib.explorers.base import ONE_AT_A_TIME, FigureExplorer
from nnlib.plots import DIVERGING, INK, NEUTRAL, _ink_on
from nnlib.validation import check_integer, check_numbers, check_room

SIZE = 12
PLACES = convolution_output_size(SIZE, 3) ** 2
OWN = "your own"
POOLINGS = {"none": None, "max 2 × 2": max_pool2d, "mean 2 × 2": average_pool2d}
INK_LEVELS = colormaps["gray_r"]
ROUNDING = 1e-9


def example_images():
    """The explorer's images by name, each (12, 12): 0 is paper, 1 is ink.

    The digit is number 13 of scikit-learn's `load_digits` (8 × 8, levels 0 to 16), in the middle.
    """
    row, column = np.indices((SIZE, SIZE))
    within = (1 <= row) & (row <= 10) & (1 <= column) & (column <= 10)
    digit = np.array(
        [
            [0, 2, 9, 15, 14, 9, 3, 0],
            [0, 4, 13, 8, 9, 16, 8, 0],
            [0, 0, 0, 6, 14, 15, 3, 0],
            [0, 0, 0, 11, 14, 2, 0, 0],
            [0, 0, 0, 2, 15, 11, 0, 0],
            [0, 0, 0, 0, 2, 15, 4, 0],
            [0, 1, 5, 6, 13, 16, 6, 0],
            [0, 2, 12, 12, 13, 11, 0, 0],
        ]
    )
    return {
        "step": (column >= 6).astype(float),
        "cross": (within & (np.isin(row, (5, 6)) | np.isin(column, (5, 6)))).astype(float),
        "checkerboard": (row + column + 1) % 2.0,
        "digit 3": np.pad(digit / 16, 2),
    }


def convolution_window(image, kernel, row, column, padding=0, stride=1):
    """(patch, products, sum) behind one output pixel: what lies under the kernel there, times it, added up.

    `image` is (h, w); patch and products have the kernel's shape (kh, kw). The sum is
    `convolve2d(image, kernel, padding=padding, stride=stride)[row, column]`.
    Raises ValueError for a kernel that does not fit, and for a row or column outside of the output.
    """
    image, kernel = check_numbers(image, "image", "h", "w"), check_numbers(kernel, "kernel", "kh", "kw")
    row, column = check_integer(row, "row", 0), check_integer(column, "column", 0)
    padding, stride = check_integer(padding, "padding", 0), check_integer(stride, "stride", 1)
    check_room("padding", *(n + 2 * padding for n in image.shape))
    places = [convolution_output_size(n, k, padding, stride) for n, k in zip(image.shape, kernel.shape)]
    if row >= places[0] or column >= places[1]:
        raise ValueError(
            f"row {row}, column {column} is outside of the output, which is {places[0]} × {places[1]}; expected less."
        )
    (kh, kw), top, left = kernel.shape, row * stride, column * stride
    patch = np.pad(image, padding)[top : top + kh, left : left + kw]
    products = patch * kernel
    return patch, products, float(np.sum(products))


def convolution_explorer():
    """An explorer of convolution and pooling: image I, kernel K and its nine entries, place, padding p, stride s."""
    return ConvolutionExplorer()


class ConvolutionExplorer(FigureExplorer):
    """The padded image, the output and its pooling, all to one scale; below them the sum behind one pixel."""

    def __init__(self):
        self.images = example_images()
        entries = {
            f"kernel_{i}_{j}": widgets.BoundedFloatText(
                entry, min=-100, max=100, step=0.5, tooltip=f"kernel K, row {i}, column {j}"
            )
            for (i, j), entry in np.ndenumerate(KERNELS["vertical edge"])
        }
        self.entries = list(entries.values())
        controls = {
            "image": widgets.Dropdown(options=list(self.images), value="cross", description="image I"),
            "kernel": widgets.Dropdown(options=[*KERNELS, OWN], value="vertical edge", description="kernel K"),
            **entries,
            "position": widgets.IntSlider(15, min=0, max=PLACES - 1, description="output pixel"),
            "padding": widgets.IntSlider(0, min=0, max=2, description="padding p"),
            "stride": widgets.IntSlider(1, min=1, max=3, description="stride s"),
            "pooling": widgets.Dropdown(options=list(POOLINGS), value="max 2 × 2", description="pooling"),
        }
        super().__init__(
            controls,
            figsize=(8.6, 4.6),
            alt="A cross, its vertical edges blue and orange, and a pooled copy where only blue is left; "
            "below, one patch times the kernel.",
        )

    def arrange(self):
        rows = super().arrange()
        for entry in self.entries:
            entry.layout.width = "58px"
        grid = [widgets.HBox(self.entries[i : i + 3], layout={"margin": "0 0 0 108px"}) for i in (0, 3, 6)]
        return [*rows[:2], *grid, *rows[11:]]

    def draw_frame(self, figure):
        pixels, numbers = {"cell": 0.155, "numbers": False}, {"cell": 0.43, "numbers": True}
        self.input = _Cells(figure, (0.15, 1.85), (16, 16), INK_LEVELS, **pixels)
        self.output = _Cells(figure, (3.2, 1.85), (16, 14), DIVERGING, **pixels)
        self.pooled = _Cells(figure, (6.1, 1.85), (16, 14), DIVERGING, **pixels)
        self.patch = _Cells(figure, (0.15, 0.1), (3, 3), INK_LEVELS, **numbers)
        self.kernel = _Cells(figure, (1.8, 0.1), (3, 3), DIVERGING, **numbers)
        self.products = _Cells(figure, (3.45, 0.1), (3, 3), DIVERGING, **numbers)
        self.sum = _Cells(figure, (5.32, 0.53), (1, 1), DIVERGING, **numbers)
        self.block = _Cells(figure, (6.3, 0.315), (2, 2), DIVERGING, **numbers)
        self.pool = _Cells(figure, (7.85, 0.53), (1, 1), DIVERGING, **numbers)
        panels = [each for each in vars(self).values() if isinstance(each, _Cells)]

        self.patch.axes.title.set_text("patch\nin the window")
        self.products.axes.title.set_text("products\npatch × kernel")
        look = {"transform": figure.dpi_scale_trans, "ha": "center", "va": "center"}
        for x, sign in ((1.62, "×"), (3.27, "="), (5.03, "Σ =")):
            figure.text(x, 0.745, sign, fontsize=14, **look)
        for x in (2.9, 5.75):
            figure.text(x, 3.09, "→", fontsize=18, color=NEUTRAL, **look)
        figure.text(7.2, 2.2, "white 0, blue +, orange with dash −", fontsize=10, **look)
        self.scale = figure.text(7.2, 1.98, "", fontsize=10, **look)
        self.pool_sign = figure.text(7.51, 0.745, "", fontsize=11, **look)
        self.pool_note = figure.text(7.2, 0.745, "", fontsize=11, **look)

        self.border = self.input.add_frame(NEUTRAL, 1.2, halo=0)
        self.window = self.input.add_frame(INK, 2.4)
        self.blocks = self.output.add_lines(INK, 0.8)
        self.output_pixel = self.output.add_frame(INK, 2.4)
        self.output_block = self.output.add_frame(INK, 2.4, halo=0)
        self.pooled_pixel = self.pooled.add_frame(INK, 2.4)
        texts = [panel.axes.title for panel in panels if panel not in (self.patch, self.products)]
        texts += [self.scale, self.pool_sign, self.pool_note]
        return [*(artist for panel in panels for artist in panel.artists), *texts]

    def adapt(self, name):
        """A preset fills the nine entries, an entry of one's own unsets the preset; the window stays where it is."""
        if name == "kernel" and self.controls["kernel"].value in KERNELS:
            for entry, value in zip(self.entries, KERNELS[self.controls["kernel"].value].ravel()):
                entry.value = value
        elif self.controls[name] in self.entries:
            self.controls["kernel"].value = OWN
        elif name in ("padding", "stride"):
            padding, stride, position = (self.controls[each] for each in ("padding", "stride", "position"))
            size, old_padding, old_stride = self.shown
            corner = np.array(divmod(position.value, size)) * old_stride - old_padding
            size = convolution_output_size(SIZE, 3, padding.value, stride.value)
            row, column = np.clip((corner + padding.value) // stride.value, 0, size - 1).tolist()
            position.max = size**2 - 1
            position.value = row * size + column

    def reset(self):
        with ONE_AT_A_TIME:
            with self.quiet():
                self.controls["position"].max = PLACES - 1
            super().reset()

    def update(self, image, kernel, position, padding, stride, pooling, **entries):
        image, weights = self.images[image], np.reshape(list(entries.values()), (3, 3))
        output = convolve2d(image, weights, padding=padding, stride=stride)
        size = len(output)
        row, column = divmod(min(position, size**2 - 1), size)
        patch, products, total = convolution_window(image, weights, row, column, padding, stride)

        full, full_weight = _full_colour(output), _full_colour(weights)
        self.input.show(np.pad(image, padding), 1)
        self.border.set_bounds(padding, padding, SIZE, SIZE)
        self.window.set_bounds(column * stride, row * stride, 3, 3)
        self.output.show(output, full)
        self.output_pixel.set_bounds(column, row, 1, 1)
        self.patch.show(patch, 1)
        self.kernel.show(weights, full_weight)
        self.products.show(products, full_weight)
        self.sum.show(np.array([[total]]), full)
        self.sum.axes.title.set_text(f"output pixel\n({row}, {column})")
        all_zero = np.max(np.abs(output)) < ROUNDING
        scale = "every output pixel is 0" if all_zero else f"output and pooled: full colour ±{_number(full)}"
        self.scale.set_text(scale)
        self.input.axes.title.set_text(f"image {SIZE} × {SIZE}" + f", padding {padding}" * (padding > 0))
        self.output.axes.title.set_text(f"output {size} × {size}" + f", stride {stride}" * (stride > 1))
        self.kernel.axes.title.set_text(f"kernel\n{kernel}")
        self.shown = size, padding, stride
        return "<br>".join(
            [
                f"O<sub>{row}, {column}</sub> = {_spelled_out(patch, weights)} = <b>{_number(total)}</b>",
                f"output size: ⌊({SIZE} + 2·{padding} − 3) / {stride}⌋ + 1 = {size}",
                self._show_pooling(pooling, output, full, row, column),
            ]
        )

    def _show_pooling(self, pooling, output, full, row, column):
        """Show the pooled output and the block of the pixel at (row, column); return what the read-out says."""
        pool, name = POOLINGS[pooling], pooling.split()[0]
        pooled = np.zeros((1, 1)) if pool is None else pool(output)
        size = len(pooled)
        row, column = row // 2, column // 2
        has_block = pool is not None and row < size and column < size

        self.pooled.show(pooled, full)
        self.pooled.set_visible(pool is not None)
        self.pooled_pixel.set_bounds(column, row, 1, 1)
        self.blocks.set_segments([] if pool is None else _block_lines(size))
        for part in (self.block, self.pool, self.output_block, self.pooled_pixel):
            part.set_visible(has_block)
        self.pooled.axes.title.set_text("no pooling" if pool is None else f"{name} pooling {size} × {size}")
        self.pool_note.set_text("" if pool is None or has_block else "left over:\nin no whole block,\ndropped")
        self.block.axes.title.set_text("its block" * has_block)
        self.pool_sign.set_text(f"{name} =" * has_block)
        self.pool.axes.title.set_text("pooled" * has_block)
        if pool is None:
            return "no pooling"
        result = f"pooled size: ⌊{len(output)} / 2⌋ = {size}"
        if not has_block:
            return f"<b>left over</b>: this pixel is in no whole block of 2 × 2, so pooling drops it<br>{result}"

        block = pooling_blocks(output, 2)[row, :, column]
        self.block.show(block, full)
        self.output_block.set_bounds(2 * column, 2 * row, 2, 2)
        self.pool.show(pooled[row : row + 1, column : column + 1], full)
        numbers = ", ".join(map(_number, block.ravel()))
        return f"{name} of {numbers}: <b>{_number(pooled[row, column])}</b><br>{result}"


class _Cells:
    """An array as coloured cells in the middle of a room of (rows, columns) cells, with or without numbers.

    Without them a dash marks the negative ones.

    `corner` is the room's lower left one, `cell` the width of a cell, both in inches. `colors` is DIVERGING for
    signed numbers, INK_LEVELS for those from 0 to 1. The numbers are drawn as shapes, which takes a fifth of the time
    of as many texts.
    """

    def __init__(self, figure, corner, room, colors, cell, numbers):
        self.room, self.colors, self.numbers = room, colors, numbers
        (x, y), (rows, columns), (width, height) = corner, room, figure.get_size_inches()
        self.axes = figure.add_axes((x / width, y / height, columns * cell / width, rows * cell / height))
        self.axes.set(xticks=[], yticks=[])
        self.axes.set_axis_off()
        self.axes.set_title(" ", fontsize=11, pad=4)
        self.values = np.empty((0, 0))
        self.cells = PolyCollection([], edgecolors="#c4c4c4", linewidths=0.6, clip_on=False)
        points = Affine2D().scale(figure.dpi / 72)
        self.words = PathCollection([], offset_transform=self.axes.transData, transform=points, linewidths=0)
        self.artists = [self.cells, self.words]
        for artist in self.artists:
            self.axes.add_collection(artist, autolim=False)

    def add_lines(self, color, width):
        lines = LineCollection([], colors=color, linewidths=width, clip_on=False)
        self.axes.add_collection(lines, autolim=False)
        self.artists.append(lines)
        return lines

    def add_frame(self, color, width, halo=2):
        around = [withStroke(linewidth=width + halo, foreground="white")]
        frame = Rectangle((0, 0), 0, 0, fill=False, ec=color, lw=width, path_effects=around, clip_on=False)
        self.axes.add_patch(frame)
        self.artists.append(frame)
        return frame

    def set_visible(self, visible):
        """Show or hide all but the title."""
        for artist in self.artists:
            artist.set_visible(visible)

    def show(self, values, full):
        """Draw `values` (rows, columns); numbers of the size `full` have full colour."""
        (rows, columns), (room_rows, room_columns) = values.shape, self.room
        if values.shape != self.values.shape:
            self.axes.set_xlim((columns - room_columns) / 2, (columns + room_columns) / 2)
            self.axes.set_ylim((rows + room_rows) / 2, (rows - room_rows) / 2)
            squares = [[(j, i), (j + 1, i), (j + 1, i + 1), (j, i + 1)] for i, j in np.ndindex(values.shape)]
            self.cells.set_verts(squares)
        self.values = values
        faces = self.colors(values.ravel() / full if self.colors is INK_LEVELS else 0.5 + values.ravel() / full / 2)
        self.cells.set_facecolor(faces)
        worded = np.full(values.shape, True) if self.numbers else values < -ROUNDING
        words = [_number(value) if self.numbers else "−" for value in values[worded]]
        self.words.set_offsets(np.argwhere(worded)[:, ::-1] + 0.5)
        self.words.set_paths([_word(word) for word in words])
        self.words.set_facecolor([_ink_on(face) for face in faces[worded.ravel()]])


@lru_cache(1000)
def _word(text):
    """The shape of a short text in points, its middle at (0, 0) and its digits on one height."""
    shape = TextPath((0, 0), text, size=9)
    digits = TextPath((0, 0), "0", size=9).get_extents()
    extents = shape.get_extents()
    middle = (extents.x0 + extents.x1) / 2, (digits.y0 + digits.y1) / 2
    return shape.transformed(Affine2D().translate(-middle[0], -middle[1]))


def _block_lines(size):
    """The borders of size × size blocks of 2 × 2."""
    places = range(0, 2 * size + 1, 2)
    return [[(0, i), (2 * size, i)] for i in places] + [[(j, 0), (j, 2 * size)] for j in places]


def _full_colour(values):
    """The largest size among `values`; 1 where all are 0, but for rounding."""
    largest = float(np.max(np.abs(values)))
    return largest if largest > ROUNDING else 1.0


def _spelled_out(patch, kernel):
    """Σ patch · kernel with its first two terms and its last."""
    terms = [
        f"{_number(pixel)}·{_number(weight)}" if weight >= 0 else f"{_number(pixel)}·({_number(weight)})"
        for pixel, weight in zip(patch.ravel(), kernel.ravel())
    ]
    return f"{terms[0]} + {terms[1]} + … + {terms[-1]}"


def _number(value):
    """At most three digits, without zeros at the end, and a true minus sign."""
    places = 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0
    return f"{round(float(value), places) + 0.0:g}".replace("-", "−")
