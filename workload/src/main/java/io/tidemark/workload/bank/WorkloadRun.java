package io.tidemark.workload.bank;

import io.tidemark.workload.run.Run;
import io.tidemark.workload.run.WorkloadListener;
import io.tidemark.workload.run.WorkloadOptions;
import io.tidemark.workload.run.WorkloadResult;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * One run on the bank.
 *
 * @param source where its connections come from
 * @param schema tables
 * @param options what it does
 * @param planner plans its transactions
 * @param clock times of rows
 * @param run its threads and counts
 */
record WorkloadRun(
        DataSource source, BankSchema schema, WorkloadOptions options, Planner planner, MicroClock clock, Run run) {
    static List<BankSession> openSessions(DataSource source, BankSchema schema, WorkloadOptions options)
            throws SQLException {
        List<BankSession> sessions = new ArrayList<>();
        try {
            for (int i = 0; i < options.threadsUsed(); i++) {
                sessions.add(BankSession.open(source, schema, options));
            }
            return sessions;
        } catch (SQLException e) {
            sessions.forEach(BankSession::close);
            throw e;
        }
    }

    /** Runs to the end; the sessions are closed. */
    WorkloadResult run(List<BankSession> sessions, WorkloadListener listener) {
        return run.run(
                sessions.stream().map(session -> new Writer(this, session)).toList(), listener);
    }
}
