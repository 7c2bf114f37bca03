"""Worker processes of the server, and the jobs that they run."""
