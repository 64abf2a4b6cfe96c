"""What a render costs, against Django's own engine and other engines in the same run."""
