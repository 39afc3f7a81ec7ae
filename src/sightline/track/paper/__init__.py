"""The published method of ZephIR (Yu et al. 2022), term by term, as the preset ``zephir``.

Points start where they are in a parent frame and go down the gradient of a weighted sum of losses:
patches that correlate with a reference's, springs between neighbours, a map of detections, and
brightness that stays. Inside, positions run from -1 to 1 over the edges of the view, since the
method's step sizes and gradients are in those units; at the door they are pixels.
"""
