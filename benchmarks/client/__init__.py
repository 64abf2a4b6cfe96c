"""What applying ops costs in a browser."""
