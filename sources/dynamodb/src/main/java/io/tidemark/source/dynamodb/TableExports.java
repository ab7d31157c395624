package io.tidemark.source.dynamodb;

import io.tidemark.source.dynamodb.export.Export;
import io.tidemark.source.dynamodb.export.ExportSummary;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.Finding;
import io.tidemark.spi.source.SourceTable;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.ExportType;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;

/** Which tables are loaded from an export, and from which. Safe from any thread. */
final class TableExports implements AutoCloseable {
    /** Streams are begun this much earlier than an export's time: the engine wants a margin between the two for clocks that differ. */
    private static final Duration MARGIN = Duration.ofMinutes(15);

    /** DynamoDB Streams have records for 24 hours; it takes its time to read them all. */
    private static final Duration KEPT = Duration.ofHours(20);

    private final Clients clients;
    private final HandedExports handed;
    private final OpenExports opened;
    private final @Nullable StartedExports started;

    /** Times of handed-in exports, by location. */
    private final Map<String, Instant> times = new ConcurrentHashMap<>();

    /** @param started null when Tidemark is to start none */
    TableExports(Clients clients, HandedExports handed, OpenExports opened, @Nullable StartedExports started) {
        this.clients = clients;
        this.handed = handed;
        this.opened = opened;
        this.started = started;
    }

    /**
     * The export of a table.
     *
     * @param location where it is
     * @param export what is there
     */
    record Chosen(String location, Export export) {}

    /** What the table is loaded from; empty for a table that is scanned. */
    Optional<Chosen> find(SourceTable table) {
        return location(table).map(location -> new Chosen(location, opened.open(location)));
    }

    Export open(String location) {
        return opened.open(location);
    }

    private Optional<String> location(SourceTable table) {
        String name = table.id().name();
        if (started == null || handed.isScanned(name)) {
            return handed.find(name);
        }
        return handed.find(name).or(() -> Optional.of(started.location(table)));
    }

    /** Whether the table can be loaded now; has an export of it made if one is wanted. */
    boolean isReadable(SourceTable table, String load, Instant earliest) {
        String name = table.id().name();
        Optional<String> location = handed.find(name);
        if (location.isEmpty() && (started == null || handed.isScanned(name))) {
            return true;
        }
        TableDescription described = clients.describe(name);
        if (location.isEmpty() && started != null && !started.isReady(table, described.tableArn(), load, earliest)) {
            return false;
        }
        require(table.id(), find(table).orElseThrow(), described, earliest);
        return true;
    }

    /**
     * Since when changes of a table are wanted if its stream is not followed yet: from before the time of its export. Empty for a table that is
     * scanned.
     */
    Optional<Instant> wantedFrom(String table) {
        Instant now = Instant.now();
        Instant longAgo = now.minus(KEPT);
        Optional<String> location = handed.find(table);
        if (location.isPresent()) {
            Instant from = times.computeIfAbsent(location.orElseThrow(), this::exportTime)
                    .minus(MARGIN);
            return Optional.of(from.isBefore(longAgo) ? longAgo : from);
        }
        return started == null || handed.isScanned(table) ? Optional.empty() : Optional.of(now.minus(MARGIN));
    }

    /**
     * One that cannot be read is told of when its table is to be loaded, and never holds up the reading of streams: of its table everything is wanted
     * that there is.
     */
    private Instant exportTime(String location) {
        try {
            return opened.open(location).summary().exportTime();
        } catch (TidemarkException e) {
            return Instant.EPOCH.plus(MARGIN);
        }
    }

    /** What there is to say of the table's export before anything is loaded; empty for a table that is scanned. */
    Optional<Finding> check(TableId table, TableDescription described) {
        String subject = "export of " + table;
        Optional<String> location = handed.find(table.name());
        try {
            if (location.isPresent()) {
                Chosen chosen = new Chosen(location.orElseThrow(), opened.open(location.orElseThrow()));
                require(table, chosen, described, Instant.EPOCH);
                chosen.export().requireFirstFile();
                return Optional.of(Finding.ok(
                        subject,
                        "it can be read, and is as of "
                                + chosen.export().summary().exportTime()));
            }
            if (started == null || handed.isScanned(table.name())) {
                return Optional.empty();
            }
            started.requireRecovery(described.tableArn());
            return Optional.of(Finding.ok(
                    subject, "point-in-time recovery is on; whether it may be exported shows when it is first done"));
        } catch (TidemarkException e) {
            return Optional.of(Finding.failed(e.code(), subject, e.reason(), e.remedy()));
        }
    }

    /** An export of a table that is not mirrored is most likely of a misspelt one. */
    Optional<Finding> checkNames(List<TableId> tables) {
        Set<String> unknown = new TreeSet<>(handed.tables());
        tables.forEach(table -> unknown.remove(table.name()));
        return unknown.isEmpty()
                ? Optional.empty()
                : Optional.of(Finding.failed(
                        ErrorCode.CONFIG_INVALID,
                        "exports",
                        "tables are named that are not mirrored (tables=" + String.join(", ", unknown) + ")",
                        "Correct the names in source: exports, which are those of DynamoDB, or take them out."));
    }

    private static void require(TableId table, Chosen chosen, TableDescription described, Instant earliest) {
        ExportSummary summary = chosen.export().summary();
        if (summary.type() != ExportType.FULL_EXPORT) {
            throw refused(table, chosen, "it has changes only (type=" + summary.type() + ")");
        }
        if (!summary.tableArn().equals(described.tableArn())) {
            throw refused(
                    table,
                    chosen,
                    "it is of another table (expected=" + described.tableArn() + ", found=" + summary.tableArn() + ")");
        }
        if (described.tableId() != null && !summary.tableId().equals(described.tableId())) {
            throw refused(
                    table,
                    chosen,
                    "the table was made anew since (expected=" + described.tableId() + ", found=" + summary.tableId()
                            + ")");
        }
        Instant time = summary.exportTime();
        if (described.latestStreamLabel() != null) {
            Instant begin = streamBegin(described.latestStreamLabel());
            if (time.isBefore(begin)) {
                throw refused(
                        table,
                        chosen,
                        "changes between it and the begin of the table's stream are nowhere (export-time=" + time
                                + ", stream-begin=" + begin + ")");
            }
        }
        if (time.isBefore(earliest)) {
            throw refused(
                    table,
                    chosen,
                    "not all changes since are captured (export-time=" + time + ", earliest=" + earliest + ")");
        }
    }

    /** The label is the time at which the stream was made, in UTC (API reference, TableDescription, LatestStreamLabel). */
    private static Instant streamBegin(String label) {
        return LocalDateTime.parse(label.replace("Z", "")).toInstant(ZoneOffset.UTC);
    }

    private static TidemarkException refused(TableId table, Chosen chosen, String reason) {
        return new TidemarkException(
                ErrorCode.CONFIG_INVALID,
                "Cannot load " + table + " from the export at " + chosen.location() + ": " + reason,
                "Hand in a newer full export of this table, made after its stream was turned on and within the last 20 hours, or have the table scanned"
                        + " (source: exports: " + table.name() + "=scan); then run 'tidemark resync " + table + "'.",
                null);
    }

    @Override
    public void close() {
        opened.close();
    }
}
