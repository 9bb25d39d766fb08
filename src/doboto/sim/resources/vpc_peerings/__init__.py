"""VPC peerings."""
