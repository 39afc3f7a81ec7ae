"""Accept or reject the cell candidates of a calcium recording (ActSort)."""
