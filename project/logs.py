"""How a line of the log is written."""

import logging
import re
from typing import Final

# PostgreSQL explains an error with the row or the statement that it is about: "DETAIL:  Failing row contains (7, 王小明, …)". It may span
# lines of any kind, so everything goes until the next error of the chain.
_ROWS: Final = re.compile(
    r"^(?:DETAIL|CONTEXT|STATEMENT|LINE \d+):.*?(?=\n\n(?:The above exception|During handling of)|\Z)", re.MULTILINE | re.DOTALL
)


class WithoutRows(logging.Formatter):
    """Leaves out what the database tells about the rows behind an error: they are children's."""

    def format(self, record: logging.LogRecord) -> str:
        return _ROWS.sub("DETAIL: left out of the log", super().format(record))
