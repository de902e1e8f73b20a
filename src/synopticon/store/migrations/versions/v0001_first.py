"""The first tables: all that the store knows."""

from alembic import op

from synopticon.store.tables import load_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make all tables."""
    load_tables().create_all(op.get_bind())


def downgrade() -> None:
    """Refuse: there is nothing before."""
    raise NotImplementedError("there is no schema before the first")
