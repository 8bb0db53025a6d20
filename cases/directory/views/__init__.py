"""Pages about accounts, people, organisations and places."""
