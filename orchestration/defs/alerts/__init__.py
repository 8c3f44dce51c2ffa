"""Telling people when a run failed."""
