"""Names that the gate knows: reserved words, and the functions the project may call."""

import csv
import functools
from pathlib import Path
from typing import NamedTuple

PAGES = "https://docs.aws.amazon.com/redshift/latest/dg/"

# r_pg_keywords.html
RESERVED = frozenset(
    """
    aes128 aes256 all allowoverwrite analyse analyze and any array as asc authorization
    az64 backup between binary blanksasnull both bytedict bzip2 case cast check collate
    column constraint create credentials cross current_date current_time
    current_timestamp current_user current_user_id default deferrable deflate defrag
    delta delta32k desc disable distinct do else emptyasnull enable encode encrypt
    encryption end except explicit false for foreign freeze from full globaldict256
    globaldict64k grant group gzip having identity ignore ilike in initially inner
    intersect interval into is isnull join leading left like limit localtime
    localtimestamp lun luns lzo lzop minus mostly16 mostly32 mostly8 natural new not
    notnull null nulls off offline offset oid old on only open or order outer overlaps
    parallel partition percent permissions pivot placing primary raw readratio recover
    references rejectlog resort respect restore right select session_user similar
    snapshot some sysdate system table tag tdes text255 text32k then timestamp to top
    trailing true truncatecolumns union unique unnest unpivot user using verbose wallet
    when where with without
    """.split()  # noqa: SIM905 - words read better as text
)
# Columns that every table has: c_system_columns of the engine Redshift comes from.
SYSTEM_COLUMNS = frozenset({"oid", "tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"})
# c_unsupported-postgresql-functions.html
UNSUPPORTED_FUNCTIONS = frozenset(
    """
    string_agg array_agg every xmlagg corr covar_pop covar_samp regr_avgx regr_avgy
    regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy xmlconcat
    clock_timestamp justify_days justify_hours justify_interval transaction_timestamp
    div setseed width_bucket generate_series generate_subscripts bit_length overlay
    convert_from convert_to encode format quote_nullable regexp_matches
    regexp_split_to_array regexp_split_to_table
    """.split()  # noqa: SIM905 - words read better as text
)
# May stand before a bracket without being a call.
SYNTAX = frozenset(
    """
    in values over exists and or not as select on using by partition distinct with
    within when then else case end from join where having qualify all any some union
    except intersect minus table view like key primary foreign unique distkey sortkey
    identity interval grant set into insert update delete merge matched recursive
    filter ignore respect nulls rows is between group order limit include varchar char
    character varying numeric decimal time timestamp timestamptz timetz bpchar nvarchar
    nchar varbyte float precision check to procedure function returns columns default
    references only add unload copy if lateral credentials
    """.split()  # noqa: SIM905 - words read better as text
)


class Function(NamedTuple):
    """A function of the allow-list: where it may be used and the page on it."""

    scope: str  # any: everywhere · leader: not over user tables
    page: str


@functools.cache
def allowed_functions() -> dict[str, Function]:
    """`functions.csv`: every function that may be called, by its name."""
    with Path(__file__).with_name("functions.csv").open(encoding="utf-8") as lines:
        return {
            row["function"]: Function(row["scope"], PAGES + row["page"] + ".html")
            for row in csv.DictReader(lines)
        }
