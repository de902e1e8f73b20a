"""One investigation for all tests of the server, with a browser for each role and for another unit."""

import pytest

from synopticon.governance.users import Role
from tests.inquiry import browsers_of, inquire, site_of


@pytest.fixture(scope="package")
def inquiry(tmp_path_factory):
    return inquire(tmp_path_factory.mktemp("web"))


@pytest.fixture(scope="package")
def site(inquiry):
    return site_of(inquiry)


@pytest.fixture(scope="package")
def browsers(site):
    return browsers_of(site)


@pytest.fixture
def ines(browsers):
    return browsers[Role.INVESTIGATOR]


@pytest.fixture(scope="module")
def here(site, browsers, inquiry):
    """The workspace as Ines acts in it."""
    visit = site.door.visit(browsers[Role.INVESTIGATOR].cookies["synopticon"])
    return inquiry.workspace.acting(visit.actor)
