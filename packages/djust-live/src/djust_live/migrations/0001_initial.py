from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="SavedState",
            fields=[
                (
                    "page_id",
                    models.CharField(max_length=64, primary_key=True, serialize=False),
                ),
                ("epoch", models.BigIntegerField()),
                ("data", models.BinaryField()),
                ("expires", models.DateTimeField(db_index=True)),
            ],
            options={
                "verbose_name": "saved state",
                "verbose_name_plural": "saved states",
            },
        ),
    ]
