"""Definitions by concept; Dagster picks up every object at module level."""
