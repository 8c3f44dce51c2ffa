"""How long things are kept, from the seed `retention_policies`."""
