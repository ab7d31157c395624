package io.tidemark.source.postgres.slot;

import io.tidemark.source.postgres.catalog.TableCatalog;
import io.tidemark.source.postgres.connection.Connections;
import io.tidemark.source.postgres.connection.PostgresErrors;
import io.tidemark.source.postgres.connection.ServerIdentity;
import io.tidemark.source.postgres.type.TypeCatalog;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.Finding;
import io.tidemark.spi.source.SourceTable;
import io.tidemark.spi.source.TableScope;
import io.tidemark.spi.source.TypeChoices;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tests whether capture can work, and says with which statement to put right what cannot. Changes nothing. */
public final class CaptureChecks {
    private final Connections connections;
    private final CaptureNames names;
    private final TypeChoices choices;

    public CaptureChecks(Connections connections, CaptureNames names, TypeChoices choices) {
        this.connections = connections;
        this.names = names;
        this.choices = choices;
    }

    /**
     * Tests everything; never throws for what a user can put right.
     *
     * @param replica a standby that rows are read from; null for none
     * @param scopes scopes of tables that are not mirrored whole
     */
    public List<Finding> run(@Nullable Connections replica, List<TableId> tables, Map<TableId, TableScope> scopes) {
        List<Finding> findings = new ArrayList<>();
        try {
            try (Connection connection = connections.open()) {
                findings.add(Finding.ok("connection", connections.description()));
                findings.addAll(server(connection));
                findings.add(replicationConnection());
                if (replica != null) {
                    findings.addAll(replica(connection, replica));
                }
                findings.addAll(tables(connection, tables, scopes));
            } catch (SQLException e) {
                throw PostgresErrors.running("check the source", e);
            }
        } catch (TidemarkException e) {
            findings.add(
                    Finding.failed(e.code(), findings.isEmpty() ? "connection" : "source", e.reason(), e.remedy()));
        }
        return List.copyOf(findings);
    }

    /** The first thing that prevents the attempt, as an error. */
    static Optional<TidemarkException> firstFailure(String attempt, List<Finding> findings, @Nullable Throwable cause) {
        return findings.stream()
                .filter(finding -> finding.status() == Finding.Status.FAILED)
                .findFirst()
                .map(finding -> new TidemarkException(
                        finding.code().orElse(ErrorCode.SOURCE_QUERY),
                        "Cannot " + attempt + ": " + finding.detail(),
                        finding.remedy(),
                        cause));
    }

    /** Tests the server's settings and the role's permissions. */
    List<Finding> server(Connection connection) throws SQLException {
        ServerFacts facts = ServerFacts.load(connection);
        boolean hasSlot = ReplicationSlot.find(connection, names.slot()).isPresent();
        boolean hasPublications = new Publications(connection, names).existing().size()
                == names.publications().size();
        List<Finding> findings = new ArrayList<>();
        findings.add(Finding.ok("version", "PostgreSQL " + facts.version() + ", encoding " + facts.encoding()));
        if (facts.isStandby()) {
            findings.add(Finding.failed(
                    ErrorCode.SOURCE_NOT_LOGICAL,
                    "primary",
                    "the server is a standby, where no publication can be made",
                    "Name the primary in source.url."));
        }
        findings.add(walLevel(facts));
        findings.add(
                facts.mayReplicate()
                        ? Finding.ok(
                                "permission to replicate", "role " + connections.user() + " may use replication slots")
                        : Finding.failed(
                                ErrorCode.SOURCE_PERMISSION,
                                "permission to replicate",
                                "role " + connections.user() + " may not use replication slots",
                                PostgresErrors.replicationRemedy(connections.user())));
        findings.add(slots(facts, hasSlot));
        findings.add(
                facts.mayCreate() || hasPublications
                        ? Finding.ok(
                                "permission to publish",
                                "role " + connections.user() + " may make publications, or they exist")
                        : Finding.failed(
                                ErrorCode.SOURCE_PERMISSION,
                                "permission to publish",
                                "role " + connections.user() + " may not create publications in database "
                                        + facts.database(),
                                "Run: GRANT CREATE ON DATABASE " + TableId.quote(facts.database()) + " TO "
                                        + TableId.quote(connections.user()) + ";"));
        return findings;
    }

    /** Why tables cannot be published, or the part of them that is mirrored cannot be read; those that can are not in the result. */
    public Map<TableId, TidemarkException> obstacles(Connection connection, List<SourceTable> tables)
            throws SQLException {
        Map<TableId, TidemarkException> obstacles = new HashMap<>();
        new TableChecks(connection, connections.user(), names)
                .permissions(tables)
                .forEach((table, findings) -> firstFailure("capture table " + table, findings, null)
                        .ifPresent(failure -> obstacles.put(table, failure)));
        Map<TableId, String> restricted = new Publications(connection, names).restricted();
        for (SourceTable table : tables) {
            String publication = restricted.get(table.id());
            if (publication != null) {
                obstacles.put(table.id(), Publications.restricted(table.id(), publication));
            }
        }
        return obstacles;
    }

    /** Tests whether the tables can be published and read. */
    List<Finding> tables(Connection connection, Collection<TableId> tables, Map<TableId, TableScope> scopes)
            throws SQLException {
        TableCatalog catalog = TableCatalog.load(connection, TypeCatalog.load(connection), choices);
        TableChecks checks = new TableChecks(connection, connections.user(), names);
        Map<TableId, String> restricted = new Publications(connection, names).restricted();
        List<SourceTable> parts = new ArrayList<>();
        for (TableId table : tables) {
            SourceTable whole = catalog.tables().get(table);
            if (whole != null) {
                parts.add(whole.within(scopes.getOrDefault(table, TableScope.WHOLE)));
            }
        }
        Map<TableId, List<Finding>> permissions = checks.permissions(parts);
        List<Finding> findings = new ArrayList<>();
        for (TableId table : tables) {
            findings.addAll(checks.run(
                    catalog,
                    table,
                    scopes.getOrDefault(table, TableScope.WHOLE),
                    permissions.getOrDefault(table, List.of())));
            String publication = restricted.get(table);
            if (publication != null) {
                TidemarkException problem = Publications.restricted(table, publication);
                findings.add(Finding.failed(problem.code(), "table " + table, problem.reason(), problem.remedy()));
            }
        }
        catalog.leftOut().forEach((table, reason) -> {
            // Rules select among the tables that can be captured, so nobody asks about this one.
            if (!tables.contains(table)) {
                findings.add(Finding.warning("table " + table, "table " + table + " is left out: " + reason, ""));
            }
        });
        return findings;
    }

    private static List<Finding> replica(Connection primary, Connections replica) throws SQLException {
        String subject = "replica";
        try (Connection standby = replica.openAnyReplication()) {
            Replica.requireUsable(ServerIdentity.of(primary), standby, replica.description());
            ServerFacts facts = ServerFacts.load(standby);
            List<Finding> findings = new ArrayList<>();
            findings.add(Finding.ok(
                    subject,
                    "loads and proofs read from " + replica.description() + ", which is "
                            + Replica.behind(primary, standby) + " bytes of log behind"));
            if (facts.slotsMax() - facts.slots() < 1) {
                findings.add(Finding.failed(
                        ErrorCode.SOURCE_NO_FREE_SLOT,
                        subject,
                        "none of the replica's " + facts.slotsMax()
                                + " replication slots is free; a snapshot or comparison needs one for a moment",
                        "Raise max_replication_slots on the replica and restart it."));
            }
            if (!isTrue(standby, "current_setting('hot_standby_feedback')::bool")) {
                findings.add(Finding.warning(
                        subject,
                        "hot_standby_feedback is off on the replica: the primary's vacuum ends reading there that takes longer than"
                                + " max_standby_streaming_delay, and loads of large tables start over again and again",
                        "Run on the replica: ALTER SYSTEM SET hot_standby_feedback = on; SELECT pg_reload_conf();"));
            }
            if (!isTrue(primary, "has_function_privilege('pg_catalog.pg_log_standby_snapshot()', 'EXECUTE')")) {
                findings.add(Finding.warning(
                        subject,
                        "the role may not have the primary log its running transactions, so that a cut on the replica takes up to a"
                                + " minute",
                        "Run on the primary: GRANT EXECUTE ON FUNCTION pg_catalog.pg_log_standby_snapshot() TO "
                                + TableId.quote(replica.user()) + ";"));
            }
            return findings;
        } catch (TidemarkException e) {
            return List.of(Finding.failed(e.code(), subject, e.reason(), e.remedy()));
        }
    }

    private static boolean isTrue(Connection connection, String expression) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select " + expression)) {
            row.next();
            return row.getBoolean(1);
        }
    }

    private Finding replicationConnection() {
        try {
            Connections.close(connections.openReplication());
            return Finding.ok("connection for replication", connections.description());
        } catch (TidemarkException e) {
            return Finding.failed(e.code(), "connection for replication", e.reason(), e.remedy());
        }
    }

    private static Finding walLevel(ServerFacts facts) {
        return facts.walLevel().equals("logical")
                ? Finding.ok("wal_level", "logical")
                : Finding.failed(
                        ErrorCode.SOURCE_NOT_LOGICAL,
                        "wal_level",
                        "wal_level is " + facts.walLevel() + ", must be logical",
                        "Run: ALTER SYSTEM SET wal_level = 'logical'; then restart the database (on RDS: set rds.logical_replication = 1"
                                + " in the parameter group and reboot).");
    }

    /** One slot for the pipeline, and one that exists for a moment at each snapshot and comparison. */
    private static Finding slots(ServerFacts facts, boolean hasSlot) {
        int freeSlots = facts.slotsMax() - facts.slots();
        int freeSenders = facts.sendersMax() - facts.senders();
        int needed = hasSlot ? 1 : 2;
        String detail = freeSlots + " of " + facts.slotsMax() + " replication slots and " + freeSenders + " of "
                + facts.sendersMax() + " WAL senders are free";
        String remedy = "Run: ALTER SYSTEM SET max_replication_slots = " + (facts.slots() + needed + 2)
                + "; ALTER SYSTEM SET max_wal_senders = " + (Math.max(facts.senders(), facts.slots()) + needed + 2)
                + "; then restart the database. Or drop unused slots: SELECT slot_name FROM pg_replication_slots WHERE NOT active;";
        if (freeSlots < needed - 1 || freeSenders < 1) {
            return Finding.failed(ErrorCode.SOURCE_NO_FREE_SLOT, "replication slots", detail, remedy);
        }
        return freeSlots < needed || freeSenders < 2
                ? Finding.warning(
                        "replication slots", detail + "; a snapshot or comparison needs one more for a moment", remedy)
                : Finding.ok(
                        "replication slots",
                        detail + "; retained log is "
                                + (facts.keepLimit().equals("-1")
                                        ? "not limited (max_slot_wal_keep_size = -1)"
                                        : "limited to " + facts.keepLimit()));
    }
}
