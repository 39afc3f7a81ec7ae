"""How far to believe a result: audits, calibration, advice when to stop. Pure functions."""

from sightline.trust.audit import Audit, draw_audit
from sightline.trust.bounds import Estimate, clopper_pearson, wilson
from sightline.trust.calibration import (
    ProbabilityBin,
    ShareGroup,
    brier_score,
    calibration_by_share,
    calibration_curve,
    expected_calibration_error,
)
from sightline.trust.quality import Probes, Quality, estimate_quality
from sightline.trust.stopping import ExpectedChanges, expected_changes

__all__ = [
    "Audit",
    "Estimate",
    "ExpectedChanges",
    "ProbabilityBin",
    "Probes",
    "Quality",
    "ShareGroup",
    "brier_score",
    "calibration_by_share",
    "calibration_curve",
    "clopper_pearson",
    "draw_audit",
    "estimate_quality",
    "expected_calibration_error",
    "expected_changes",
    "wilson",
]
