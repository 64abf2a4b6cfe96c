"""Reactive pages for Django: server-side state, live updates, no JavaScript to write."""
