"""How a trained model is gone on with on a few images of another kind."""

from typing import Any, Final

ADAPTED: Final[dict[str, Any]] = {"learning_rate": 1e-3, "iterations": 120}
"""Settings that differ: few and small steps, so that what was learnt before is not lost."""
