"""Numbers that tell cells from others, computed from the evidence of each candidate."""
