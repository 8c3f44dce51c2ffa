"""Who may see what: the policy in the seeds, applied to what the project declares."""
