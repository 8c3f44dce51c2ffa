"""Which incoming rows are new, which correct an earlier row and which repeat one.

A row states a key. The first row of a key stands; a row with a later `recorded_at` and
other content is a correction and becomes the key's next revision; any other row is a
duplicate. `confirmed_at` of a revision is the latest `recorded_at` at which the source
said it, so that the order in which rows arrive makes no difference in the end. A
revision stands from `known_at` until `replaced_at`.

Only *contested* keys (those already in raw, or more than once in the batch) are
compared; all other rows are first revisions without a further look.
"""

from orchestration.ingest.contract import TableContract


def classify(contract: TableContract) -> list[str]:
    """SQL that turns temp table `incoming` into `contested`, `standing` and `revised`.

    `incoming` has surrogates, landed columns, `file_id`, `file_row` and `is_bad`.
    """
    key = ", ".join(contract.lookup_key)
    return [
        "drop table if exists contested",
        "drop table if exists standing",
        "drop table if exists revised",
        f"""
        create temp table contested as
        select {key} from incoming where not is_bad
        group by {key} having count(*) > 1
        union
        select {key} from incoming
        semi join raw.{contract.relation} using ({key}) where not is_bad
        """,
        _standing(contract, key),
        _revised(contract, key),
    ]


def accepted(contract: TableContract) -> str:
    """SELECT of the rows to append: incoming columns, revision and confirmed_at."""
    key = ", ".join(contract.lookup_key)
    return f"""
        select *, 1 as revision, recorded_at as confirmed_at,
            cast($known_at as timestamp) as first_known_at
        from incoming anti join contested using ({key}) where not is_bad
        union all by name
        select incoming.*, revised.revision, revised.confirmed_at,
            coalesce(revised.first_known_at, $known_at) as first_known_at
        from incoming join revised using (file_id, file_row)
        where revised.is_first
    """


def stamp(contract: TableContract) -> list[str]:
    """UPDATEs of the rows that were replaced, or said once more, by this batch."""
    relation = f"raw.{contract.relation}"
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
            select {", ".join(contract.lookup_key)}, revision,
                max(confirmed_at) as confirmed_at
            from revised where is_confirmation group by all
        ) as later
        where {same_key} and {relation}.revision = later.revision
        """,
    ]


def _standing(contract: TableContract, key: str) -> str:
    """Latest revision of each contested key, with the digest of its content."""
    columns = ", ".join(f'stated."{c.name}"' for c in contract.raw_columns)
    joins, extra = "", ""
    if contract.vault_columns:
        names = ", ".join(contract.key)
        extra += "".join(f', vaulted."{c.name}"' for c in contract.vault_columns)
        joins += (
            f" left join vault.{contract.relation} as vaulted using ({names}, revision)"
        )
    for name, child in contract.children.items():
        surrogates = ", ".join(contract.surrogates)
        fields = ", ".join(f'{c.name} := "{c.name}"' for c in child.columns)
        extra += f', {name}_items.items as "{name}"'
        joins += f"""
            left join (
                select {_child_key(contract, child)}, revision,
                    list(struct_pack({fields})) as items
                from ({_contested_rows(f"raw.{child.relation}", surrogates)})
                group by all
            ) as {name}_items using ({_child_key(contract, child)}, revision)"""
    return f"""
        create temp table standing as
        with stated as (
            {_contested_rows(f"raw.{contract.relation}", key)}
            qualify row_number() over (
                partition by {key} order by revision desc
            ) = 1
        ),
        whole as (
            select {", ".join(f"stated.{s}" for s in contract.surrogates)}
                {"," if contract.surrogates else ""}
                stated.revision, stated.confirmed_at, stated.first_known_at,
                {columns}{extra}
            from stated{joins}
        )
        select {key}, revision, confirmed_at, first_known_at,
            {_digest(contract)} as content
        from whole
    """


def _contested_rows(relation: str, key: str) -> str:
    """SELECT of the rows of contested keys: found by the key alone, then read whole."""
    return f"""
        select * from {relation} where rowid in (
            select rowid from {relation} semi join contested using ({key})
        )
    """


def _child_key(contract: TableContract, child: TableContract) -> str:
    return ", ".join([*contract.surrogates, *child.key])


def _revised(contract: TableContract, key: str) -> str:
    return f"""
        create temp table revised as
        with stated as (
            select {key}, confirmed_at as recorded_at, content, revision,
                first_known_at, -1::bigint as file_id, -1::bigint as file_row
            from standing
            union all
            select {key}, recorded_at, {_digest(contract)}, 0, null, file_id, file_row
            from incoming semi join contested using ({key}) where not is_bad
        ),
        one_a_moment as (
            select * from stated
            qualify row_number() over (
                partition by {key}, recorded_at
                order by revision desc, file_id, file_row
            ) = 1
        ),
        later_than_standing as (
            select *, max(revision) over (partition by {key}) as standing_revision
            from one_a_moment
            qualify recorded_at >= coalesce(
                max(case when revision > 0 then recorded_at end)
                    over (partition by {key}),
                recorded_at
            )
        ),
        changes as (
            select *, file_id >= 0 and content is distinct from lag(content) over (
                partition by {key} order by recorded_at
            ) as is_first
            from later_than_standing
        ),
        numbered as (
            select *, standing_revision + sum(is_first::int) over (
                partition by {key} order by recorded_at
            ) as new_revision
            from changes
        )
        select {key}, new_revision::int as revision, file_id, file_row, is_first,
            max(first_known_at) over (partition by {key}) as first_known_at,
            max(recorded_at) over (partition by {key}, new_revision) as confirmed_at,
            file_id >= 0 and new_revision = standing_revision as is_confirmation
        from numbered
        where true
        qualify file_id >= 0
    """


def _digest(contract: TableContract) -> str:
    """Digest of a row's content: every landed column but `recorded_at`."""
    values = [f'"{c.name}"' for c in contract.scalars if c.name != "recorded_at"] + [
        f'list_sort(coalesce("{name}", []))' for name in contract.children
    ]
    packed = ", ".join(f"v{i} := {value}" for i, value in enumerate(values))
    return f"md5(to_json(struct_pack({packed}))::varchar)"
