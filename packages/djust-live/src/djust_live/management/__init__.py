"""Commands of djust-live."""
