"""Which incoming rows are new, which correct an earlier row and which repeat one.

A row states a key. The first row of a key stands; a row with a later `recorded_at` and
other content is a correction and becomes the key's next revision; any other row is a
duplicate. `confirmed_at` of a revision is the latest `recorded_at` at which the source
said it, so that the order in which rows arrive makes no difference in the end. A
revision stands from `known_at` until `replaced_at`.

Only *contested* keys (those already in raw, or more than once in the batch) are
compared; all other rows are first revisions without a further look.

The SQL is what both engines take; where they differ, an `Engine` spells it.
"""

from orchestration.ingest.contract import TableContract
from orchestration.ingest.engine import Engine


def contest(contract: TableContract) -> list[str]:
    """SQL that makes temp table `contested` of `incoming`.

    `incoming` has surrogates, landed columns, `file_id`, `file_row` and `is_bad`.
    """
    key = ", ".join(contract.lookup_key)
    return [
        "drop table if exists contested",
        f"""
        create temp table contested as
        select {key} from incoming where not is_bad
        group by {key} having count(*) > 1
        union
        select {key} from incoming
        where not is_bad and {_is_in(f"raw.{contract.relation}", contract, "incoming")}
        """,
    ]


def compare(contract: TableContract, engine: Engine) -> list[str]:
    """SQL that makes temp tables `standing` and `revised` of `contested`."""
    return [
        "drop table if exists standing",
        "drop table if exists revised",
        _standing(contract, engine),
        _revised(contract, engine),
    ]


def accepted(contract: TableContract, *, is_contested: bool) -> str:
    """SELECT of the rows to append: incoming columns, revision and confirmed_at.

    Args:
        contract: Of the table.
        is_contested: Whether any key is; if not, there is nothing in `revised`.
    """
    first = """
        select incoming.*, 1 as revision, recorded_at as confirmed_at,
            cast($known_at as timestamp) as first_known_at
        from incoming
        where not is_bad
    """
    if not is_contested:
        return first
    return f"""
        {first} and not {_is_in("contested", contract, "incoming")}
        union all
        select incoming.*, revised.revision, revised.confirmed_at,
            coalesce(revised.first_known_at, $known_at) as first_known_at
        from incoming join revised
            on incoming.file_id = revised.file_id
            and incoming.file_row = revised.file_row
        where revised.is_first
    """


def stamp(contract: TableContract) -> list[str]:
    """UPDATEs of the rows that were replaced, or said once more, by this batch."""
    relation = f"raw.{contract.relation}"
    key = ", ".join(contract.lookup_key)
    same_key = " and ".join(f"{relation}.{c} = later.{c}" for c in contract.lookup_key)
    return [
        f"""
        update {relation} set replaced_at = $known_at
        from revised as later
        where later.is_first and {same_key} and {relation}.revision = later.revision - 1
        """,
        f"""
        update {relation} set confirmed_at = later.confirmed_at
        from (
            select {key}, revision, max(confirmed_at) as confirmed_at
            from revised where is_confirmation group by {key}, revision
        ) as later
        where {same_key} and {relation}.revision = later.revision
        """,
    ]


def _is_in(relation: str, contract: TableContract, rows: str) -> str:
    """Condition: the key of `rows` is in `relation`."""
    same_key = " and ".join(f"other.{c} = {rows}.{c}" for c in contract.lookup_key)
    return f"exists (select 1 from {relation} as other where {same_key})"


def _standing(contract: TableContract, engine: Engine) -> str:
    """Latest revision of each contested key, with the digest of its content."""
    key = ", ".join(contract.lookup_key)
    columns = ", ".join(f'stated."{c.name}"' for c in contract.raw_columns)
    relation = f"raw.{contract.relation}"
    joins, extra, items = "", "", ""
    if contract.vault_columns:
        names = ", ".join(contract.key)
        extra += "".join(f', vaulted."{c.name}"' for c in contract.vault_columns)
        joins += (
            f" left join vault.{contract.relation} as vaulted using ({names}, revision)"
        )
    for name, child in contract.children.items():
        child_key = ", ".join([*contract.surrogates, *child.key, "revision"])
        surrogates = tuple(contract.surrogates)
        extra += f', {name}_items.items as "{name}"'
        joins += f" left join {name}_items using ({child_key})"
        items += f"""
        {name}_items as (
            select {child_key}, {engine.items(child)} as items
            from ({engine.contested_rows(f"raw.{child.relation}", surrogates)}) as items
            group by {child_key}
        ),"""
    return f"""
        create temp table standing as
        with stated as (
            select stated.*
            from ({engine.contested_rows(relation, contract.lookup_key)}) as stated
            qualify row_number() over (
                partition by {key} order by revision desc
            ) = 1
        ),{items}
        whole as (
            select {"".join(f"stated.{s}, " for s in contract.surrogates)}
                stated.revision, stated.confirmed_at, stated.first_known_at,
                {columns}{extra}
            from stated{joins}
        )
        select {key}, revision, confirmed_at, first_known_at,
            {engine.digest(contract)} as content
        from whole
    """


def _revised(contract: TableContract, engine: Engine) -> str:
    key = ", ".join(contract.lookup_key)
    return f"""
        create temp table revised as
        with stated as (
            select {key}, confirmed_at as recorded_at, content, revision,
                first_known_at, cast(-1 as bigint) as file_id,
                cast(-1 as bigint) as file_row
            from standing
            union all
            select {key}, recorded_at, {engine.digest(contract)}, 0,
                cast(null as timestamp), file_id, file_row
            from {engine.incoming(contract)}
            where not is_bad and {_is_in("contested", contract, "incoming")}
        ),
        one_a_moment as (
            select {key}, recorded_at, content, revision, first_known_at, file_id,
                file_row
            from stated
            qualify row_number() over (
                partition by {key}, recorded_at
                order by revision desc, file_id, file_row
            ) = 1
        ),
        later_than_standing as (
            select {key}, recorded_at, content, revision, first_known_at, file_id,
                file_row, max(revision) over (partition by {key}) as standing_revision
            from one_a_moment
            qualify recorded_at >= coalesce(
                max(case when revision > 0 then recorded_at end)
                    over (partition by {key}),
                recorded_at
            )
        ),
        changes as (
            select *, file_id >= 0 and content <> coalesce(lag(content) over (
                partition by {key} order by recorded_at
            ), '') as is_first
            from later_than_standing
        ),
        numbered as (
            select *, standing_revision + sum(case when is_first then 1 else 0 end)
                over (
                    partition by {key} order by recorded_at rows unbounded preceding
                ) as new_revision
            from changes
        ),
        dated as (
            select {key}, cast(new_revision as integer) as revision, file_id, file_row,
                is_first,
                max(first_known_at) over (partition by {key}) as first_known_at,
                max(recorded_at) over (partition by {key}, new_revision)
                    as confirmed_at,
                file_id >= 0 and new_revision = standing_revision as is_confirmation
            from numbered
        )
        select * from dated where file_id >= 0
    """
