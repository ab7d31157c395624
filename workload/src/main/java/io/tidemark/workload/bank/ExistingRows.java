package io.tidemark.workload.bank;

import io.tidemark.workload.run.Randoms;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.UUID;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/** Reads what a run can change: the accounts, and the keys of rows that exist, or a sample of them when they are many. */
final class ExistingRows {
    private static final int HEADER_BYTES = 19;
    private static final int ROW_BYTES = 26;
    private static final int ACCOUNT_OFFSET = 6;
    private static final int CREATE_AT_OFFSET = 18;
    private static final long POSTGRES_EPOCH_MICROS = 946_684_800_000_000L;
    private static final double SAMPLE_MARGIN = 1.2;

    private final BankSchema schema;
    private final long seed;

    ExistingRows(BankSchema schema, long seed) {
        this.schema = schema;
        this.seed = seed;
    }

    long[] accounts(Connection connection, int accountsMax) throws SQLException {
        long[] accounts = new long[1_024];
        int size = 0;
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "select account from " + schema.accounts() + " order by account limit " + accountsMax)) {
            while (rows.next()) {
                if (size == accounts.length) {
                    accounts = Arrays.copyOf(accounts, size * 2);
                }
                accounts[size++] = rows.getLong(1);
            }
        }
        return Arrays.copyOf(accounts, size);
    }

    /** Fills the pool with keys of transactions, at most {@code keysMax}. */
    void transactions(Connection connection, KeyPool pool, int keysMax) throws SQLException {
        String sql = "copy (select account, create_at from " + schema.transactions()
                + sample(connection, schema.transactions(), keysMax) + " limit " + keysMax
                + ") to stdout with (format binary)";
        SplittableRandom random = Randoms.stream(seed, -4);
        CopyOut copy = connection.unwrap(PGConnection.class).getCopyAPI().copyOut(sql);
        boolean first = true;
        for (byte[] chunk = copy.readFromCopy(); chunk != null; chunk = copy.readFromCopy()) {
            // One message holds one row; the first one also the header; the last one only the end mark.
            int offset = first ? HEADER_BYTES : 0;
            first = false;
            if (chunk.length - offset == ROW_BYTES) {
                ByteBuffer row = ByteBuffer.wrap(chunk, offset, ROW_BYTES);
                long createAt = row.getLong(offset + CREATE_AT_OFFSET);
                if (createAt != Long.MAX_VALUE && createAt != Long.MIN_VALUE) {
                    pool.add(new Key(row.getLong(offset + ACCOUNT_OFFSET), createAt + POSTGRES_EPOCH_MICROS), random);
                }
            }
        }
    }

    List<UUID> statements(Connection connection, int keysMax) throws SQLException {
        List<UUID> ids = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select statement from " + schema.statements()
                        + sample(connection, schema.statements(), keysMax) + " limit " + keysMax)) {
            while (rows.next()) {
                ids.add(rows.getObject(1, UUID.class));
            }
        }
        return ids;
    }

    /** The clause that reads pages from all over the table when the server estimates that it has more rows than wanted. */
    private String sample(Connection connection, String table, int rowsMax) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement("select reltuples from pg_class where oid = to_regclass(?)")) {
            query.setString(1, table);
            try (ResultSet rows = query.executeQuery()) {
                double estimate = rows.next() ? rows.getDouble(1) : 0;
                if (estimate <= rowsMax * SAMPLE_MARGIN) {
                    return "";
                }
                double percent = Math.min(100, 100 * SAMPLE_MARGIN * rowsMax / estimate);
                return String.format(
                        Locale.ROOT,
                        " tablesample system (%.6f) repeatable (%d)",
                        percent,
                        Math.floorMod(seed, 1 << 30));
            }
        }
    }
}
