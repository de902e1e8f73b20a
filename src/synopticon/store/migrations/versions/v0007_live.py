"""The tables of cameras that are watched live, and of where alerts are sent."""

from alembic import op

from synopticon.store.tables import load_tables

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables that are not there yet."""
    load_tables().create_all(op.get_bind())


def downgrade() -> None:
    """Refuse: what they hold would be lost."""
    raise NotImplementedError("what these tables hold would be lost")
