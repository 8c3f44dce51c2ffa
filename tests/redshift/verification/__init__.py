"""The ladder of checks by which the project is held to Redshift."""

from tests.redshift.verification.cluster import Cluster, RealCluster
from tests.redshift.verification.ladder import Size, verify

__all__ = ["Cluster", "RealCluster", "Size", "verify"]
