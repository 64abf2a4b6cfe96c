"""Template tags of djust-live."""
