"""Which question next: pure functions of features, probabilities and what is decided."""
