from __future__ import annotations

import django
from django.conf import settings

if not settings.configured:
    settings.configure(SECRET_KEY="only-for-tests")  # pragma: allowlist secret
    django.setup()
