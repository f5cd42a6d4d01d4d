"""Where outputs are written to: a folder, or an object store."""

from convert.sinks.folder import FolderSink
from convert.sinks.remote import RemoteSink, check_sink
from convert.sinks.sink import About, Outgoing, Sink, write

__all__ = ["About", "FolderSink", "Outgoing", "RemoteSink", "Sink", "check_sink", "write"]
