"""The Python around the dbt project: simulate, load, build, observe."""
