import pytest

from nnlib import count_parameters, initialize_parameters
from nnlib.explorers import architecture_explorer, layer_shapes
from nnlib.explorers.architecture import TASKS


def table(explorer):
    """The texts of the rows that are filled, and the share of each."""
    rows = [[text.get_text() for text in row] for row in explorer.rows]
    shares = [bar.get_width() for bar in explorer.shares if bar.get_visible()]
    return [row for row in rows if any(row)], shares


@pytest.mark.parametrize("sizes", [[3, 4, 2], [784, 128, 64, 10], [5, 1], [2, 3, 3, 3, 1]])
def test_the_twin_agrees_with_the_arrays_that_initialization_draws(sizes):
    parameters = initialize_parameters(sizes)
    layers = layer_shapes(sizes)
    assert len(layers) == len(sizes) - 1
    for l, layer in enumerate(layers, start=1):
        W, b = parameters[f"W{l}"], parameters[f"b{l}"]
        assert layer == (W.shape, b.shape, W.size + b.size)


def test_by_hand():
    assert layer_shapes([3, 4, 2]) == [((4, 3), (4, 1), 16), ((2, 4), (2, 1), 10)]


@pytest.mark.parametrize("sizes", [[3], [], [3, 0, 2], [3, 2.5]])
def test_sizes_that_make_no_network_are_an_error(sizes):
    with pytest.raises(ValueError):
        layer_shapes(sizes)


@pytest.mark.parametrize(
    ("task", "hidden", "sizes"),
    [
        ("3 features, 2 answers", (), [3, 2]),
        ("3 features, 2 answers", (256, 1, 5), [3, 256, 1, 5, 2]),
        ("digits of 8 × 8", (16,), [64, 16, 10]),
        ("digits of 28 × 28", (64, 128), [784, 64, 128, 10]),
    ],
)
def test_diagram_table_and_read_out_agree_with_the_twin(numbers_in, task, hidden, sizes):
    explorer = architecture_explorer()
    explorer.controls["task"].value = task
    explorer.controls["hidden"].value = len(hidden)
    for l, n in enumerate(hidden, start=1):
        explorer.controls[f"n{l}"].value = n
    assert explorer.diagram.get_title() == str(sizes)
    captions = [text.get_text() for text in explorer.diagram.texts if "\n" in text.get_text()]
    assert [numbers_in(caption.split("\n")[1])[0] for caption in captions] == sizes

    layers, total = layer_shapes(sizes), count_parameters(sizes)
    rows, shares = table(explorer)
    assert [numbers_in(" ".join(row)) for row in rows] == [
        [l, *layer.W, *layer.b, layer.parameters] for l, layer in enumerate(layers, start=1)
    ]
    assert shares == pytest.approx([layer.parameters / total for layer in layers])
    assert numbers_in(explorer.sum[1].get_text()) == [total]

    verdict, depth, share, product = explorer.readout.value.split("<br>")
    assert numbers_in(verdict) == [total] and numbers_in(depth) == [len(layers)]
    assert numbers_in(share) == pytest.approx([1, 100 * layers[0].parameters / total], abs=0.051)
    n_out, n_in = layers[0].W
    assert numbers_in(product) == [n_out, n_in, n_out, n_out * n_in + n_out]


def test_a_new_task_starts_with_hidden_layers_of_its_own():
    explorer = architecture_explorer()
    for task, (inputs, outputs, hidden) in [*TASKS.items(), *TASKS.items()]:
        explorer.controls["task"].value = task
        assert explorer.diagram.get_title() == str([inputs, *hidden, outputs])
        explorer.controls["hidden"].value = 3  # a layer that is added is as wide as the last, whatever was there before
        added = [hidden[-1]] * (3 - len(hidden))
        assert explorer.diagram.get_title() == str([inputs, *hidden, *added, outputs])
        explorer.controls["n3"].value = 256


def test_only_layers_that_are_there_have_neurons_to_set():
    explorer = architecture_explorer()
    for hidden in (0, 1, 2, 3, 1):
        explorer.controls["hidden"].value = hidden
        assert [explorer.controls[f"n{l}"].disabled for l in (1, 2, 3)] == [l > hidden for l in (1, 2, 3)]
