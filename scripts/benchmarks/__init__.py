"""What scripts/bench measures at scale."""
