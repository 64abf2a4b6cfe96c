"""The test project of djust-uploads."""
