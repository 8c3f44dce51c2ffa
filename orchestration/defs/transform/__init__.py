"""From raw to marts."""
