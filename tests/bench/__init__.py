"""What the warehouse costs beside the best SQL that we could write by hand."""
