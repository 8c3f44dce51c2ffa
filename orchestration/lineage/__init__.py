"""Which landed column each column comes from."""
