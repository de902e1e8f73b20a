"""A workspace of investigators, with users, keys and an approved case: for tests and benchmarks."""

from datetime import timedelta

from synopticon.acts import cases, people
from synopticon.governance.approval import ApprovalRequest, approve
from synopticon.governance.keys import SigningKey
from synopticon.governance.users import Authorisation, Method, Role, SignIn, prove_possession
from tests.people import DAY, DPIA, FIELDS, terms

PASSWORD = "four words make sense"


def enrol_all(workspace):
    """Ada administers; Ines investigates, Axel approves, Dora is the DPO; the keys of these three.

    Sven is of another unit; Ines is signed in.
    """
    people.add_user(workspace, "ada", "North", frozenset({Role.ADMINISTRATOR}), PASSWORD)
    return enrol_others(workspace)


def enrol_others(workspace):
    """The same where Ada is there already."""
    made = {}
    people.login(workspace, "ada", PASSWORD)
    roles = {"ines": Role.INVESTIGATOR, "axel": Role.APPROVER, "dora": Role.DPO}
    for name, role in roles.items():
        people.add_user(workspace, name, "North", frozenset({role}), PASSWORD)
    people.add_user(workspace, "sven", "South", frozenset({Role.INVESTIGATOR}), PASSWORD)
    for name in roles:
        key = made[name] = SigningKey.make()
        proof = prove_possession(people.find_user(workspace, name).id, key)
        people.enrol_key(workspace, name, key.public, proof)
    own = Authorisation("H-1", "the commissioner", workspace.clock().date())
    people.authorise(workspace, "ines", own)
    people.login(workspace, "dora", PASSWORD)
    cases.register_dpia(workspace, DPIA)
    people.login(workspace, "ines", PASSWORD)
    return made


def ask(workspace, **more):
    """Ines asks for a case."""
    return cases.open_case(workspace, terms(until=workspace.clock() + 30 * DAY, fields=FIELDS), **more)


def on_another_machine(file, key, axel, at, **more):
    """Nothing but the request file and the key: no workspace, no database."""
    desk = SignIn(Method.KEY, "desk-of-axel", "axel", at)
    return approve(ApprovalRequest.read(file), key, axel, desk, at, **more).file()


def approve_case(workspace, keys, asked, at=None):
    """Axel's approval of what was asked, signed elsewhere; the id of the case."""
    axel = people.find_user(workspace, "axel").id
    when = at or workspace.clock() + timedelta(minutes=2)
    cases.take_approval(workspace, on_another_machine(asked.file(), keys["axel"], axel, when))
    return asked.case
