"""Papers that others signed are told and kept as they came; the firm's own signature stands behind what was built."""

import hashlib
import io
import json
import resource
import signal
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import pikepdf
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from tests.features.dossier.sealing.conftest import YEAR
from tests.support import certificates, packages
from tests.support.certificates import PASSWORD, Held

from nianjian.doors.cli.main import main
from nianjian.doors.site.worker import Worker
from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.editions.verify import verify
from nianjian.features.dossier.models import Evidence, SignedPaper
from nianjian.features.dossier.operations import package as build
from nianjian.features.dossier.operations import rounds, signatures
from nianjian.features.dossier.signatures import Standing, append_signature, open_signer, read_signatures
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.query import acts
from nianjian.platform.jobs import query as queue
from nianjian.platform.vault import blobs

pytestmark = [pytest.mark.django_db, pytest.mark.long]
Signed = Callable[..., Path]
NUMBER: Any = generic.NumberObject  # the library has no types for it


@pytest.fixture(scope="module")
def root() -> Held:
    return certificates.root()


@pytest.fixture(scope="module")
def firm(root: Held) -> Held:
    return certificates.leaf("示例科技有限公司", root)


@pytest.fixture(scope="module")
def authority(root: Held) -> Iterator[str]:
    with ExitStack() as stack:
        yield stack.enter_context(certificates.authority(certificates.leaf("时间戳", root, stamps=True)))


@pytest.fixture
def signed(tmp_path: Path, root: Held, firm: Held) -> Signed:
    """A PDF that somebody has signed."""

    def signed(identity: Held = firm, tsa: str = "") -> Path:
        plain = packages.scans(tmp_path / "plain.pdf", [1], dpi=60)
        path = tmp_path / "signed.pdf"
        signer = open_signer(certificates.p12(identity, tmp_path / "s.p12", root), PASSWORD, now=clock.now())
        append_signature(plain, path, signer, tsa=tsa)
        return path

    return signed


@pytest.fixture
def certificate(tmp_path: Path, firm: Held, root: Held) -> Path:
    return certificates.p12(firm, tmp_path / "firm.p12", root)


@pytest.fixture
def trusted(tmp_path: Path, root: Held) -> Path:
    path = tmp_path / "roots.pem"
    path.write_bytes(root.pem)
    return path


def _refused(code: str, call: Callable[..., object], *args: object, **more: object) -> NianjianError:
    with pytest.raises(NianjianError) as caught:
        call(*args, **more)
    assert caught.value.code == code
    return caught.value


def test_a_signature_is_told_as_it_stands(signed: Signed, authority: str, trusted: Path) -> None:
    path = signed(tsa=authority)
    (one,) = read_signatures(path)
    assert (one.intact, one.whole_file, one.changed_after, one.trust) == (True, True, "none", "unknown")
    assert (one.subject, one.issuer, one.self_signed) == ("示例科技有限公司", "示例根证书", False)
    assert one.standing is Standing.UNKNOWN  # intact is not enough where no roots are set
    assert one.timestamp is not None
    assert (one.timestamp.intact, one.timestamp.authority) == (True, "时间戳")
    (signature,) = read_signatures(path, roots=trusted)
    assert (signature.standing, signature.in_time) == (Standing.TRUSTED, True)


def test_another_root_does_not_trust_and_what_was_changed_is_not_told_as_good(signed: Signed, tmp_path: Path) -> None:
    path, other, broken, over = signed(), *(tmp_path / name for name in ("other.pem", "broken.pdf", "over.pdf"))
    other.write_bytes(certificates.root("别的根").pem)
    assert read_signatures(path, roots=other)[0].standing is Standing.UNTRUSTED
    _refused("signature_roots_unreadable", read_signatures, path, roots=tmp_path / "none.pem")
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 1
    broken.write_bytes(data)
    assert read_signatures(broken)[0].standing is Standing.BROKEN
    with path.open("rb") as before, over.open("wb") as after:
        writer: Any = IncrementalPdfFileWriter(before)
        page = writer.find_page_for_modification(0)[0].get_object()
        page["/Rotate"] = NUMBER(180)
        writer.update_container(page)
        writer.write(after)
    (one,) = read_signatures(over)
    assert (one.intact, one.whole_file, one.standing) == (True, False, Standing.CHANGED)


def test_a_signed_paper_is_kept_as_it_came(demo: str, anna: Actor, signed: Signed) -> None:
    body = signed().read_bytes()
    params: dict[str, Any] = {"enterprise": demo, "year": YEAR, "item": "articles", "name": "章程.pdf", "actor": anna}
    row = signatures.store_paper(content=body, **params)
    assert signatures.store_paper(content=body, **params).pk == row.pk
    assert len(list(blobs.blobs())) == 1
    document = signatures.to_document(signatures.get_paper(demo, YEAR, row.pk, anna))
    assert (document.standing, document.sha256) == ("unknown", hashlib.sha256(body).hexdigest())
    assert document.signatures[0].subject == "示例科技有限公司"
    assert signatures.download_paper(enterprise=demo, year=YEAR, number=row.pk, actor=anna)[1] == body
    assert [one.verb for one in acts(enterprise=demo) if one.verb.startswith("signature")] == [
        "signature.fetched", "signature.kept",
    ]  # fmt: skip
    plain = packages.scans(signed().parent / "no.pdf", [2], dpi=60).read_bytes()
    _refused("signature_none", signatures.store_paper, content=plain, **params)
    _refused("dossier_file_broken", signatures.store_paper, content=b"%PDF-1.7\nnothing", **params)
    _refused("signature_not_pdf", signatures.store_paper, content=b"\x89PNG\r\n\x1a\n", **{**params, "name": "a.png"})
    _refused("signed_paper_unknown", signatures.get_paper, demo, YEAR, row.pk + 1, anna)
    assert SignedPaper.objects.count() == 1


def _sign(demo: str, anna: Actor, folder: Path, **more: Any) -> signatures.SigningResult:
    params: dict[str, Any] = {"ask": lambda _name: PASSWORD, **more}
    return signatures.sign_package(enterprise=demo, folder=folder, actor=anna, **params)


def _run_job(job: str) -> Any:
    """What comes of a job."""
    worker = Worker("w1", Event())
    while worker.step():
        pass
    return queue.job(job)


def _unzipped(demo: str, anna: Actor, job: str, folder: Path) -> dict[str, bytes]:
    """What a job has made, in a folder."""
    archive = build.download_zip(enterprise=demo, year=YEAR, job=job, actor=anna)
    with zipfile.ZipFile(io.BytesIO(b"".join(archive.content))) as pack:
        pack.extractall(folder)
        return {name: pack.read(name) for name in pack.namelist()}


def test_the_upload_edition_is_signed_last_and_stays_provable(  # noqa: PLR0915, PLR0917 -- one road; fixtures
    whole: None,
    demo: str,
    anna: Actor,
    certificate: Path,
    authority: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    del whole
    built = _run_job(build.enqueue_build(enterprise=demo, year=YEAR, pictures=False, actor=anna))
    assert (built.state, built.result["draft"], built.result["missing"]) == ("done", False, [])
    plain, folder = tmp_path / "plain", tmp_path / "package"
    before = _unzipped(demo, anna, built.id, plain)
    upload_names = {name for name in before if name.startswith("upload/")}
    _refused("signer_unset", build.enqueue_signing, enterprise=demo, year=YEAR, package=built.id, actor=anna)
    _refused("signer_unreadable", _sign, demo, anna, plain, certificate=certificate, ask=lambda _name: "no")
    _refused("tsa_unreachable", _sign, demo, anna, plain, certificate=certificate, tsa="http://127.0.0.1:9/")
    done = _sign(demo, anna, plain, certificate=certificate, tsa="")  # a folder by its path, in its place
    assert ({one.path for one in done.files}, done.left, done.digest) == (upload_names, (), built.result["digest"])
    assert {name for name in before if (plain / name).read_bytes() != before[name]} == upload_names
    monkeypatch.setenv("NIANJIAN_SIGNER", str(certificate))
    monkeypatch.setenv("NIANJIAN_SIGNER_PASSWORD", PASSWORD)
    monkeypatch.setenv("NIANJIAN_TSA_URL", authority)
    cert_info = signatures.get_certificate(demo, anna)
    assert (cert_info.fault, cert_info.subject, cert_info.named, cert_info.stamped) == (
        "",
        "示例科技有限公司",
        True,
        True,
    )
    signed = _run_job(build.enqueue_signing(enterprise=demo, year=YEAR, package=built.id, actor=anna))
    now = _unzipped(demo, anna, signed.id, folder)
    uploads = sorted((folder / "upload").iterdir())
    assert {one["path"] for one in signed.result["signed"]} == upload_names
    assert (signed.result["digest"], signed.result["named"]) == (built.result["digest"], True)
    for name, data in before.items():
        assert now[name].startswith(data)
        assert (0 < len(now[name]) - len(data) < 64_000) if name in upload_names else now[name] == data
    (one,) = read_signatures(uploads[0])
    assert one.standing is Standing.UNKNOWN
    assert one.timestamp is not None
    signings = list(acts(enterprise=demo, verb="signature.signed"))
    assert len(signings) == 2, "the folder's and the job's"
    for act in signings:
        files: Any = act.data["files"]
        assert (act.data["digest"], len(files)) == (built.result["digest"], len(uploads))
        assert PASSWORD not in json.dumps(act.data)

    assert main(["dossier", "sign", str(folder), "--enterprise", demo, "--tsa", "", "--json"]) == 0
    again = json.loads(capsys.readouterr().out)  # every file is intact, and told as signed
    assert (again["files"], len(again["left"])) == ([], len(uploads))

    def told(path: Path) -> tuple[bool, list[str]]:
        result = verify(path, digest=str(built.result["digest"]))
        return result.intact, [one.kind for one in result.notes]

    assert told(uploads[2]) == (True, ["signed"])
    monkeypatch.setenv(clock.OVERRIDE, f"{YEAR + 1}-03-01")
    read = partial(rounds.read_package_path, folder, enterprise=demo, year=YEAR)
    package = replace(read(), files=(), folder=folder)  # as where another installation has built it
    handed = rounds.Handover(clock.today(), "政务大厅")
    rounds.record_submission(enterprise=demo, year=YEAR, package=package, handed=handed, actor=anna)
    for kind, content in ((Evidence.PACKAGE, before), (Evidence.SIGNED, now)):
        with zipfile.ZipFile(io.BytesIO(blobs.get(Evidence.objects.get(kind=kind).blob))) as pack:
            assert {name: pack.read(name) for name in pack.namelist()} == content
    forged = bytearray(uploads[0].read_bytes())
    at = forged.rindex(b"/Contents <") + 4000
    forged[at : at + 2] = b"00" if forged[at : at + 2] != b"00" else b"11"
    uploads[0].write_bytes(forged)
    assert told(uploads[0])[1] == ["signature_broken"]
    with pikepdf.open(uploads[1], allow_overwriting_input=True) as pdf:
        pdf.save(uploads[1])
    assert told(uploads[1])[1] == ["resaved"]
    _refused("dossier_package_resaved", read)


def test_what_is_not_signed(  # noqa: PLR0917 -- fixtures
    whole: None, demo: str, anna: Actor, certificate: Path, root: Held, tmp_path: Path
) -> None:
    del whole
    folder = build.build(enterprise=demo, year=YEAR, folder=tmp_path / "package", actor=anna).folder
    over = certificates.p12(certificates.leaf("旧", root, days=-1), tmp_path / "over.p12", root)
    _refused("signer_expired", _sign, demo, anna, folder, certificate=over)
    _refused("signer_missing", _sign, demo, anna, folder, certificate=tmp_path / "none.p12")
    first = next((folder / "upload").iterdir())
    content = first.read_bytes()
    first.write_bytes(content[:-5])
    _refused("signing_not_intact", _sign, demo, anna, folder, certificate=certificate)
    first.write_bytes(content)
    document = json.loads((folder / "manifest.json").read_text()) | {"sha256": "0" * 64}
    (folder / "manifest.json").write_text(json.dumps(document))
    _refused("signing_unknown_package", _sign, demo, anna, folder, certificate=certificate)
    draft = build.build(enterprise=demo, year=YEAR - 1, folder=tmp_path / "draft", actor=anna)
    _refused("signing_draft", _sign, demo, anna, draft.folder, certificate=certificate)
    assert list(acts(enterprise=demo, verb="signature.signed")) == []


def test_no_room_for_the_signed_file_is_told_as_that(tmp_path: Path, root: Held, firm: Held, authority: str) -> None:
    plain = packages.scans(tmp_path / "plain.pdf", [1], dpi=60)
    signer = open_signer(certificates.p12(firm, tmp_path / "s.p12", root), PASSWORD, now=clock.now())
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    quiet = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (plain.stat().st_size, before[1]))
        error = _refused("signing_disk_full", append_signature, plain, tmp_path / "signed.pdf", signer)
        with_stamp = _refused("signing_disk_full", append_signature, plain, tmp_path / "b.pdf", signer, tsa=authority)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, quiet)
    assert error.values["file"] == "signed.pdf"
    assert with_stamp.values["file"] == "b.pdf"


def test_the_command_tells_a_file_of_ones_own(
    demo: str, signed: Signed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del demo

    def told(path: Path) -> tuple[int, dict[str, Any]]:
        code = main(["dossier", "signature", "show", str(path), "--json"])
        return code, json.loads(capsys.readouterr().out)

    code, result = told(signed())
    assert (code, result["standing"]) == (0, "unknown")
    code, result = told(packages.scans(tmp_path / "no.pdf", [3], dpi=60))
    assert (code, result["standing"]) == (1, "none")
