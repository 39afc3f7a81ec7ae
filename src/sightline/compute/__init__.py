"""Where long work runs: this machine for now. Progress, stop, resume."""
