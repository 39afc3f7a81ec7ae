"""Follow named points through a deforming video (ZephIR's job). Pure functions over arrays.

Positions are (keypoint, 3) float64 pixels, (z, y, x), pixel centres at whole numbers, NaN where
missing; a flat recording has one plane, at z = 0. A frame is (channel, z, y, x) float32.
"""
