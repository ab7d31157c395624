package io.tidemark.spi.query;

import io.tidemark.spi.lake.PinnedTable;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import java.util.List;

/** The tables that a query may name. Called only for those that it does name. */
public interface QueryCatalog {
    /** All mirror tables, also those with history only. */
    List<TableId> tables();

    /** The version of the table to read, the same for every call of one query. */
    PinnedTable pin(TableId table);

    /** The newest schema of the table. */
    RowSchema schema(TableId table);

    /** The files of the table's history in commit order. */
    List<HistoryFile> history(TableId table);
}
