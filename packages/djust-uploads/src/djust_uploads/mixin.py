"""The methods that a view gets: files that visitors send."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.files.storage import Storage
from django.utils.datastructures import MultiValueDict
from djust_live.decorators import event_handler
from djust_live.extensions import Extension

from djust_uploads.arrived import ArrivedFile
from djust_uploads.consumed import ConsumedUpload
from djust_uploads.entries import UploadEntry, Uploads, config_of
from djust_uploads.extension import UploadExtension
from djust_uploads.writers import UploadWriter

if TYPE_CHECKING:
    from djust_live.live_view import LiveView

    _Base = LiveView
else:
    _Base = object


class UploadMixin(_Base):
    """Takes files from inputs with ``dj-upload`` and from drop zones with ``dj-drop``.

    Example:
        >>> class Profile(UploadMixin, LiveView):
        ...     def mount(self, request, **kwargs):
        ...         self.allow_upload("avatar", accept=[".png", ".jpg"], max_file_size=2_000_000)
        ...     @event_handler
        ...     def save(self):
        ...         self.names = self.save_uploads("avatar", prefix="avatars/")
    """

    extensions: ClassVar[tuple[type[Extension], ...]] = (UploadExtension,)

    def allow_upload(
        self,
        name: str,
        *,
        accept: Iterable[str] | str = (),
        max_entries: int = 1,
        max_file_size: int = 10_000_000,
        chunk_size: int = 65_536,
        auto_upload: bool = True,
        writer: Callable[[UploadEntry], UploadWriter] | None = None,
        resumable: bool = True,
        external: Callable[[UploadEntry], dict[str, Any]] | None = None,
        progress: Callable[[UploadEntry], Any] | None = None,
    ) -> None:
        """Allow files under a name, in ``mount``.

        Args:
            name: Of ``dj-upload``, ``dj-drop`` and ``uploads.<name>``.
            accept: Extensions and MIME types as for ``<input accept>``; empty: everything that
                cannot run as a page or a program.
            max_entries: Files that may be there at once, until they are consumed.
            max_file_size: Bytes of one file.
            chunk_size: Bytes of one piece.
            auto_upload: Send as soon as files are chosen; else when their form is submitted.
            writer: Makes an :class:`~djust_uploads.UploadWriter` for each file, which gets the
                bytes instead of the disk.
            resumable: Go on where a file was after a drop; else from its beginning.
            external: Returns, for an entry, where its browser sends it: ``url``, and perhaps
                ``method``, ``headers``, ``fields``.
            progress: Called with an entry as it arrives, and once it is done.

        Raises:
            BadUploadOptions: An argument cannot be (``DJU002``).
        """
        config = config_of(
            name,
            accept,
            max_entries=max_entries,
            max_file_size=max_file_size,
            chunk_size=chunk_size,
            auto_upload=bool(auto_upload),
            resumable=bool(resumable),
            is_external=external is not None,
            is_written=writer is not None,
        )
        _of(self).allow(config, writer, external, progress)

    @event_handler
    def cancel_upload(self, name: str, ref: str) -> None:
        """Forget a file, sent or half sent or refused; also a handler for ``dj-click``.

        Raises:
            UnknownUpload: ``allow_upload`` has not been called with that name (``DJU001``).
        """
        _of(self).known(name)
        _of(self).cancel(name, ref)

    def consume_uploaded_entries(self, name: str) -> list[ConsumedUpload]:
        """Take the files that have arrived whole; what is still on its way stays.

        Returns:
            The files. Each is removed when it is closed or nobody holds it any more.

        Raises:
            UnknownUpload: ``allow_upload`` has not been called with that name (``DJU001``).
        """
        return _of(self).take(name)

    def uploaded_files(self) -> MultiValueDict[str, ArrivedFile]:
        """Return the files that have arrived whole as a form takes them, by the name of the upload.

        They stay until they are consumed, saved or cancelled.

        Example:
            >>> class Profile(UploadMixin, FormMixin, LiveView):
            ...     def get_files(self):
            ...         return self.uploaded_files()
            ...     def form_valid(self, form):
            ...         super().form_valid(form)
            ...         self.consume_uploaded_entries("avatar")
        """
        return _of(self).arrived()

    def save_uploads(
        self, name: str, storage: Storage | None = None, prefix: str = ""
    ) -> list[str]:
        """Save the files that have arrived whole in a Django storage.

        A file whose saving raises stays, so that the visitor may try again.

        Args:
            name: Of the upload.
            storage: The default storage when None.
            prefix: Put in front of each file's safe name.

        Returns:
            The names that the storage gave them.

        Raises:
            UnknownUpload: ``allow_upload`` has not been called with that name (``DJU001``).
        """
        return _of(self).save(name, storage, prefix)

    @property
    def uploads(self) -> Uploads:
        """The uploads by name, as in the template: ``self.uploads.avatar.entries``."""
        return _of(self).uploads


def _of(view: Any) -> UploadExtension:
    return UploadExtension.of(view)
