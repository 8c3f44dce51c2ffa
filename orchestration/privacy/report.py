"""What is kept of a person, for them: article 15 of the GDPR."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from orchestration.errors import WarehouseError
from orchestration.ingest.contract import TableContract
from orchestration.ingest.engine import Connection
from orchestration.privacy.subjects import Contracts, owned
from orchestration.sql import Row, rows_of

_ABOUT = {
    "purposes": "Accounting for bets, reporting to regulators, prevention of fraud and "
    "of harm, service, and marketing where it was agreed to.",
    "recipients": "Audiences inside the operator that seeds/audience_access.csv lists; "
    "regulators and tax offices by law. Identifiers: the privacy office only.",
    "rights": "Correction, erasure, restriction, objection, portability, and complaint "
    "to the supervisory authority.",
    "source": "The operator's own systems, named before the two underscores of each "
    "relation.",
    "automated_decisions": "None is taken here. Scores that people look at are in the "
    "relations of schema risk.",
    "retention": "seeds/retention_policies.csv and seeds/legal_holds.csv.",
}

_DERIVED = """
    select table_schema, table_name from information_schema.columns
    where column_name = 'customer_id' and table_schema in
        ('core', 'customer', 'finance', 'marketing', 'risk', 'snapshots')
    order by all
"""


def subject_report(
    connection: Connection, contracts: Contracts, customer_id: str
) -> dict[str, Any]:
    """All that the warehouse has about a customer.

    Args:
        connection: The warehouse.
        contracts: Contract by (source, table).
        customer_id: Who asks.

    Returns:
        What article 15(1) wants to be told; what the sources delivered, every revision
        with its identifiers; what was derived from it; what is held by law.

    Raises:
        WarehouseError: Nothing is known of them.
    """
    bound = {"customer_id": customer_id}
    delivered = {
        contract.relation: rows_of(connection, _delivered(contract), bound)
        for contract in owned(contracts)
    }
    held = "select * from vault.held_records where customer_id = $customer_id"
    kept = {
        "delivered": {name: rows for name, rows in delivered.items() if rows},
        "derived": _derived(connection, bound),
        "held_by_law": rows_of(connection, held, bound),
    }
    if not kept["delivered"] and not kept["held_by_law"]:
        raise WarehouseError(
            "Nothing is known of this customer.",
            "Mind the case of the identifier; files that wait are told of by "
            "`warehouse status`.",
            exit_code=2,
        )
    return {
        "customer_id": customer_id,
        "made_at": datetime.now(UTC).replace(tzinfo=None),
        "about": _ABOUT,
        **kept,
    }


def _delivered(contract: TableContract) -> str:
    """SELECT of a customer's rows of a raw relation with what the vault has of them."""
    vault = "".join(f', vaulted."{c.name}"' for c in contract.vault_columns)
    key = ", ".join((*contract.key, "revision"))
    joined = f"left join vault.{contract.relation} as vaulted using ({key})"
    return (
        f"select stated.*{vault} from raw.{contract.relation} as stated "
        f"{joined if contract.vault_columns else ''} "
        f"where stated.customer_id = $customer_id order by stated.known_at"
    )


def _derived(
    connection: Connection, bound: Mapping[str, object]
) -> dict[str, list[Row]]:
    found = {}
    for row in rows_of(connection, _DERIVED):
        relation = f"{row['table_schema']}.{row['table_name']}"
        query = f"select * from {relation} where customer_id = $customer_id"
        if rows := rows_of(connection, query, bound):
            found[relation] = rows
    return found
