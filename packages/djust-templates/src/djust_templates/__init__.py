"""The Django template language in Rust, as a Django TEMPLATES backend."""
