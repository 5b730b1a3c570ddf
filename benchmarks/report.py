"""How a benchmark says its figure: what was done, then one JSON object as its last line."""

import json
import platform
import statistics
from collections.abc import Sequence


def median(values: Sequence[float]) -> float:
    """The median of several runs: these machines are shared, a single time says little."""
    return statistics.median(values)


def report(bench: str, *, n: int, value: float, unit: str, baseline: str, ratio: float, **more: object) -> None:
    """Print the last line of a benchmark. ratio: value against the named baseline, measured in the same run."""
    figures = {
        "bench": bench,
        "n": n,
        "value": round(value, 3),
        "unit": unit,
        "baseline": baseline,
        "ratio": round(ratio, 3),
    }
    print(json.dumps(figures | more | {"python": platform.python_version()}, ensure_ascii=False))
