package io.tidemark.workload.bank;

import io.tidemark.workload.run.WorkloadOptions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/**
 * One connection with its prepared statements. Single-row transactions are one round trip (the server commits them itself); larger ones send
 * one batch for each kind of statement. Not thread-safe, except {@link #abort}.
 */
final class BankSession implements AutoCloseable {
    private static final int BATCH_ROWS_MAX = 1_000;

    private final Connection connection;
    private final BankSchema schema;
    private final Map<BankStatement, PreparedStatement> statements = new EnumMap<>(BankStatement.class);
    private boolean outcomeUnknown;

    private BankSession(Connection connection, BankSchema schema) {
        this.connection = connection;
        this.schema = schema;
    }

    static BankSession open(DataSource source, BankSchema schema, WorkloadOptions options) throws SQLException {
        Connection connection = source.getConnection();
        try {
            connection.setAutoCommit(options.changesPerTransaction() == 1 && options.rollbackPercent() == 0);
            return new BankSession(connection, schema);
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /** Executes and ends a transaction; {@code rows} receives the number of rows that each change hit. */
    void execute(PlannedTransaction transaction, int[] rows) throws SQLException {
        List<Change> changes = transaction.changes();
        outcomeUnknown = connection.getAutoCommit();
        if (changes.size() == 1) {
            Change change = changes.get(0);
            PreparedStatement row = prepared(change.statement());
            change.bind(row);
            rows[0] = row.executeUpdate();
        } else {
            executeBatches(changes, rows);
        }
        if (connection.getAutoCommit()) {
            return;
        }
        if (transaction.end() == PlannedTransaction.End.ROLLBACK) {
            connection.rollback();
            return;
        }
        outcomeUnknown = true;
        connection.commit();
    }

    /** After a lost connection: whether the last transaction may have been committed. */
    boolean isOutcomeUnknown() {
        return outcomeUnknown;
    }

    void rollback() throws SQLException {
        if (!connection.getAutoCommit()) {
            connection.rollback();
        }
    }

    /** Ends the connection even while another thread waits for the server. */
    void abort() {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            // The connection is gone already, which is what was asked for.
            return;
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            // A connection that does not close has failed before, and that failure was handled.
            return;
        }
    }

    private void executeBatches(List<Change> changes, int[] rows) throws SQLException {
        int start = 0;
        while (start < changes.size()) {
            BankStatement statement = changes.get(start).statement();
            PreparedStatement batch = prepared(statement);
            int end = start;
            while (end < changes.size()
                    && end - start < BATCH_ROWS_MAX
                    && changes.get(end).statement() == statement) {
                changes.get(end).bind(batch);
                batch.addBatch();
                end++;
            }
            int[] hit = executeBatch(batch);
            System.arraycopy(hit, 0, rows, start, hit.length);
            start = end;
        }
    }

    private static int[] executeBatch(PreparedStatement batch) throws SQLException {
        try {
            int[] hit = batch.executeBatch();
            for (int i = 0; i < hit.length; i++) {
                // A driver that folds inserts together knows only that they succeeded.
                hit[i] = hit[i] == Statement.SUCCESS_NO_INFO ? 1 : hit[i];
            }
            return hit;
        } finally {
            batch.clearBatch();
        }
    }

    private PreparedStatement prepared(BankStatement statement) throws SQLException {
        PreparedStatement known = statements.get(statement);
        if (known == null) {
            known = connection.prepareStatement(statement.sql(schema));
            statements.put(statement, known);
        }
        return known;
    }
}
