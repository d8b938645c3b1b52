"""The net of a table of falls: trained by scikit-learn on the very steps that hub/falls/net.py takes, packed for it.

Several nets that differ by their first weights are one wide net. Weights are rounded to a byte before anything is
scored, so that what the folds say is what the firmware does.
"""

import math
import struct
import warnings

import numpy
from hub.falls.net import KEPT, LIMIT, STEPS
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

NETS = 2
NET = {"hidden_layer_sizes": (32,), "alpha": 0.01, "learning_rate_init": 0.001, "batch_size": 256, "max_iter": 25}
RARE = 0.5  # per cent at each end that do not count for how wide a feature is


class Net:
    """Shape: `bias` a logit, which is not in the packed bytes."""

    def __init__(self, x, what, seed):
        usual = numpy.clip(x, *numpy.percentile(x, (RARE, 100 - RARE), axis=0))
        self._middle = numpy.clip(numpy.round(usual.mean(0)), -32768, 32767).astype(numpy.int64)
        self._width = numpy.clip(numpy.round(usual.std(0)), 1, 65535).astype(numpy.int64)
        steps = self._steps(x)
        makers = [MLPClassifier(random_state=seed + k, n_iter_no_change=1000, **NET) for k in range(NETS)]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # so many rounds and no more is what is wanted
            models = [maker.fit(steps, what) for maker in makers]
        weights = numpy.concatenate([model.coefs_[0] for model in models], axis=1)
        self._fine = 127 / numpy.maximum(numpy.abs(weights).max(0), 1e-9)  # of each hidden unit: what one is
        self._weights = numpy.round(weights * self._fine)
        self._biases = numpy.concatenate([model.intercepts_[0] for model in models])
        self._out = numpy.concatenate([model.coefs_[1][:, 0] for model in models]) / NETS
        self.bias = float(sum(model.intercepts_[1][0] for model in models)) / NETS

    def _steps(self, x):
        steps = (x.astype(numpy.int64) - self._middle) * STEPS // self._width
        return (numpy.clip(steps, -LIMIT, LIMIT) / STEPS).astype(numpy.float32)

    def score(self, x):
        """Logits."""
        hidden = numpy.maximum(0, self._steps(x) @ (self._weights / self._fine) + self._biases)
        return hidden @ self._out + self.bias

    def packed(self, share):
        """The bytes that hub/falls/net.py reads; `share` of the score is this net's."""
        each = 1000 * share * self._out / (STEPS * self._fine)  # what one of a hidden unit's sum is worth
        down = int(math.log2(32767 / numpy.abs(each).max()))
        out = struct.pack("<BBBB", len(each), len(self._middle), down - KEPT, 0)
        for middle, width in zip(self._middle, self._width, strict=True):
            out += struct.pack("<hH", middle, width)
        for bias, fine, worth in zip(self._biases, self._fine, each, strict=True):
            out += struct.pack("<ihh", round(bias * fine * STEPS), round(worth * 2**down), 0)
        return out + (self._weights.T + 128).astype(numpy.uint8).tobytes()
