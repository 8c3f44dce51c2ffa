"""`python -m orchestration.access.matrix`: write who sees what into docs/access.md."""

from collections.abc import Iterator

from orchestration.access.rights import (
    UNPUBLISHED,
    Grant,
    Manifest,
    Policy,
    grants_of,
    relations_of,
)
from orchestration.settings import PROJECT_DIR, Settings
from orchestration.transform import dbt

PAGE = PROJECT_DIR / "docs" / "access.md"

HEAD = """\
# Who sees what

Written by `python -m orchestration.access.matrix` from the seeds `audience_access`,
`audience_hidden_columns` and `audience_jurisdictions`; a test fails when it is not
current. What has no mark is refused: it is not in the audience's file, and on Redshift
its role may not select it. ● is all of it, ◐ a part, [below](#in-part).

On Redshift what is seen in part is a view in a schema of the audience's own, such as
`for_marketing.dim_customers`; the relation itself is refused. `vault` (direct
identifiers) is in no file; on Redshift it is the privacy office's alone.
"""


def page(manifest: Manifest, policy: Policy) -> str:
    """The whole page, Markdown."""
    grants = grants_of(manifest, policy)
    lines = [
        HEAD,
        *_matrix(manifest, policy, grants),
        "",
        "## In part",
        "",
        *_in_part(policy, grants),
        "",
        "## Why",
        "",
        *_reasons(policy),
    ]
    return "\n".join(lines) + "\n"


def _matrix(manifest: Manifest, policy: Policy, grants: list[Grant]) -> Iterator[str]:
    audiences = [
        audience
        for audience in policy.audiences
        if any(grant.audience == audience for grant in grants)
    ]
    marks = {
        (grant.audience, str(grant.relation)): "◐" if grant.is_limited else "●"
        for grant in grants
    }
    yield f"| relation | {' | '.join(a.replace('_', ' ') for a in audiences)} |"
    yield "|---|" + ":-:|" * len(audiences)
    for relation in relations_of(manifest):
        if relation.schema not in UNPUBLISHED:
            cells = (marks.get((one, str(relation)), "") for one in audiences)
            yield f"| `{relation}` | {' | '.join(cells)} |"


def _in_part(policy: Policy, grants: list[Grant]) -> Iterator[str]:
    yield "| audience | relation | without columns | rows of | because |"
    yield "|---|---|---|---|---|"
    for grant in filter(lambda one: one.is_limited, grants):
        hidden = ", ".join(f"`{name}`" for name in sorted(grant.hidden))
        rows = ", ".join(grant.jurisdictions or ["all"])
        reasons = [
            row["reason"]
            for row in policy.hidden
            if row["audience"] == grant.audience
            and f"{row['schema_name']}.{row['relation_name']}" == str(grant.relation)
        ]
        if grant.jurisdictions is not None:
            reasons += [
                row["reason"]
                for row in policy.jurisdictions
                if row["audience"] == grant.audience
            ]
        yield (
            f"| {grant.audience} | `{grant.relation}` | {hidden} | {rows} | "
            f"{'; '.join(dict.fromkeys(reasons))} |"
        )


def _reasons(policy: Policy) -> Iterator[str]:
    yield "| audience | may read | for |"
    yield "|---|---|---|"
    for row in policy.access:
        what = f"{row['schema_name']}.{row['relation_name'] or '*'}"
        yield f"| {row['audience']} | `{what}` | {row['reason']} |"


def main() -> None:
    """Write the page."""
    manifest = dbt.manifest(Settings.from_environment())
    PAGE.write_text(page(manifest, Policy.of_checkout()))


if __name__ == "__main__":
    main()
