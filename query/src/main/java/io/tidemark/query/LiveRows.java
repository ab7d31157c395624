package io.tidemark.query;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.DeletedRows;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.lake.PinnedTable;
import io.tidemark.spi.lake.PinnedTable.PinnedFile;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

/**
 * The rows of a pinned version as SQL. Files without deleted rows are read as they are. For the others the deleted places are bitstrings, one for
 * each block of 65,536 rows, joined on the number of the block and asked for the row in it: one look at a small table and one bit a row. Blocks are
 * numbered through all files without large gaps, because DuckDB joins on a single number of a small range without hashing it.
 * A bitstring is no longer than that because DuckDB copies the rows of a join one by one, bitstrings included, where a condition leaves few of them.
 */
final class LiveRows {
    private static final int BLOCK_SHIFT = 16;
    private static final int BLOCK_ROWS = 1 << BLOCK_SHIFT;
    private static final int BLOCK_BYTES = BLOCK_ROWS / Byte.SIZE;

    private final PinnedTable pinned;
    private final FileColumns columns;
    private final List<PinnedFile> clean = new ArrayList<>();
    private final List<PinnedFile> dirty = new ArrayList<>();
    private final String schema;
    private final String deletes;

    /**
     * @param pinned what to read
     * @param schema where {@link #loadDeletes} makes a table
     * @param deletes name of that table
     */
    LiveRows(PinnedTable pinned, String schema, String deletes) {
        this.pinned = pinned;
        this.schema = schema;
        this.deletes = deletes;
        this.columns = new FileColumns();
        List<Column> rows = pinned.spec().schema().columns();
        for (int i = 0; i < rows.size(); i++) {
            Column column = rows.get(i);
            columns.add(column.name(), column.type(), pinned.fieldIds().get(i), column.initial());
        }
        if (hasSoftDeletes()) {
            columns.add(
                    LakeTableSpec.DELETED_AT,
                    ColumnType.TIMESTAMP_TZ,
                    pinned.fieldIds().get(rows.size()),
                    null);
        }
        for (PinnedFile file : pinned.files()) {
            if (file.deleted().count() == 0) {
                clean.add(file);
            } else if (file.deleted().count() < file.rows()) {
                dirty.add(file);
            }
        }
    }

    /** Columns of the schema in order, and after them the time of the delete when deletes are soft. */
    FileColumns columns() {
        return columns;
    }

    boolean hasSoftDeletes() {
        return pinned.spec().deletes() == DeleteMode.SOFT;
    }

    List<String> locations() {
        List<String> locations = new ArrayList<>(locations(clean));
        locations.addAll(locations(dirty));
        return locations;
    }

    /** Makes the table of bitstrings, if one is needed. */
    void loadDeletes(Connection connection) throws SQLException {
        if (dirty.isEmpty()) {
            return;
        }
        String bytes = deletes + "_bytes";
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE " + qualified(bytes) + " (block BIGINT, bits BLOB)");
            try (DuckDBAppender appender =
                    connection.unwrap(DuckDBConnection.class).createAppender(Sql.CATALOG, schema, bytes)) {
                append(appender);
            }
            statement.execute("CREATE TABLE " + qualified(deletes)
                    + " AS SELECT block, CAST(bits AS BIT) AS bits FROM "
                    + qualified(bytes));
            statement.execute("DROP TABLE " + qualified(bytes));
        }
    }

    private void append(DuckDBAppender appender) throws SQLException {
        long blocks = blocksOfFile();
        for (int i = 0; i < dirty.size(); i++) {
            byte[] bits = bits(dirty.get(i));
            long block = i * blocks;
            for (int start = 0; start < bits.length; start += BLOCK_BYTES) {
                appender.beginRow();
                appender.append(block++);
                appender.append(Arrays.copyOfRange(bits, start, Math.min(bits.length, start + BLOCK_BYTES)));
                appender.endRow();
            }
        }
    }

    /** Numbers that each file has for its blocks: as many as the largest needs. */
    private long blocksOfFile() {
        long most = dirty.stream().mapToLong(PinnedFile::rows).max().orElse(0);
        return (most + BLOCK_ROWS - 1) >> BLOCK_SHIFT;
    }

    private String qualified(String table) {
        return Sql.CATALOG + "." + schema + "." + table;
    }

    /** {@code SELECT c0, c1, ... FROM ...}. */
    String sql() {
        List<String> branches = new ArrayList<>();
        if (!clean.isEmpty()) {
            branches.add("SELECT " + columns.internal("") + " FROM " + columns.reader(locations(clean)));
        }
        if (!dirty.isEmpty()) {
            branches.add("SELECT " + columns.internal("f.") + " FROM " + columns.reader(locations(dirty)) + " f JOIN "
                    + qualified(deletes)
                    + " d ON CAST(f.file_index AS BIGINT) * " + blocksOfFile() + " + (f.file_row_number >> "
                    + BLOCK_SHIFT
                    + ") = d.block"
                    + " WHERE get_bit(d.bits, CAST(f.file_row_number & " + (BLOCK_ROWS - 1) + " AS INTEGER)) = 0");
        }
        return branches.isEmpty() ? columns.nothing() : String.join(" UNION ALL ", branches);
    }

    /** A better error than the reader's own, when the cause is a file that is gone or not the one that was pinned. */
    void checkFiles() {
        checkFiles(pinned);
    }

    /** The same for a version that is not read. */
    static void checkFiles(PinnedTable pinned) {
        for (PinnedFile file : pinned.files()) {
            Locations.findDamage(file.location(), file.bytes()).ifPresent(reason -> {
                throw new TidemarkException(
                        ErrorCode.LAKE_FILE_CORRUPT,
                        "Cannot read the mirror table: " + reason + " (table="
                                + pinned.spec().schema().table() + ", file=" + file.location() + ")");
            });
        }
    }

    /** Bit n, counted from the most significant bit of the first byte, is row n; set when it is deleted. */
    private byte[] bits(PinnedFile file) {
        if (file.rows() > Integer.MAX_VALUE) {
            throw new TidemarkException(
                    ErrorCode.LIMIT_EXCEEDED,
                    "Cannot read the mirror table: a file with deleted rows holds too many rows (file="
                            + file.location() + ", rows=" + file.rows() + ", limit=" + Integer.MAX_VALUE + ")");
        }
        byte[] bits = new byte[(int) ((file.rows() + Byte.SIZE - 1) / Byte.SIZE)];
        DeletedRows deleted = file.deleted();
        deleted.forEach(row -> bits[(int) (row >>> 3)] |= (byte) (0x80 >>> (row & 7)));
        return bits;
    }

    private static List<String> locations(List<PinnedFile> files) {
        return files.stream().map(file -> Locations.local(file.location())).toList();
    }
}
