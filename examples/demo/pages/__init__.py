"""The pages of the demo: one module and one template a page."""
