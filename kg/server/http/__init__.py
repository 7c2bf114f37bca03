"""What stands between a client and the workers: requests, limits, files, caches."""
