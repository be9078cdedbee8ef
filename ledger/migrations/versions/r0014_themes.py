"""Which item is in which theme, and how themes stand."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "r0014"
down_revision = "r0011"
branch_labels = None
depends_on = None

_DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "theme_members",
        sa.Column("issue_id", sa.String(64), primary_key=True),
        sa.Column("theme_id", sa.String(100), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_theme_members_theme_id", "theme_members", ["theme_id"])
    op.create_table(
        "themes",
        sa.Column("theme_id", sa.String(100), primary_key=True),
        sa.Column("phase", sa.String(32), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("customers", sa.Integer(), nullable=False),
        sa.Column("worth", sa.Double(), nullable=False),
        sa.Column("origin", sa.String(255), nullable=True),
        sa.Column("content", _DOCUMENT, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("origin", name="uq_themes_origin"),
    )


def downgrade() -> None:
    """Drop both. Themes are found anew, with what their workflows know."""
    op.drop_table("themes")
    op.drop_table("theme_members")
