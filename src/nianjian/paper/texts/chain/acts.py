"""What the acts of the audit chain are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.paper.words import Words, mark

#: Beginning of a verb -> its name; the longest that fits counts.
VERBS: Final[Mapping[str, str]] = {
    "sign_in": mark("Sign-in"),
    "sign_in.failed": mark("Sign-in failed"),
    "sign_in.locked": mark("Sign-in locked"),
    "sign_out": mark("Sign-out"),
    "account": mark("Own account changed"),
    "user": mark("Person or role changed"),
    "token": mark("Token"),
    "enterprise": mark("Enterprise"),
    "calls": mark("Call records"),
    "calls.import": mark("Call records imported"),
    "calls.undo": mark("Import undone"),
    "calls.rejects": mark("Rejected rows taken out"),
    "calls.reveal": mark("Telephone numbers shown in full"),
    "registers": mark("Register"),
    "registers.import": mark("Register imported"),
    "registers.reveal": mark("Masked values of a register shown"),
    "registers.export": mark("Register taken out as a file"),
    "complaints": mark("Complaint ticket"),
    "complaints.add": mark("Complaint ticket opened"),
    "complaints.respond": mark("Complaint responded to"),
    "complaints.callback": mark("Complainant called back"),
    "complaints.close": mark("Complaint ticket closed"),
    "complaints.reopen": mark("Complaint ticket reopened"),
    "complaints.exclude": mark("Complaint ticket excluded"),
    "complaints.readmit": mark("Exclusion of a ticket taken back"),
    "complaints.assign": mark("Complaint tickets assigned"),
    "complaints.match": mark("Complaints matched with calls"),
    "complaints.warning": mark("Clock of a ticket runs out"),
    "complaints.door": mark("Public address for complaints"),
    "complaints.import": mark("Forward list imported"),
    "portrait": mark("Portrait"),
    "portrait.run": mark("Portrait computed"),
    "portrait.reveal": mark("Telephone numbers shown in full"),
    "portrait.export": mark("Portrait taken out as a file"),
    "portrait.attach": mark("Explaining paper named"),
    "approval.request": mark("Approval asked for"),
    "approval.approved": mark("Approved"),
    "approval.refused": mark("Refused"),
    "inspection": mark("Inspector's link opened"),
    "rectify": mark("Rectification"),
    "rectify.opened": mark("Rectification case opened"),
    "rectify.isolate": mark("Channel isolated"),
    "rectify.lift": mark("Isolation lifted"),
    "rectify.submitted": mark("Rectification report handed in"),
    "rectify.closed": mark("Rectification case closed"),
    "rectify.watch": mark("Licence put on the watch list"),
    "rectify.unwatch": mark("Licence taken off the watch list"),
    "dossier": mark("Materials of the annual inspection"),
    "dossier.added": mark("Paper added to the checklist"),
    "dossier.confirmed": mark("Paper confirmed"),
    "dossier.returned": mark("Paper sent back"),
    "dossier.fetched": mark("Paper taken out as it came"),
    "dossier.drawn": mark("Pages of a paper drawn"),
    "dossier.looked_at": mark("Pages of a paper shown"),
    "dossier.built": mark("Package built"),
    "seal.added": mark("Picture of a seal put in"),
    "seal.withdrawn": mark("Picture of a seal withdrawn"),
    "seal.approved": mark("Use of a seal's picture approved"),
    "seal.placed": mark("Pictures of seals placed on a draft"),
    "signature.kept": mark("Signed paper kept"),
    "signature.fetched": mark("Signed paper taken out as it came"),
    "signature.signed": mark("Files for the platform signed"),
    "seal": mark("Pictures of seals"),
    "signature": mark("Electronic signatures"),
    "dossier.generated": mark("Item of the package generated"),
    "dossier.submitted": mark("Package handed in"),
    "dossier.round_returned": mark("Package came back"),
    "dossier.round_answered": mark("Request about a package answered"),
    "dossier.round_passed": mark("Package passed"),
    "dossier.round_paper": mark("Evidence about a package kept"),
    "dossier.round_fetched": mark("Evidence about a package taken out"),
    "holidays": mark("Holidays"),
    "retention": mark("Retention"),
    "backup": mark("Backup"),
    "keys": mark("Keys"),
    "audit.export": mark("Audit entries taken out as a file"),
    "webhook": mark("Webhook"),
    "gate.policy": mark("What the gate allows changed"),
    "gate.list": mark("List of the gate built"),
}


def verb(code: str, _: Words) -> str:
    """What an act is called; a code without a name speaks for itself."""
    begin = code
    while begin and begin not in VERBS:
        begin = begin.rpartition(".")[0]
    return _(VERBS[begin]) if begin else code
