"""The system check of djust-uploads."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error

from djust_uploads import spool
from djust_uploads.errors import UnsafeUploadDir


def check_upload_dir(**kwargs: Any) -> list[CheckMessage]:
    """See that files can be kept, and that nobody else can read them."""
    try:
        spool.root()
    except UnsafeUploadDir as error:
        return [Error(str(error), hint=error.hint, id="djust.U001")]
    except OSError as error:
        hint = "Let DJUST['UPLOAD_DIR'] be a folder that the server may write to."
        return [Error(f"Uploaded files cannot be kept: {error}", hint=hint, id="djust.U001")]
    return []
