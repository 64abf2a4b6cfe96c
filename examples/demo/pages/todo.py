"""A to-do list in the database, the same in all tabs of a visitor."""

from __future__ import annotations

from typing import Any, Literal

from django.db.models import F
from django.http import HttpRequest
from djust import LiveView
from djust.decorators import event_handler

from pages.models import Task, TaskList

SAMPLE_TASKS = ["Rename this task", "Move this one up", "Tick this one off"]


class TodoView(LiveView):
    template_name = "pages/todo.html"

    def mount(self, request: HttpRequest, **kwargs: object) -> None:
        if not request.session.session_key:
            request.session.create()
        self.task_list, created = TaskList.objects.get_or_create(
            session_key=request.session.session_key
        )
        if created:
            for title in SAMPLE_TASKS:
                self.task_list.add(title)
        self.shown = "all"
        self.subscribe(self.topic)

    @property
    def topic(self) -> str:
        return f"tasks of list {self.task_list.pk}"

    def handle_info(self, message: str) -> None:
        """A tab has changed the list; what is rendered now shows it."""

    def changed(self) -> None:
        self.broadcast(self.topic, "changed")

    def get_context_data(self, **kwargs: object) -> dict[str, Any]:
        tasks = list(self.task_list.tasks.all())
        return {
            "tasks": [task for task in tasks if self.shows(task)],
            "shown": self.shown,
            "total": len(tasks),
            "open": sum(not task.done for task in tasks),
        }

    def shows(self, task: Task) -> bool:
        return self.shown == "all" or task.done == (self.shown == "done")

    @event_handler
    def add(self, title: str) -> None:
        if title.strip():
            self.task_list.add(title.strip()[:120])
            self.changed()

    @event_handler
    def toggle(self, pk: int) -> None:
        self.task_list.tasks.filter(pk=pk).update(done=~F("done"))
        self.changed()

    @event_handler
    def rename(self, pk: int, value: str) -> None:
        if value.strip():
            self.task_list.tasks.filter(pk=pk).update(title=value.strip()[:120])
            self.changed()

    @event_handler
    def move(self, pk: int, by: Literal[-1, 1]) -> None:
        tasks = [task for task in self.task_list.tasks.all() if self.shows(task)]
        places = {task.pk: place for place, task in enumerate(tasks)}
        if pk in places and 0 <= places[pk] + by < len(tasks):
            self.task_list.swap(tasks[places[pk]], tasks[places[pk] + by])
            self.changed()

    @event_handler
    def remove(self, pk: int) -> None:
        self.task_list.tasks.filter(pk=pk).delete()
        self.changed()

    @event_handler
    def remove_done(self) -> None:
        self.task_list.tasks.filter(done=True).delete()
        self.changed()

    @event_handler
    def show(self, shown: Literal["all", "open", "done"]) -> None:
        self.shown = shown
