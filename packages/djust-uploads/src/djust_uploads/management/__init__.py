"""Commands of djust-uploads."""
