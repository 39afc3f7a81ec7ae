"""The 76 features of the set ``sightline`` once more, the obvious way: NumPy, SciPy and loops.

Baseline of `prepare.py`, and oracle of the tests: written from the formulas (the paper's appendix
A.1.3 and the corrections in `sightline.data.feature_set`), sharing no code with the package's own.
Features 35 and 46 need the other candidates and are NaN.
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, signal
from scipy.special import ndtr

from sightline.data.evidence import CandidateEvidence

Array = NDArray[np.float64]

NAN = float("nan")
EIGHT = np.ones((3, 3))
CLOCKWISE = [(0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1)]
STRAIGHT, DIAGONAL, CORNER = 0.980, 1.406, -0.091


def plain_features(evidence: CandidateEvidence) -> Array:
    """Features (76,) of one candidate."""
    weights = np.maximum(np.nan_to_num(evidence.footprint.astype(float), posinf=0), 0)
    if weights.max() > 0:
        weights /= weights.max()
    trace = evidence.trace.astype(float)
    values = np.full(76, NAN)
    if len(trace) and np.isfinite(trace).all() and np.ptp(trace) > 0:
        values[:36] = _trace_features(trace - np.median(trace))
    if weights.any():
        values[36:46] = _footprint_features(weights, evidence)
        movie = _quiet_movie(evidence)
        if movie is not None:
            values[46:] = _movie_features(weights, *movie)
    return values


def _hazen(values: Array, share: float) -> float:
    values = np.asarray(values)[~np.isnan(values)]
    return float(np.quantile(values, share, method="hazen")) if len(values) else NAN


def _nearest(number: float) -> int:
    return int(np.floor(number + 0.5))


def _noise(values: Array) -> float:
    half = int(np.ceil(len(values) / 2))
    power = np.abs(np.fft.fft(values)[:half]) ** 2 / (2 * half)
    power[0] /= 2
    return float(np.sqrt(power[max(_nearest(half / 2), 1) - 1 :].mean()))


# ---------------------------------------------------------------------------- trace, 1-36


def _trace_features(trace: Array) -> list[float]:
    """`trace` is measured from its median."""
    sigma, smooth = _noise(trace), signal.medfilt(trace, 3)
    active = smooth > 0.3 * smooth.max()
    distance = np.abs(trace - smooth)[active] / np.maximum(smooth, trace)[active]
    scaled = (trace - trace.mean()) / trace.std(ddof=1)
    high = scaled[scaled >= _hazen(scaled, 0.9)]
    smooth_scaled = (smooth - smooth.mean()) / smooth.std()
    top = smooth_scaled[smooth_scaled >= _hazen(smooth_scaled, 0.99)]
    peaks = _peak_features(trace, sigma)
    return [
        smooth.max() / (np.sqrt(2) * sigma),
        distance.mean(),
        peaks[0],
        high.std(ddof=1),
        *peaks[1:],
        *(value for k in (1, 3, 10, 30, 100, 300) for value in _level(trace, k * sigma)),
        *_bands(trace),
        NAN,
        top.mean(),
    ]


def _peak_features(trace: Array, sigma: float) -> list[float]:
    """Features 3 and 5-11."""
    _, found = signal.find_peaks(trace, plateau_size=1)
    frames = found["left_edges"]
    prominences = signal.peak_prominences(trace, frames)[0]
    strong = prominences >= max(_hazen(trace, 0.9) / 2, 0.1 * trace.max(), 3 * sigma)
    widths, strong_widths = _widths(trace, frames), _widths(trace, frames[strong])
    return [
        (~strong).sum() / len(trace) * 1000,
        _interval(frames[strong]),
        _interval(frames[~strong]),
        _interval(frames),
        np.mean(widths) if widths else NAN,
        np.mean(strong_widths) if strong_widths else NAN,
        np.std(widths, ddof=1) if len(widths) > 1 else NAN,
        np.std(strong_widths, ddof=1) if len(strong_widths) > 1 else NAN,
    ]


def _interval(frames: NDArray[np.intp]) -> float:
    return (frames[-1] - frames[0]) / (len(frames) - 1) if len(frames) > 1 else NAN


def _widths(trace: Array, frames: NDArray[np.intp]) -> list[float]:
    """At half the height above zero, if the valley to the next peak or end does not come first."""
    ends = [0, *frames, len(trace) - 1]
    valleys = [a + int(np.argmin(trace[a : b + 1])) for a, b in pairwise(ends)]
    widths = []
    for peak, first, last in zip(frames, valleys, valleys[1:], strict=False):
        half = trace[peak] / 2
        if half <= 0:
            continue
        left = peak
        while left > first and trace[left] > half:
            left -= 1
        right = peak
        while right < last and trace[right] > half:
            right += 1
        start, end = float(left), float(right)
        if trace[left] <= half:
            start += (half - trace[left]) / (trace[left + 1] - trace[left])
        if trace[right] <= half:
            end -= (half - trace[right]) / (trace[right - 1] - trace[right])
        widths.append(end - start)
    return widths


def _level(trace: Array, level: float) -> tuple[float, float, float]:
    """Power, fraction of frames and events per 1,000 frames at or above a level."""
    active = np.where(trace >= level, trace, 0)
    smooth = np.convolve(signal.medfilt(active, 3), np.array([1, 4, 10, 4, 1]) / 20, "same")
    least = level / trace.max() * smooth.max()
    frames = [
        t
        for t in range(1, len(trace) - 1)
        if smooth[t] > least and smooth[t] >= max(smooth[t - 1], smooth[t + 1])
    ]
    while True:
        close = [(a, b) for a, b in pairwise(frames) if b - a < 3]
        if not close:
            break
        lower = {a if smooth[a] <= smooth[b] else b for a, b in close}
        frames = [t for t in frames if t not in lower]
    events = sum(active[max(t - 2, 0) : t + 3].max() > 0 for t in frames)
    power = float((active**2).sum() / (trace**2).sum())
    return power, float((active > 0).mean()), events / len(trace) * 1000


def _bands(trace: Array) -> list[float]:
    count = _nearest(len(trace) / 2)
    power = np.abs(np.fft.fft(trace - trace.mean())[:count]) ** 2
    power /= power.sum()
    bands = ((0, 0.05), (0.05, 0.95), (0.5, 1), (0, 0.5), (0.95, 1))
    return [
        power[max(1, _nearest(low * count)) - 1 : _nearest(high * count)].sum()
        for low, high in bands
    ]


# ---------------------------------------------------------------------------- footprint, 37-46


def _footprint_features(weights: Array, evidence: CandidateEvidence) -> list[float]:
    top, left, *_ = evidence.crop
    height, width = evidence.image_shape
    body = weights > 0.1
    parts, count = ndimage.label(body, EIGHT)
    walks = [_walk(parts == part) for part in range(1, count + 1)]
    y, x = ndimage.center_of_mass(weights)
    y, x = y + top, x + left
    cores, number = ndimage.label(weights > 0.3, EIGHT)
    core = cores == 1 + int(np.argmax([(cores == part).sum() for part in range(1, number + 1)]))
    return [
        body.sum(),
        count,
        weights.sum(),
        sum(np.hypot(*step) for walk in walks for step in walk),
        min(y, height - 1 - y, x, width - 1 - x) + 0.5,
        4 * np.pi * core.sum() / (_perimeter(core) + np.pi) ** 2,
        _elongation(core),
        weights.sum() / (height * width),
        _spatial_corruption(weights, evidence),
        NAN,
    ]


def _walk(part: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Steps around one part: always the first pixel clockwise from where the walk came."""
    part = np.pad(part, 1)
    y, x = start = tuple(np.argwhere(part)[0])
    steps: list[tuple[int, int]] = []
    came, first = 4, None
    while True:
        for turn in range(1, 9):
            direction = (came + turn) % 8
            if part[y + CLOCKWISE[direction][0], x + CLOCKWISE[direction][1]]:
                break
        else:
            return steps
        if (y, x) == start and direction == first:
            return steps
        first = direction if first is None else first
        steps.append(CLOCKWISE[direction])
        y, x = y + steps[-1][0], x + steps[-1][1]
        came = (direction + 4) % 8


def _perimeter(part: NDArray[np.bool_]) -> float:
    kinds = [(abs(y), abs(x)) for y, x in _walk(part)]
    diagonal = kinds.count((1, 1))
    corners = sum(kinds[i] != kinds[i - 1] for i in range(len(kinds)))
    return STRAIGHT * (len(kinds) - diagonal) + DIAGONAL * diagonal + CORNER * corners


def _elongation(part: NDArray[np.bool_]) -> float:
    y, x = np.nonzero(part)
    moments = np.cov(y, x, ddof=0) + np.eye(2) / 12
    minor, major = np.linalg.eigvalsh(moments)
    return float(np.sqrt(major / minor))


def _spatial_corruption(weights: Array, evidence: CandidateEvidence) -> float:
    top, left, bottom, right = evidence.crop
    image = np.zeros(evidence.image_shape)
    image[top:bottom, left:right] = weights
    padded = np.pad(image, 2, mode="edge")
    local, overall = [], []
    mean = image[image > 0.001].mean()
    for y, x in np.argwhere(image > 0.001):
        box = padded[y + 1 : y + 5, x + 1 : x + 5].mean()
        local.append((image[y, x] - box) ** 2 / max(box, 0.01))
        overall.append((image[y, x] - mean) ** 2 / max(mean, 0.01))
    return float(np.mean(local) / np.mean(overall)) if np.any(overall) else NAN


# ---------------------------------------------------------------------------- movie, 47-76


def _quiet_movie(evidence: CandidateEvidence) -> tuple[Array, Array, NDArray[np.intp]] | None:
    """Frames (frame, height, width), trace and window, above the level of the quietest fifth."""
    if evidence.snapshots is None or not len(evidence.snapshots):
        return None
    good = np.isfinite(evidence.snapshots).all((2, 3)) & np.isfinite(evidence.snapshot_traces)
    movie = evidence.snapshots[good].astype(float)
    trace = evidence.snapshot_traces[good].astype(float)
    if not len(movie) or not np.ptp(movie, 0).any():
        return None
    quiet = np.argsort(trace, kind="stable")[: int(np.ceil(len(trace) / 5))]
    return movie - movie[quiet].mean(0), trace - trace[quiet].mean(), np.nonzero(good)[0]


def _movie_features(
    weights: Array, movie: Array, trace: Array, window: NDArray[np.intp]
) -> list[float]:
    shares = _contamination(weights, movie)
    return [
        shares.mean(),
        shares.min(),
        _hazen(shares, 0.1),
        _hazen(shares, 0.2),
        *_surroundings(weights, movie, trace, window),
        *_image_correlations(weights, movie, trace),
    ]


def _contamination(weights: Array, movie: Array) -> Array:
    a, pixels = weights.ravel(), movie.reshape(len(movie), -1)
    sigma = np.median([_noise(pixel) for pixel in pixels.T])
    m = (a > 0) / (1 + a)
    m /= m.sum()
    pull = 0.05 * (a.sum() / (a > 0).sum()) * (a.sum() / (a**2).sum())
    return np.array([_contaminated_share(a, frame, sigma, m, pull) for frame in pixels])


def _contaminated_share(a: Array, frame: Array, sigma: float, m: Array, pull: float) -> float:
    x = max(0, a @ frame / (a @ a))
    kappa, share = 1.0, NAN
    for iteration in range(1, 31):
        residual = frame - a * x
        if iteration in (15, 20, 23):
            positive = m[residual > 0].sum()
            e = _share(positive, kappa, pull)
            kappa = -0.3775 * np.log(max(e, 0.001)) - 0.0597 * e + 0.0544
            share = _share(positive, kappa, pull)
        outside = residual >= kappa * sigma
        inside = a[~outside]
        if inside.any():
            whole = inside @ frame[~outside] + kappa * sigma * a[outside].sum()
            x = max(0, whole / (inside @ inside))
    return share


def _share(positive: float, kappa: float, pull: float) -> float:
    density = np.exp(-(kappa**2) / 2) / np.sqrt(2 * np.pi)
    below = ndtr(kappa)
    factor = density / below + kappa
    guess = 1 - 1 / (density / kappa + below)
    share = guess - (1 - (1 - guess) / 2 - positive) / (0.5 - 0.3989 * pull * factor)
    share = min(max(share, 0.001), 0.99)
    for low, high in ((0.3, 0.5), (0.5, 0.7), (0.7, 0.9)):
        if low < share < high:
            return high
    return share


def _near(weights: Array, sd: float, reach: int) -> NDArray[np.bool_]:
    """Where the smoothed footprint is not negligible."""
    smooth = ndimage.gaussian_filter(weights, sd, radius=reach, mode="constant")
    return smooth / smooth.max() > 0.01


def _welch_noise(trace: Array) -> float:
    length = int(len(trace) / 4.5)
    if length < 1:
        return NAN
    padded = max(256, 2 ** int(np.ceil(np.log2(length))))
    frequencies, power = signal.welch(
        trace, 1, np.hamming(length), noverlap=length // 2, nfft=padded, detrend=False
    )
    return float(np.sqrt(np.exp(np.log(power[frequencies >= 0.25] / 2).mean())))


def _surroundings(
    weights: Array, movie: Array, trace: Array, window: NDArray[np.intp]
) -> list[float]:
    """Features 51-66."""
    near, wide = _near(weights, 2.4, 6), _near(weights, 4.8, 12)
    level = np.fmin(3 * np.sqrt(2) * _welch_noise(trace - trace.mean()), 0.5 * trace.max())
    image = np.tensordot(np.maximum(0, trace - level), movie, 1)
    close = image * near
    length = np.sqrt((close**2).sum() * (weights**2).sum())
    around = np.where(wide & (weights <= 0.01), np.maximum(image, 0), 0)
    if around.any():
        around /= around.max()
    P, p = _response(weights, movie)
    slope = max(0, np.cov(trace, P)[0, 1] / trace.var(ddof=1)) if np.ptp(trace) > 0 else 0
    T = np.maximum(0, P.mean() + slope * (trace - trace.mean()))
    P, p, Q, q = (np.maximum(0, each) for each in (P, p, *_response(around, movie)))
    a, b, c = [], [], []
    for run in _runs(trace, window):
        a.append(_ratio(np.maximum(0, P - T)[run].sum(), np.maximum(P, T)[run].sum(), 0))
        b.append(_ratio(np.maximum(0, T - Q)[run].sum(), T[run].sum(), 0))
        c.append(_ratio(np.maximum(0, p - q)[run].sum(), p[run].sum(), 0))
    shares = (0.01, 0.25, 0.5, 0.75, 0.99)
    return [
        _ratio((close * weights).sum(), length),
        *(_hazen(np.array(values), share) for values in (a, b, c) for share in shares),
    ]


def _ratio(part: float, whole: float, of_nothing: float = NAN) -> float:
    return part / whole if whole > 0 else of_nothing


def _response(weights: Array, movie: Array) -> tuple[Array, Array]:
    """Of the brightest pixel, and of all."""
    norm = np.sqrt((weights**2).sum())
    if norm == 0:
        return np.zeros(len(movie)), np.zeros(len(movie))
    answer = np.array([(weights * frame).sum() for frame in movie]) / norm
    return answer * weights.max() / norm, answer


def _runs(trace: Array, window: NDArray[np.intp]) -> list[list[int]]:
    """Frames of each run above half the maximum; a run ends with its window."""
    runs: list[list[int]] = []
    for t in np.flatnonzero(trace > 0.5 * trace.max()):
        if runs and runs[-1][-1] == t - 1 and window[t] == window[t - 1]:
            runs[-1].append(int(t))
        else:
            runs.append([int(t)])
    return runs


def _image_correlations(weights: Array, movie: Array, trace: Array) -> list[float]:
    """Features 67-76."""
    pixels = _near(weights, 2.4, 6) | (weights > 0)
    correlations = np.array([_pearson(weights[pixels], frame[pixels]) for frame in movie])
    known = ~np.isnan(correlations)
    if not (trace[known] > 0).any():
        return [NAN] * 10
    correlations, relative = correlations[known], trace[known] / trace[known].max()
    values = []
    for tenth in range(10):
        above = relative > tenth / 10
        values.append(
            (relative * correlations)[above].sum() / relative[above].sum() if above.any() else NAN
        )
    return values


def _pearson(a: Array, b: Array) -> float:
    a, b = a - a.mean(), b - b.mean()
    return _ratio(a @ b, np.sqrt((a @ a) * (b @ b)))
