class EmbeddedServerError(RuntimeError):
    """A server of the embedded default cannot run here; the message is one line and says what helps."""
