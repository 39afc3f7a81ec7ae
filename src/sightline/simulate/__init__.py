"""Recordings with known truth, and simulated annotators. Seeded; imports only data."""
