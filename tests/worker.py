"""A worker in the test's own process: it takes what was queued on the real broker and does it, one after the other."""

from queue import Empty

from portal.celery import app


def work_off(queue: str) -> list[tuple[str, str]]:
    """Do everything that waits in a queue, as a worker does: (task, how it ended). One that breaks stops no other."""
    ended: list[tuple[str, str]] = []
    with app.connection_for_read() as connection, connection.SimpleQueue(queue) as waiting:
        while True:
            try:
                message = waiting.get_nowait()
            except Empty:
                return ended
            message.ack()
            args, kwargs, _ = message.payload
            name = message.headers["task"]
            ended.append((name, app.tasks[name].apply(args, kwargs).state))
