package io.tidemark.source.postgres.slot;

import io.tidemark.source.postgres.catalog.TableCatalog;
import io.tidemark.source.postgres.connection.Connections;
import io.tidemark.source.postgres.connection.PostgresErrors;
import io.tidemark.source.postgres.connection.SqlState;
import io.tidemark.source.postgres.type.TypeCatalog;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.source.Finding;
import io.tidemark.spi.source.SourceTable;
import io.tidemark.spi.source.TypeChoices;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes publications and slot, and takes them away. Every step looks first at what is there, so that a second run changes nothing. */
public final class CapturePreparation {
    private static final Logger LOG = LoggerFactory.getLogger(CapturePreparation.class);

    /** A new slot waits for running transactions; after this time the one that blocks is named, and the caller tries again. */
    private static final Duration SLOT_WAIT = Duration.ofMinutes(2);

    private final Connections connections;
    private final CaptureNames names;
    private final TypeChoices choices;
    private final SlotKind kind;

    public CapturePreparation(Connections connections, CaptureNames names, TypeChoices choices, SlotKind kind) {
        this.connections = connections;
        this.names = names;
        this.choices = choices;
        this.kind = kind;
    }

    /**
     * Makes the database publish and keep the changes of exactly these tables.
     *
     * @param tables the tables as registered; whether their rows can be told apart is looked up anew, since a table that has lost its key must
     *     not stay in the publication of updates
     * @param resume position after which the pipeline goes on; empty for a new pipeline
     */
    public void prepare(Collection<SourceTable> tables, Optional<Position> resume) {
        try (Connection connection = connections.open()) {
            try {
                prepare(connection, tables, resume);
            } catch (SQLException e) {
                throw explained(connection, tables, e);
            }
        } catch (SQLException e) {
            throw PostgresErrors.running("prepare capture", e);
        } catch (InterruptedException e) {
            throw interrupted("prepare capture", e);
        }
    }

    /** Drops slot and publications; what is not there is left alone. */
    public void remove() {
        try (Connection connection = connections.open()) {
            ReplicationSlot.drop(connection, names.slot());
            new Publications(connection, names).drop();
            LOG.info("Capture removed: slot={}", names.slot());
        } catch (SQLException e) {
            throw PostgresErrors.running("remove slot and publications of pipeline " + names.pipeline(), e);
        } catch (InterruptedException e) {
            throw interrupted("remove capture", e);
        }
    }

    /** Drops the slot, ending its reader. */
    public void dropSlot() {
        try (Connection connection = connections.open()) {
            ReplicationSlot.drop(connection, names.slot());
        } catch (SQLException e) {
            throw PostgresErrors.running("drop replication slot " + names.slot(), e);
        } catch (InterruptedException e) {
            throw interrupted("drop the replication slot", e);
        }
    }

    /**
     * Drops a slot from before the position, so that the next preparation makes a new one behind it.
     *
     * @throws TidemarkException {@code SOURCE_BEHIND} when the database's log has not come that far: what is captured would seem older
     */
    public void dropUpTo(Position sealed) {
        try (Connection connection = connections.open()) {
            Position current = insertPosition(connection);
            if (!current.isAfter(sealed)) {
                throw new TidemarkException(
                        ErrorCode.SOURCE_BEHIND,
                        "Cannot begin capture anew: the database's log has not come as far as what was captured before (current="
                                + current + ", captured=" + sealed + ")",
                        "When the database is a promoted standby, capture begins by itself as soon as its log is longer. When it is"
                                + " another one, mirror it as another pipeline: change 'pipeline' and 'lake.location'.",
                        null);
            }
            Optional<ReplicationSlot> slot =
                    ReplicationSlot.find(connection, names.slot()).filter(ReplicationSlot::isUsable);
            if (slot.isPresent() && !slot.orElseThrow().confirmed().isAfter(sealed)) {
                ReplicationSlot.drop(connection, names.slot());
                LOG.info("Replication slot dropped, it is older than what was captured: slot={}", names.slot());
            }
        } catch (SQLException e) {
            throw PostgresErrors.running("begin capture anew", e);
        } catch (InterruptedException e) {
            throw interrupted("begin capture anew", e);
        }
    }

    private static Position insertPosition(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select pg_catalog.pg_current_wal_insert_lsn()::text")) {
            row.next();
            return ReplicationSlot.position(row.getString(1));
        }
    }

    /** Checks that the database still has all changes after the position. */
    public void checkSlot(Optional<Position> resume) {
        try (Connection connection = connections.open()) {
            checkSlot(connection, resume);
        } catch (SQLException e) {
            throw PostgresErrors.running("look up replication slot " + names.slot(), e);
        }
    }

    private void checkSlot(Connection connection, Optional<Position> resume) throws SQLException {
        ReplicationSlot slot = ReplicationSlot.find(connection, names.slot())
                .orElseThrow(() -> lost("replication slot " + names.slot() + " does not exist"));
        if (!slot.isUsable()) {
            throw foreign();
        }
        if (slot.isLost()) {
            throw lost("replication slot " + names.slot()
                    + " was invalidated, because it kept more log than the server allows");
        }
        if (resume.isPresent() && slot.confirmed().isAfter(resume.orElseThrow())) {
            throw lost("replication slot " + names.slot() + " has moved past the pipeline (confirmed="
                    + slot.confirmed() + ", pipeline=" + resume.orElseThrow() + ")");
        }
        if (resume.isPresent()) {
            Position current = insertPosition(connection);
            if (resume.orElseThrow().isAfter(current)) {
                // The server would pass over all changes up to there without a word.
                throw new TidemarkException(
                        ErrorCode.SOURCE_BEHIND,
                        "Cannot go on capturing: the database's log is shorter than what was captured (current="
                                + current + ", captured=" + resume.orElseThrow() + ")");
            }
        }
    }

    private void prepare(Connection connection, Collection<SourceTable> tables, Optional<Position> resume)
            throws SQLException, InterruptedException {
        Publications publications = new Publications(connection, names);
        boolean hasPublications =
                publications.existing().size() == names.publications().size();
        Optional<ReplicationSlot> slot = ReplicationSlot.find(connection, names.slot());
        if (slot.isPresent() && !slot.orElseThrow().isUsable()) {
            throw foreign();
        }
        if (resume.isPresent()) {
            checkSlot(connection, resume);
            if (!hasPublications) {
                throw lost("a publication was dropped (publications=" + names.publications() + ")");
            }
        } else if (slot.isPresent() && slot.orElseThrow().activePid() != 0 && !hasPublications) {
            // A running pipeline that changes its set of tables: its slot cannot be read any further.
            throw lost("a publication was dropped (publications=" + names.publications() + ")");
        } else if (slot.isPresent() && (slot.orElseThrow().isLost() || !hasPublications)) {
            // Nothing is owed to a new pipeline, and a slot older than its publications cannot be read.
            ReplicationSlot.drop(connection, names.slot());
            slot = Optional.empty();
        }
        CaptureChecks checks = new CaptureChecks(connections, names, choices);
        if (slot.isEmpty()) {
            // A slot that cannot be made must not leave publications behind.
            failOn(checks.server(connection), null);
        }
        TableCatalog catalog = TableCatalog.load(connection, TypeCatalog.load(connection), choices);
        List<SourceTable> live = new ArrayList<>();
        for (SourceTable table : tables) {
            SourceTable found = catalog.tables().get(table.id());
            if (found == null) {
                failOn(checks.tables(connection, List.of(table.id()), Map.of()), null);
                continue;
            }
            if (found.schema().beforeImage() != table.schema().beforeImage()) {
                LOG.warn(
                        "Replica identity changed: table={} registered={} now={}",
                        table.id(),
                        table.schema().beforeImage(),
                        found.schema().beforeImage());
            }
            live.add(found);
        }
        publications.publish(live);
        if (slot.isEmpty()) {
            ReplicationSlot.create(connection, names.slot(), kind, SLOT_WAIT);
            LOG.info("Replication slot created: slot={}", names.slot());
        } else if (ReplicationSlot.isToBecome(connection, names.slot(), kind)) {
            try (Connection replication = connections.openReplication()) {
                ReplicationSlot.become(replication, names.slot(), kind);
            }
            LOG.info("Replication slot changed: slot={} kind={}", names.slot(), kind);
        }
    }

    /** Finds out which missing setting or permission is behind the error. */
    private TidemarkException explained(Connection connection, Collection<SourceTable> tables, SQLException e)
            throws SQLException {
        if (SqlState.isLost(e)) {
            throw e;
        }
        CaptureChecks checks = new CaptureChecks(connections, names, choices);
        List<Finding> findings = new ArrayList<>(checks.server(connection));
        findings.addAll(checks.tables(
                connection,
                tables.stream().map(SourceTable::id).toList(),
                tables.stream().collect(Collectors.toMap(SourceTable::id, SourceTable::scope))));
        return CaptureChecks.firstFailure("prepare capture", findings, e)
                .orElseGet(() -> PostgresErrors.running("prepare capture", e));
    }

    private static void failOn(List<Finding> findings, @Nullable Throwable cause) {
        CaptureChecks.firstFailure("prepare capture", findings, cause).ifPresent(e -> {
            throw e;
        });
    }

    private TidemarkException foreign() {
        return new TidemarkException(
                ErrorCode.SOURCE_SLOT_IN_USE,
                "Cannot use replication slot: it belongs to another database or plug-in (slot=" + names.slot() + ")",
                "Give this pipeline another slot with source.slot, or drop that one: SELECT pg_drop_replication_slot('"
                        + names.slot() + "');",
                null);
    }

    private static TidemarkException lost(String reason) {
        return new TidemarkException(ErrorCode.SOURCE_SLOT_LOST, "Cannot go on reading changes: " + reason);
    }

    private static TidemarkException interrupted(String attempt, InterruptedException e) {
        Thread.currentThread().interrupt();
        return new TidemarkException(ErrorCode.TIMEOUT, "Cannot " + attempt + ": it was interrupted", e);
    }
}
