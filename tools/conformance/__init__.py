"""Run Django's own tests, and the templates of Django applications, with djust's engine."""
