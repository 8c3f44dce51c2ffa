"""Publications under test: a stand-in for a built warehouse, and readers of its files."""
