package io.tidemark.source.postgres;

import io.tidemark.source.postgres.catalog.TableCatalog;
import io.tidemark.source.postgres.connection.Connections;
import io.tidemark.source.postgres.connection.PostgresErrors;
import io.tidemark.source.postgres.connection.ServerIdentity;
import io.tidemark.source.postgres.filter.ScopeProblem;
import io.tidemark.source.postgres.slot.CaptureChecks;
import io.tidemark.source.postgres.slot.CaptureNames;
import io.tidemark.source.postgres.slot.CapturePreparation;
import io.tidemark.source.postgres.slot.ReplicationSlot;
import io.tidemark.source.postgres.slot.SlotKind;
import io.tidemark.source.postgres.snapshot.CutOpener;
import io.tidemark.source.postgres.stream.PostgresChangeStream;
import io.tidemark.source.postgres.stream.ReplicationRequest;
import io.tidemark.source.postgres.type.ColumnChoices;
import io.tidemark.source.postgres.type.TypeCatalog;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.ChangeStream;
import io.tidemark.spi.source.Finding;
import io.tidemark.spi.source.LogSource;
import io.tidemark.spi.source.SnapshotCut;
import io.tidemark.spi.source.SourceIdentity;
import io.tidemark.spi.source.SourceStatus;
import io.tidemark.spi.source.SourceTable;
import io.tidemark.spi.source.TableScope;
import io.tidemark.spi.source.TypeChoices;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** PostgreSQL 14 to 18. Positions are LSNs at which commit records start. */
final class PostgresSource implements LogSource {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresSource.class);

    /** What logical messages of Tidemark are told from those of others by. */
    private static final String MARKER_PREFIX = "tidemark";

    private final Connections connections;
    private final @Nullable Connections replica;
    private final CaptureNames names;
    private final SlotKind slotKind;
    private final Path scratch;
    private final TypeChoices choices;
    private volatile boolean hasCheckedNames;
    private final Set<TableId> toldLeftOut = ConcurrentHashMap.newKeySet();

    /** @param replica a standby that rows are read from; null for none */
    PostgresSource(
            Connections connections,
            @Nullable Connections replica,
            CaptureNames names,
            SlotKind slotKind,
            Path scratch,
            TypeChoices choices) {
        this.connections = connections;
        this.replica = replica;
        this.names = names;
        this.slotKind = slotKind;
        this.scratch = scratch;
        this.choices = choices;
    }

    @Override
    public String description() {
        return connections.description();
    }

    @Override
    public List<Finding> check(List<TableId> tables, Map<TableId, TableScope> scopes) {
        return new CaptureChecks(connections, names, choices).run(replica, tables, scopes);
    }

    @Override
    public List<SourceTable> tables() {
        try (Connection connection = connections.open()) {
            TypeCatalog types = TypeCatalog.load(connection);
            checkNames(types);
            TableCatalog catalog = TableCatalog.load(connection, types, choices);
            catalog.leftOut().forEach((table, reason) -> {
                if (toldLeftOut.add(table)) {
                    LOG.info("Table left out: table={} reason={}", table, reason);
                }
            });
            return List.copyOf(catalog.tables().values());
        } catch (SQLException e) {
            throw PostgresErrors.running("list tables", e);
        }
    }

    @Override
    public Map<TableId, TidemarkException> problems(List<SourceTable> tables) {
        if (tables.isEmpty()) {
            return Map.of();
        }
        try (Connection connection = connections.open()) {
            Map<TableId, TidemarkException> problems =
                    new CaptureChecks(connections, names, choices).obstacles(connection, tables);
            problems.putAll(ScopeProblem.find(connection, tables));
            return problems;
        } catch (SQLException e) {
            throw PostgresErrors.running("look up what the tables need", e);
        }
    }

    /** Once they were all there, a type that is dropped does not stop what runs. */
    private void checkNames(TypeCatalog types) {
        if (!hasCheckedNames) {
            ColumnChoices.checkNames(choices, types);
            hasCheckedNames = true;
        }
    }

    @Override
    public void prepare(List<SourceTable> tables, Optional<String> resumeToken) {
        preparation().prepare(tables, resumeToken.map(ReplicationSlot::position));
    }

    @Override
    public void remove() {
        preparation().remove();
    }

    @Override
    public ChangeStream openStream(Optional<String> resumeToken, List<SourceTable> schemas) {
        preparation().checkSlot(resumeToken.map(ReplicationSlot::position));
        return PostgresChangeStream.open(new ReplicationRequest(
                connections,
                names.slot(),
                names.publications(),
                resumeToken,
                schemas,
                choices,
                scratch.resolve("transactions"),
                Clock.systemUTC()));
    }

    @Override
    public void checkChangesAfter(String resumeToken) {
        preparation().checkSlot(Optional.of(ReplicationSlot.position(resumeToken)));
    }

    @Override
    public SnapshotCut openCut(int readers, Duration timeout) {
        return CutOpener.open(connections, replica, readers, timeout);
    }

    @Override
    public Position mark(String content) {
        try (Connection connection = connections.open()) {
            try (PreparedStatement statement =
                    connection.prepareStatement("select pg_catalog.pg_logical_emit_message(true, ?, ?)")) {
                statement.setString(1, MARKER_PREFIX);
                statement.setString(2, content);
                statement.executeQuery().close();
            }
            // Asked for in a transaction that begins after the marker's has ended, so the commit record lies before it.
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("select pg_catalog.pg_current_wal_insert_lsn()::text")) {
                row.next();
                return ReplicationSlot.position(row.getString(1));
            }
        } catch (SQLException e) {
            throw PostgresErrors.running("mark the change stream", e);
        }
    }

    @Override
    public SourceStatus status() {
        try (Connection connection = connections.open();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select pg_catalog.pg_current_wal_lsn()::text")) {
            row.next();
            Position current = ReplicationSlot.position(row.getString(1));
            Optional<ReplicationSlot> slot =
                    ReplicationSlot.find(connection, names.slot()).filter(ReplicationSlot::isUsable);
            if (slot.isEmpty()) {
                return new SourceStatus(current, Position.ZERO, 0, false, false);
            }
            // A slot that lost its log keeps none.
            long retained = slot.orElseThrow().isLost()
                            || slot.orElseThrow().restart().equals(Position.ZERO)
                    ? 0
                    : Math.max(0, current.value() - slot.orElseThrow().restart().value());
            return new SourceStatus(
                    current,
                    slot.orElseThrow().confirmed(),
                    retained,
                    !slot.orElseThrow().isLost(),
                    slot.orElseThrow().activePid() != 0);
        } catch (SQLException e) {
            throw PostgresErrors.running("read the replication slot's state", e);
        }
    }

    @Override
    public SourceIdentity identity() {
        try (Connection connection = connections.openAny()) {
            return ServerIdentity.of(connection);
        } catch (SQLException e) {
            throw PostgresErrors.running("find out which database this is", e);
        }
    }

    @Override
    public void require(Optional<SourceIdentity> known) {
        connections.require(known.orElse(null));
        if (replica != null) {
            replica.require(known.orElse(null));
        }
    }

    @Override
    public Optional<String> follow(SourceIdentity known, Position sealed, Optional<String> resumeToken) {
        try (Connection connection = connections.openAnyReplication()) {
            SourceIdentity now = ServerIdentity.of(connection);
            if (now.timeline() == 0) {
                throw new TidemarkException(
                        ErrorCode.SOURCE_NOT_LOGICAL,
                        "Cannot go on with " + description() + ": the server is a standby",
                        "Name the primary in source.url, or promote this server.",
                        null);
            }
            if (now.timeline() < known.timeline()) {
                throw behind(known, now, "the server was left for another one, whose timeline is newer", sealed);
            }
            Position parted = ServerIdentity.parted(connection, now, known.timeline())
                    .orElseThrow(() ->
                            behind(known, now, "its timeline does not come from the one that was captured", sealed));
            if (!parted.isAfter(sealed)) {
                throw behind(
                        known, now, "the lake has transactions from after " + parted + ", where it left off", sealed);
            }
            LOG.warn(
                    "A standby was promoted, capture goes on with it: timeline={} before={} parted={} captured={}",
                    now.timeline(),
                    known.timeline(),
                    parted,
                    sealed);
            return resumeToken.map(
                    token -> ReplicationSlot.position(token).isAfter(parted) ? parted.toString() : token);
        } catch (SQLException e) {
            throw PostgresErrors.running("look up the history of the timeline", e);
        }
    }

    private TidemarkException behind(SourceIdentity known, SourceIdentity now, String reason, Position sealed) {
        return new TidemarkException(
                ErrorCode.SOURCE_BEHIND,
                "Cannot go on with " + description() + ": " + reason + " (timeline=" + now.timeline() + ", captured="
                        + known.timeline() + ", through=" + sealed + ")");
    }

    @Override
    public void beginAfter(Position sealed) {
        preparation().dropUpTo(sealed);
    }

    @Override
    public void giveUpLog() {
        preparation().dropSlot();
    }

    @Override
    public void close() {
        // Every method closes what it opened.
    }

    private CapturePreparation preparation() {
        return new CapturePreparation(connections, names, choices, slotKind);
    }
}
