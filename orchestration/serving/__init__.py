"""What readers open: a read-only file per audience, published, kept, taken back."""
