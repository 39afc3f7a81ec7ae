"""Where long work runs: this machine, or a Dask cluster. Progress, stop, resume."""
