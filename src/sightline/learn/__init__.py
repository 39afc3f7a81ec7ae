"""What every job computes with: small convex learners, compiled loops. Pure."""
