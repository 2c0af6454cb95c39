"""What the actions of ``nianjian dossier`` do that need no home: they look at files of one's own."""

import argparse
from typing import Any, Final

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.encode import to_builtins
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.errors import error_message
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dossier import terminal
from nianjian.features.dossier.check import check
from nianjian.features.dossier.documents import FileProposal
from nianjian.features.dossier.editions.manifest import NAME
from nianjian.features.dossier.editions.package import Rules, plan
from nianjian.features.dossier.editions.verify import rescan, verify
from nianjian.features.dossier.kinds import get_item
from nianjian.features.dossier.reading.readers import SheetReading
from nianjian.features.dossier.recognition import propose_for_files
from nianjian.features.dossier.states import Verdict
from nianjian.features.dossier.terminal import answer
from nianjian.platform.terminal.answer import DONE, NO, Answer
from nianjian.platform.terminal.language import _
from nianjian.platform.terminal.session import begin

Args = argparse.Namespace
NOTHING: Final = FileProposal(None, sure=False, guesses=[], pages=0)


def check_file(args: Args) -> Answer:
    """Check a file for an item; with an enterprise it is held against its registers."""
    today = clock.today()
    if args.enterprise:
        actor = begin(args)
        from nianjian.features.dossier.operations import checklist

        season = args.year or checklist.due_season(args.enterprise, today)
        reading, book = checklist.build_reader(enterprise=args.enterprise, year=season, day=today, actor=actor)
    else:
        book = Rulebook.on(today)
        reading = SheetReading(book, today)
    checked = check(args.file, get_item(args.item), reading=reading, book=book)
    document = terminal.to_document(checked)
    code = DONE if checked.verdict is Verdict.READY else NO
    return Answer(document, lambda console: terminal.show_check(console, document), code)


def sort_files(args: Args) -> Answer:
    """Propose the item of each file."""
    rows: list[dict[str, Any]] = []
    day = clock.today()
    for path, result in propose_for_files(args.paths, Rulebook.on(day), day):
        if isinstance(result, NianjianError):
            fault = {"code": result.code, "message": error_message(result.code, result.values, _)}
            rows.append({"file": str(path), **to_builtins(NOTHING), "fault": fault})
        else:
            rows.append({"file": str(path), **to_builtins(result), "fault": None})
    sure = all(one["sure"] for one in rows)
    return answer(terminal.show_proposals, {"files": rows, "sure": sure}, DONE if sure and rows else NO)


def plan_riding_seal(args: Args) -> Answer:
    """Plan the riding seal over all sheets."""
    seal_plan = plan(args.sheets, Rules.of(Rulebook.on(clock.today()), args.diameter), duplex=args.duplex)
    stamps = [
        {
            "stamp": one.number,
            "first": one.first,
            "last": one.last,
            "sheets": one.sheets,
            "first_page": seal_plan.pages(one.first)[0],
            "last_page": seal_plan.pages(one.last)[-1],
            "sliver_mm": f"{one.sliver_mm:.2f}",
            "height": f"{float(one.height):g}",
        }
        for one in seal_plan.stamps
    ]
    data = {
        "sheets": seal_plan.sheets,
        "duplex": seal_plan.duplex,
        "diameter_mm": str(seal_plan.rules.diameter_mm),
        "least_sliver_mm": str(seal_plan.rules.sliver_mm),
        "sheets_a_stamp": seal_plan.rules.sheets,
        "joints": seal_plan.sheets - 1,
        "uncovered": list(seal_plan.uncovered()),
        "stamps": stamps,
    }
    return answer(terminal.show_plan, data)


def verify_package(args: Args) -> Answer:
    """Hold a package, one of its files or a scan against the manifest."""
    if args.scan:
        return _verify_scan(args)
    result = verify(args.path, listed=args.manifest, digest=args.digest)
    data = {"intact": result.intact, **to_builtins(result)}
    return Answer(data, lambda console: terminal.show_verification(console, result), DONE if result.intact else NO)


def _verify_scan(args: Args) -> Answer:
    if args.manifest is None:
        raise NianjianError("usage", program="nianjian dossier verify", message=_("--scan needs --manifest"))
    listed = args.manifest / NAME if args.manifest.is_dir() else args.manifest
    result = rescan(args.path, listed, digest=args.digest)
    data = {"intact": result.intact, **to_builtins(result)}
    return Answer(data, lambda console: terminal.show_scan(console, result), DONE if result.intact else NO)


def show_signatures(args: Args) -> Answer:
    """The signatures of a PDF."""
    from nianjian.platform.home import wiring

    wiring.start()  # the operations keep papers, too, so they know tables
    from nianjian.features.dossier.operations.signatures import preview_signatures
    from nianjian.features.dossier.signatures import Standing, worst_standing

    signatures = preview_signatures(args.file)
    standing = worst_standing(signatures)
    code = DONE if standing in {Standing.UNKNOWN, Standing.TRUSTED} else NO
    data = {"standing": standing, "signatures": signatures}
    return Answer(data, lambda console: terminal.show_signatures(console, standing, signatures), code)
