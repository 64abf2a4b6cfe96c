"""Generated templates and contexts, rendered by Django's engine and by djust's."""
