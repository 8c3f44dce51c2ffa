"""From marts to the files that readers open."""
