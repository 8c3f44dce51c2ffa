"""Publications under test: a stand-in for a built warehouse, and its readers."""
