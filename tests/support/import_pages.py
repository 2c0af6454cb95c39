"""What the tests of the data pages share: a home with a person, a GB18030 file with bad rows, a worker."""

from threading import Event

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

HEADER = "话单ID,方向,主叫号码,外显号码,被叫号码,开始时间,接通时间,结束时间,结果,客户姓名"
TIMES = "2026-03-02 10:00:00,2026-03-02 10:00:05,2026-03-02 10:01:00"


def calls(rows: int = 5, bad: int = 2, first: int = 0) -> bytes:
    """Sound rows, then rows whose start cannot be read."""
    lines = [f"c{first + n},呼出,02110000,95013,{13900000000 + n},{TIMES},接通,张三丰" for n in range(rows)]
    lines += [f"b{first + n},呼出,02110000,95013,{13900000000 + n},昨天,,,接通,李四" for n in range(bad)]
    return ("\n".join([HEADER, *lines]) + "\n").encode("gb18030")


def work() -> None:
    """Do all that stands in the queue."""
    from nianjian.doors.site.worker import Worker  # noqa: PLC0415 -- after Django is set up

    worker = Worker("w1", Event())
    while worker.step():
        pass


def begun(client: Client, kind: str = "calls", **more: str) -> str:
    """Begin an import; the address of its draft, ending in a slash."""
    answer = client.post("/e/demo/data/import/", {"kind": kind, **more})
    assert answer.status_code == 302, answer.content.decode()
    return answer.headers["Location"].removesuffix("files/")


def sent(client: Client, draft: str, *files: tuple[str, bytes]) -> str:
    """Send files; the page after it."""
    uploads = [SimpleUploadedFile(name, content) for name, content in files]
    return client.post(f"{draft}files/", {"files": uploads}, follow=True).content.decode()


def committed(client: Client, draft: str) -> str:
    """Commit and let the worker do it; the address of the job."""
    answer = client.post(f"{draft}commit/")
    assert answer.status_code == 302, answer.content.decode()
    work()
    return answer.headers["Location"]
