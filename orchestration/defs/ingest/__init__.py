"""From landing to raw."""
