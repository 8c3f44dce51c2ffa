"""What was filed, and how what is known has moved since."""
