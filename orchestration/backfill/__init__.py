"""History by other rules: posted as differences, so that what was known stays."""
