"""From landed files to raw relations, by the contract of each source."""
