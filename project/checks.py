"""What `manage.py check` asks of a house that is about to open."""
