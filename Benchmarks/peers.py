"""What other queues on SQLite make of the same ids, each with full sync, each task doing nothing. Prints ids a second."""
import contextlib, pathlib, tempfile, time

HERE = pathlib.Path(__file__).resolve().parent.parent / ".build" / "bench"


def timed(name, ids, work):
    start = time.perf_counter()
    work()
    print(f"{name}\t{ids / (time.perf_counter() - start):.1f}", flush=True)


def huey(path, tasks, size):
    from huey import SqliteHuey
    queue = SqliteHuey(filename=path, fsync=True, results=True)

    @queue.task()
    def cancel(ids):
        return ids

    with queue.storage.db() as db:
        assert db.execute("PRAGMA synchronous").fetchone()[0] == 2
    for number in range(tasks):
        cancel([f"82605397{number * size + place:010d}" for place in range(size)])

    def work():
        while (task := queue.dequeue()) is not None:
            queue.execute(task)

    timed(f"huey, {size} id{'s' if size > 1 else ''} a task", tasks * size, work)


def litequeue(path, tasks):
    from litequeue import LiteQueue
    queue = LiteQueue(path)
    queue.conn.execute("PRAGMA synchronous = FULL")
    for number in range(tasks):
        queue.put(f"82605397{number:010d}")

    def work():
        while (message := queue.pop()) is not None:
            queue.done(message.message_id)

    timed("litequeue, 1 id", tasks, work)


def persist(path, tasks):
    import persistqueue
    queue = persistqueue.SQLiteAckQueue(path, auto_commit=True)
    queue._putter.execute("PRAGMA synchronous = FULL")
    for number in range(tasks):
        queue.put(f"82605397{number:010d}")

    def work():
        for _ in range(tasks):
            queue.ack(queue.get(block=False))

    timed("persist-queue, 1 id", tasks, work)


# One that is not installed is left out, which the table shows; with none of them it says so.
for peer, words in ((huey, (5000, 1)), (huey, (5000, 10)), (litequeue, (5000,)), (persist, (2000,))):
    with tempfile.TemporaryDirectory(dir=HERE) as place, contextlib.suppress(ImportError):
        peer(f"{place}/peer", *words)
