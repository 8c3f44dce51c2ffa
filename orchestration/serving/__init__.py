"""What readers open: one read-only file per audience, published, kept and taken back."""
