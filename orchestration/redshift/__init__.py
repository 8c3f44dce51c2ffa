"""The production engine: Amazon Redshift, with S3 before it."""
