"""What the to-do page stores: one list a visitor, found by session."""

from __future__ import annotations

from django.db import models, transaction


class TaskList(models.Model):
    """The tasks of one visitor."""

    session_key = models.CharField(max_length=40, unique=True)

    def __str__(self) -> str:
        return f"Task list {self.pk}"

    def add(self, title: str) -> Task:
        """Append a task with this title and return it."""
        last = self.tasks.aggregate(models.Max("position"))["position__max"]
        return self.tasks.create(title=title, position=0 if last is None else last + 1)

    def swap(self, first: Task, second: Task) -> None:
        """Let two tasks of this list change places."""
        first.position, second.position = second.position, first.position
        with transaction.atomic():
            first.save(update_fields=["position"])
            second.save(update_fields=["position"])


class Task(models.Model):
    """One line of a to-do list."""

    task_list = models.ForeignKey(TaskList, on_delete=models.CASCADE, related_name="tasks")
    title = models.CharField(max_length=120)
    done = models.BooleanField(default=False)
    position = models.PositiveIntegerField()

    class Meta:
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.title
