"""Cell candidates and verdicts of other programs, read as a `CandidateSet`, and written back."""
