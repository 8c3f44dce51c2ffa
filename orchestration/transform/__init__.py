"""From raw to marts: dbt, and what has to happen around it."""
