package io.tidemark.spi.source;

import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import java.util.List;

/**
 * A table as the source has it.
 *
 * @param schema row schema
 * @param identity the source's own identity of the table (Postgres: its oid), which tells a table from a later one of the same name
 * @param estimatedRows estimate, -1 when unknown
 * @param estimatedBytes estimate of the bytes on the source's disk, -1 when unknown
 * @param notices what a user should know: unlogged, no key, unsupported columns, ...; each a sentence
 */
public record SourceTable(
        RowSchema schema, String identity, long estimatedRows, long estimatedBytes, List<String> notices) {
    public SourceTable {
        notices = List.copyOf(notices);
    }

    public TableId id() {
        return schema.table();
    }
}
