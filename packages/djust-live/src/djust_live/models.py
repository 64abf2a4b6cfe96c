"""The table of the ``db`` state backend."""

from __future__ import annotations

import datetime

from django.db import models


class SavedState(models.Model):
    """The last checkpoint of one page.

    Attributes:
        page_id: Names the page view, in hexadecimal.
        epoch: Of the owner that wrote it or claimed it last.
        data: Sealed.
        expires: When nobody will ask for it any more.
    """

    page_id: models.CharField[str, str] = models.CharField(primary_key=True, max_length=64)
    epoch: models.BigIntegerField[int, int] = models.BigIntegerField()
    data: models.BinaryField[bytes, bytes] = models.BinaryField()
    expires: models.DateTimeField[datetime.datetime, datetime.datetime] = models.DateTimeField(
        db_index=True
    )

    class Meta:
        """Names in the database and in the admin."""

        app_label = "djust_live"
        verbose_name = "saved state"
        verbose_name_plural = "saved states"

    def __str__(self) -> str:
        return self.page_id
