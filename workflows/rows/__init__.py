"""What the pages show: each list in a fixed number of queries, whatever its length."""
