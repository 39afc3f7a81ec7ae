"""One file per foreign format. Foreign files are hostile until checked; none is executed."""
