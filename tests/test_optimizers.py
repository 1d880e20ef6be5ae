import warnings

import numpy as np
import pytest
from sklearn.neural_network._stochastic_optimizers import AdamOptimizer, SGDOptimizer

from nnlib.network import NeuralNetwork
from nnlib.optimizers import OPTIMIZERS, Adam, GradientDescent, Momentum, Optimizer, RMSProp, update_parameters

ALL = [GradientDescent, Momentum, RMSProp, Adam]


def parameters_and_gradients():
    parameters = {"W1": np.array([[1.0, 2.0]]), "b1": np.array([[0.5]])}
    gradients = {"dW1": np.array([[10.0, -4.0]]), "db1": np.array([[1.0]])}
    return parameters, gradients


def start(dtype=np.float64):
    rng = np.random.default_rng(0)
    return {name: rng.normal(size=shape).astype(dtype) for name, shape in {"W1": (3, 4), "b1": (3, 1)}.items()}


def gradients_of(step, parameters):
    """Gradients from 1e-4 to 1e3 that depend on nothing but the step."""
    rng = np.random.default_rng(step)
    return {
        f"d{name}": (rng.normal(size=value.shape) * 10 ** rng.uniform(-4, 3, value.shape)).astype(value.dtype)
        for name, value in parameters.items()
    }


def walk(optimizer, parameters, steps=range(50)):
    for step in steps:
        optimizer.step(parameters, gradients_of(step, parameters))
    return parameters


def assert_same(arrays, others):
    assert arrays.keys() == others.keys()
    for name in arrays:
        np.testing.assert_array_equal(arrays[name], others[name])


def test_update_parameters_returns_new_ones():
    parameters, gradients = parameters_and_gradients()
    updated = update_parameters(parameters, gradients, 0.1)
    assert updated["W1"] == pytest.approx(np.array([[0.0, 2.4]]))
    assert updated["b1"] == pytest.approx(np.array([[0.4]]))
    assert parameters["W1"].tolist() == [[1.0, 2.0]]
    assert gradients["dW1"].tolist() == [[10.0, -4.0]]


def test_gradient_descent_agrees_with_update_parameters():
    parameters, gradients = parameters_and_gradients()
    expected = update_parameters(parameters, gradients, 0.1)
    GradientDescent(0.1).step(parameters, gradients)
    assert_same(parameters, expected)


@pytest.mark.parametrize(
    ("optimizer", "gradients", "expected"),
    [
        # v = −0.2, then 0.5 · −0.2 − 0.4 = −0.5
        (Momentum(0.1, momentum=0.5), (2.0, 4.0), (0.8, 0.3)),
        # s = 16/4 = 4, then 3 + 4/4 = 4; steps 0.1 · 4/(2 + 2) and 0.1 · 2/(2 + 2)
        (RMSProp(0.1, decay=0.75, epsilon=2), (4.0, 2.0), (0.9, 0.85)),
        # m̂ = 4, v̂ = 16, step 0.1 · 4/(4 + 1); then m = 2/2 + 2/2, m̂ = 2/(3/4), v = 3 + 4/4, v̂ = 4/(7/16)
        (Adam(0.1, beta1=0.5, beta2=0.75, epsilon=1), (4.0, 2.0), (0.92, 0.92 - 0.1 * (8 / 3) / (8 / 7**0.5 + 1))),
    ],
    ids=lambda value: type(value).__name__,
)
def test_two_steps_worked_by_hand(optimizer, gradients, expected):
    parameters = {"W1": np.array([[1.0]])}
    for count, (gradient, value) in enumerate(zip(gradients, expected), start=1):
        optimizer.step(parameters, {"dW1": np.array([[gradient]])})
        assert parameters["W1"].item() == pytest.approx(value, rel=1e-14)
        assert optimizer.steps == count


def test_adam_is_algorithm_1_of_its_paper():
    ours, eta, beta1, beta2, epsilon = start(), 0.02, 0.8, 0.95, 1e-3
    adam = Adam(eta, beta1, beta2, epsilon)
    theta = start()
    m, v = ({name: np.zeros_like(value) for name, value in theta.items()} for _ in range(2))
    for t in range(1, 51):
        walk(adam, ours, [t])
        for name, value in theta.items():
            g = gradients_of(t, theta)[f"d{name}"]
            m[name] = beta1 * m[name] + (1 - beta1) * g
            v[name] = beta2 * v[name] + (1 - beta2) * g**2
            m_hat = m[name] / (1 - beta1**t)
            v_hat = v[name] / (1 - beta2**t)
            theta[name] = value - eta * m_hat / (np.sqrt(v_hat) + epsilon)
            np.testing.assert_allclose(ours[name], theta[name], rtol=1e-11, atol=1e-14)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        # Scikit-learn adds epsilon before the bias correction: the same only where it is negligible.
        (
            lambda: Adam(0.02, 0.8, 0.95, 1e-30),
            lambda arrays: AdamOptimizer(arrays, 0.02, beta_1=0.8, beta_2=0.95, epsilon=1e-30),
        ),
        (lambda: Momentum(0.02, 0.8), lambda arrays: SGDOptimizer(arrays, 0.02, momentum=0.8, nesterov=False)),
    ],
    ids=["Adam", "Momentum"],
)
def test_steps_agree_with_scikit_learns(ours, theirs):
    optimizer, parameters, arrays = ours(), start(), list(start().values())
    reference = theirs(arrays)
    for step in range(50):
        walk(optimizer, parameters, [step])
        reference.update_params(arrays, list(gradients_of(step, start()).values()))
        for value, expected in zip(parameters.values(), arrays, strict=True):
            np.testing.assert_allclose(value, expected, rtol=1e-11, atol=1e-14)


def test_rmsprop_is_its_equation():
    ours, theta = start(), start()
    rmsprop = RMSProp(0.02, 0.8, 1e-3)
    s = dict.fromkeys(theta, 0.0)
    for step in range(50):
        walk(rmsprop, ours, [step])
        for name in theta:
            g = gradients_of(step, theta)[f"d{name}"]
            s[name] = 0.8 * s[name] + 0.2 * g**2
            theta[name] = theta[name] - 0.02 * g / (np.sqrt(s[name]) + 1e-3)
            np.testing.assert_allclose(ours[name], theta[name], rtol=1e-11, atol=1e-14)


def test_adams_first_step_is_the_learning_rate_whatever_the_gradient():
    parameters = {"W1": np.zeros((1, 4))}
    Adam(0.01).step(parameters, {"dW1": np.array([[1e-3, -1.0, 30.0, -1e6]])})
    np.testing.assert_allclose(parameters["W1"], [[-0.01, 0.01, -0.01, 0.01]], rtol=2e-5)


def test_momentum_0_is_plain_descent():
    assert_same(walk(Momentum(0.1, 0), start()), walk(GradientDescent(0.1), start()))


@pytest.mark.parametrize("kind", ALL)
def test_a_step_works_in_place_and_leaves_the_gradients_alone(kind):
    parameters, gradients = parameters_and_gradients()
    arrays, before = dict(parameters), {name: value.copy() for name, value in gradients.items()}
    assert kind(0.1).step(parameters, gradients) is None
    assert all(parameters[name] is array for name, array in arrays.items())
    assert parameters["W1"].tolist() != [[1.0, 2.0]]
    assert_same(gradients, before)


@pytest.mark.parametrize("kind", ALL)
def test_the_memory_is_keyed_and_shaped_like_the_parameters(kind):
    optimizer = kind(0.1)
    assert all(arrays == {} for arrays in optimizer.memory.values())
    walk(optimizer, start())
    assert set(optimizer.memory) == set(kind.remembers)
    for arrays in optimizer.memory.values():
        assert {name: array.shape for name, array in arrays.items()} == {"W1": (3, 4), "b1": (3, 1)}


@pytest.mark.parametrize("learning_rate", [np.float64(0.1), np.float32(0.1), 0.1, 1])
@pytest.mark.parametrize("kind", ALL)
def test_float32_stays_float32_whatever_the_learning_rate_is(kind, learning_rate):
    parameters = start(np.float32)
    optimizer = kind(learning_rate)
    assert update_parameters(parameters, gradients_of(0, parameters), learning_rate)["W1"].dtype == np.float32
    walk(optimizer, parameters)
    remembered = [array for arrays in optimizer.memory.values() for array in arrays.values()]
    assert {array.dtype for array in (*parameters.values(), *remembered)} == {np.dtype(np.float32)}


@pytest.mark.parametrize("kind", ALL)
def test_float32_follows_float64(kind):
    in_float64 = walk(kind(0.01), {name: value.astype(np.float64) for name, value in start(np.float32).items()})
    in_float32 = walk(kind(0.01), start(np.float32))
    for name in in_float64:
        np.testing.assert_allclose(in_float32[name], in_float64[name], rtol=1e-4, atol=1e-4)


BAD_GRADIENTS = [
    ("dW1", np.ones((1, 1)), r"dW1 has shape \(1, 1\); expected \(1, 2\), like W1"),
    ("db1", np.ones(1), r"db1 has shape \(1,\); expected \(1, 1\), like b1.*keepdims=True"),
    ("db1", None, "gradients has no db1; expected one for each of W1, b1"),
]


@pytest.mark.parametrize(("name", "gradient", "message"), BAD_GRADIENTS)
@pytest.mark.parametrize("kind", ALL)
def test_gradients_that_do_not_fit_are_refused_and_change_nothing(kind, name, gradient, message):
    parameters, gradients = parameters_and_gradients()
    optimizer = kind(0.1)
    optimizer.step(parameters, gradients)
    before, state = {key: value.copy() for key, value in parameters.items()}, optimizer.state()
    gradients[name] = gradient
    if gradient is None:
        del gradients[name]
    for update in (optimizer.step, lambda *both: update_parameters(*both, 0.1)):
        with pytest.raises(ValueError, match=message):
            update(parameters, gradients)
        assert_same(parameters, before)
        assert_same(optimizer.state(), state)


@pytest.mark.parametrize(
    ("shapes", "differing"),
    [
        ({"W1": (3, 5), "b1": (3, 1)}, "W1"),
        ({"W1": (3, 4), "b1": (3, 1), "W2": (2, 3), "b2": (2, 1)}, "W2, b2"),
        ({"W1": (3, 4)}, "b1"),
        ({"W0": (3, 4), "W1": (3, 5), "b1": (3, 1)}, "W0, W1"),
    ],
)
@pytest.mark.parametrize("kind", [Momentum, RMSProp, Adam])
def test_parameters_of_another_network_are_refused_and_change_nothing(kind, shapes, differing):
    optimizer = kind(0.1)
    walk(optimizer, start())
    state = optimizer.state()
    others = {name: np.ones(shape) for name, shape in shapes.items()}
    with pytest.raises(ValueError, match=f"{differing}: this {kind.__name__} remembers other parameters.*make a new"):
        optimizer.step(others, {f"d{name}": value for name, value in others.items()})
    assert all((value == 1).all() for value in others.values())
    assert_same(optimizer.state(), state)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("kind", ALL)
def test_a_restored_state_goes_on_bit_for_bit(kind, dtype):
    optimizer, parameters = kind(0.3), start(dtype)
    walk(optimizer, parameters, range(20))
    state, halfway = optimizer.state(), {name: value.copy() for name, value in parameters.items()}
    restored = kind()
    restored.restore(state)
    assert repr(restored) == repr(optimizer)
    walk(optimizer, parameters, range(20, 50))
    walk(restored, halfway, range(20, 50))
    assert_same(halfway, parameters)
    assert_same(restored.state(), optimizer.state())


@pytest.mark.parametrize("kind", ALL)
def test_a_state_shares_nothing(kind):
    optimizer, other, parameters = kind(0.3), kind(), start()
    walk(optimizer, parameters, range(3))
    state = optimizer.state()
    kept = {name: np.array(value) for name, value in state.items()}
    walk(optimizer, parameters, range(3))
    other.restore(state)
    walk(other, parameters, range(3))
    assert_same(state, kept)


@pytest.mark.parametrize("kind", ALL)
def test_a_state_from_before_the_first_step_forgets_the_steps(kind):
    optimizer, fresh = kind(0.3), kind(0.3).state()
    walk(optimizer, start())
    optimizer.restore(fresh)
    assert_same(walk(optimizer, start()), walk(kind(0.3), start()))


@pytest.mark.parametrize("steps", [0, 2])
@pytest.mark.parametrize("other", ALL)
@pytest.mark.parametrize("kind", ALL)
def test_the_state_of_another_optimizer_is_refused(kind, other, steps):
    optimizer, stranger = kind(0.1), other(0.7)
    walk(stranger, start(), range(steps))
    if kind is other:
        optimizer.restore(stranger.state())
        assert optimizer.learning_rate == 0.7
        return
    walk(optimizer, start(), range(3))
    state = optimizer.state()
    with pytest.raises(ValueError, match=f"this state is not one of {kind.__name__}: .* differ"):
        optimizer.restore(stranger.state())
    assert_same(optimizer.state(), state)


@pytest.mark.parametrize("learning_rate", [0, -0.1, np.nan, np.inf, "0.1", None, True, [0.1], 1j])
def test_learning_rates_that_make_no_sense_are_refused(learning_rate):
    for kind in ALL:
        with pytest.raises(ValueError, match="learning_rate is .*; expected a"):
            kind(learning_rate)
    with pytest.raises(ValueError, match="learning_rate is .*; expected a"):
        update_parameters(*parameters_and_gradients(), learning_rate)


@pytest.mark.parametrize("value", [1, 1.5, -0.1, np.nan, np.inf, "0.9", None, True])
@pytest.mark.parametrize(
    ("kind", "name"), [(Momentum, "momentum"), (RMSProp, "decay"), (Adam, "beta1"), (Adam, "beta2")]
)
def test_fractions_that_make_no_sense_are_refused(kind, name, value):
    with pytest.raises(ValueError, match=f"{name} is .*; expected a number from 0 to below 1"):
        kind(**{name: value})


@pytest.mark.parametrize("epsilon", [0, -1e-8, np.nan, np.inf, "1e-8", None, True])
@pytest.mark.parametrize("kind", [RMSProp, Adam])
def test_epsilons_that_make_no_sense_are_refused(kind, epsilon):
    with pytest.raises(ValueError, match="epsilon is .*; expected a small positive number"):
        kind(epsilon=epsilon)


def test_an_optimizer_shows_its_numbers():
    assert repr(GradientDescent(0.5)) == "GradientDescent(learning_rate=0.5)"
    assert repr(Adam()) == "Adam(learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-08)"


class SignDescent(Optimizer):
    def update(self, W, dW):
        W -= self.learning_rate * np.sign(dW)


class AverageDescent(Optimizer):
    remembers = ("total",)

    def update(self, W, dW, total):
        total += dW
        W -= self.learning_rate * total / self.steps


X = np.random.default_rng(1).normal(size=(3, 20))
Y = np.eye(2)[(X[0] > 0).astype(int)].T


def test_an_optimizer_of_two_lines_trains_a_network():
    network = NeuralNetwork([3, 4, 2], ["tanh", "softmax"], rng=0)
    before = {name: value.copy() for name, value in network.parameters.items()}
    network.fit(X, Y, 1, False, optimizer=SignDescent(0.01))
    for name, value in before.items():
        np.testing.assert_allclose(np.abs(network.parameters[name] - value), 0.01, rtol=1e-10)
    network.fit(X, Y, 200, False, batch_size=5, optimizer=SignDescent(0.01), rng=0)
    assert network.history["accuracy"][-1] == 1


def test_an_optimizer_of_ones_own_has_a_memory_and_a_state():
    optimizer, restored = AverageDescent(0.5), AverageDescent(1)
    parameters = {"W1": np.array([[1.0]])}
    for gradient, expected in [(2.0, 0.0), (4.0, -1.5), (-6.0, -1.5)]:  # averages 2, 3 and 0
        optimizer.step(parameters, {"dW1": np.array([[gradient]])})
        assert parameters["W1"].item() == expected
    restored.restore(optimizer.state())
    restored.step(parameters, {"dW1": np.array([[8.0]])})  # average 2
    assert parameters["W1"].item() == -2.5


@pytest.mark.parametrize("kind", [Momentum, RMSProp, Adam])
def test_along_a_ravine_it_is_faster_than_plain_descent(kind):
    def distance_left(optimizer):
        parameters = {"W1": np.array([[1.0, 1.0]])}
        for _ in range(150):
            optimizer.step(parameters, {"dW1": parameters["W1"] * [[1.0, 0.01]]})
        return abs(parameters["W1"][0, 1])

    assert distance_left(kind(0.1)) < 0.5 * distance_left(GradientDescent(0.1))


def test_a_step_too_large_for_a_float_gives_no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert update_parameters({"W1": np.array([[-1e308]])}, {"dW1": np.array([[1e308]])}, 10.0)["W1"] == -np.inf
        for kind in OPTIMIZERS.values():
            parameters = {"W1": np.array([[1.0]])}
            kind(1e200).step(parameters, {"dW1": np.array([[1e200]])})


def test_parameters_that_cannot_be_changed_are_refused_before_anything_changes():
    fixed, optimizer = np.ones((1, 1)), Momentum()
    fixed.setflags(write=False)
    for array in (fixed, np.ones((1, 1), int)):
        with pytest.raises(ValueError, match=r"b1 is .*; expected floats that can be changed in place"):
            optimizer.step({"W1": np.ones((1, 2)), "b1": array}, {"dW1": np.ones((1, 2)), "db1": np.ones((1, 1))})
    assert (optimizer.steps, optimizer.memory) == (0, {"velocity": {}})


def test_a_state_is_a_dictionary():
    with pytest.raises(ValueError, match=r"state is 3; expected the dictionary that state\(\) returned"):
        Adam().restore(3)


def test_settings_unless_they_are_given():
    assert repr(GradientDescent()) == "GradientDescent(learning_rate=0.01)"
    assert repr(Momentum()) == "Momentum(learning_rate=0.01, momentum=0.9)"
    assert repr(RMSProp()) == "RMSProp(learning_rate=0.001, decay=0.9, epsilon=1e-08)"
    assert repr(Adam()) == "Adam(learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-08)"
