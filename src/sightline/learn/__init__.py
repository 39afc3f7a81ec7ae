"""Small convex learners that every job shares: pure functions of arrays."""
