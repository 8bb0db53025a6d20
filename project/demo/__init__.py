"""The demo: one county with real place names and invented schools and people, made through the services like everything else."""
