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

    /** Keys of changes take a quarter of the memory at most. */
    private static final int MEMORY_SHARE = 4;

    private final Clients clients;
    private final HandedExports handed;
    private final OpenExports opened;
    private final @Nullable StartedExports started;

    /** Times of handed-in exports, by location. */
    private final Map<List<String>, Instant> times = new ConcurrentHashMap<>();

    /** @param started null when Tidemark is to start none */
    TableExports(Clients clients, HandedExports handed, OpenExports opened, @Nullable StartedExports started) {
        this.clients = clients;
        this.handed = handed;
        this.opened = opened;
        this.started = started;
    }

    /** What the table is loaded from; empty for a table that is scanned. */
    Optional<ExportSeries> find(SourceTable table) {
        return locations(table).map(this::open);
    }

    ExportSeries open(List<String> locations) {
        return new ExportSeries(locations, locations.stream().map(opened::open).toList());
    }

    private Optional<List<String>> locations(SourceTable table) {
        String name = table.id().name();
        if (started == null || handed.isScanned(name)) {
            return handed.find(name);
        }
        return handed.find(name).or(() -> Optional.of(List.of(started.location(table))));
    }

    /** Whether the table can be loaded now; has an export of it made if one is wanted. */
    boolean isReadable(SourceTable table, String load, Instant earliest) {
        String name = table.id().name();
        Optional<List<String>> location = handed.find(name);
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
        Optional<List<String>> location = handed.find(table);
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
    private Instant exportTime(List<String> locations) {
        try {
            return open(locations).asOf();
        } catch (TidemarkException e) {
            return Instant.EPOCH.plus(MARGIN);
        }
    }

    /** What there is to say of the table's export before anything is loaded; empty for a table that is scanned. */
    Optional<Finding> check(TableId table, TableDescription described) {
        String subject = "export of " + table;
        Optional<List<String>> location = handed.find(table.name());
        try {
            if (location.isPresent()) {
                ExportSeries series = open(location.orElseThrow());
                require(table, series, described, Instant.EPOCH);
                series.exports().forEach(Export::requireFirstFile);
                return Optional.of(Finding.ok(subject, "it can be read, and is as of " + series.asOf()));
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

    private static void require(TableId table, ExportSeries series, TableDescription described, Instant earliest) {
        Instant until = null;
        for (int i = 0; i < series.exports().size(); i++) {
            ExportSummary summary = series.exports().get(i).summary();
            String location = series.locations().get(i);
            requireSameTable(table, location, summary, described);
            until = follow(table, location, summary, until);
        }
        requireRoom(table, series);
        Instant time = series.asOf();
        String location = series.location();
        if (described.latestStreamLabel() != null) {
            Instant begin = streamBegin(described.latestStreamLabel());
            if (time.isBefore(begin)) {
                throw refused(
                        table,
                        location,
                        "changes between it and the begin of the table's stream are nowhere (export-time=" + time
                                + ", stream-begin=" + begin + ")");
            }
        }
        if (time.isBefore(earliest)) {
            throw refused(
                    table,
                    location,
                    "not all changes since are captured (export-time=" + time + ", earliest=" + earliest + ")");
        }
    }

    private static void requireSameTable(
            TableId table, String location, ExportSummary summary, TableDescription described) {
        if (!summary.tableArn().equals(described.tableArn())) {
            throw refused(
                    table,
                    location,
                    "it is of another table (expected=" + described.tableArn() + ", found=" + summary.tableArn() + ")");
        }
        if (described.tableId() != null && !summary.tableId().equals(described.tableId())) {
            throw refused(
                    table,
                    location,
                    "the table was made anew since (expected=" + described.tableId() + ", found=" + summary.tableId()
                            + ")");
        }
    }

    /** @param until up to when the exports before have everything; null for the first one */
    private static Instant follow(TableId table, String location, ExportSummary summary, @Nullable Instant until) {
        boolean isFull = summary.type() == ExportType.FULL_EXPORT;
        if (until == null) {
            if (!isFull) {
                throw refused(table, location, "it has changes only (type=" + summary.type() + ")");
            }
        } else if (isFull) {
            throw refused(table, location, "it is a full one; only incremental ones can follow the first");
        } else if (summary.findFrom().orElseThrow().isAfter(until)) {
            throw refused(
                    table,
                    location,
                    "changes between it and the one before are nowhere (export-time of the one before=" + until
                            + ", begin=" + summary.findFrom().orElseThrow() + ")");
        } else if (summary.exportTime().isBefore(until)) {
            throw refused(
                    table,
                    location,
                    "it ends before the one before (export-time of the one before=" + until + ", end="
                            + summary.exportTime() + ")");
        }
        return summary.exportTime();
    }

    private static void requireRoom(TableId table, ExportSeries series) {
        long room = Runtime.getRuntime().maxMemory() / MEMORY_SHARE / ChangedKeys.BYTES_PER_KEY;
        if (series.changes() > room) {
            throw new TidemarkException(
                    ErrorCode.LIMIT_EXCEEDED,
                    "Cannot load " + table + " from the exports at " + series.location()
                            + ": the keys of their changes do not fit into memory (changes=" + series.changes()
                            + ", at-most=" + room + ")",
                    "Give the process more memory (java -Xmx), or hand in a newer full export.",
                    null);
        }
    }

    /** The label is the time at which the stream was made, in UTC (API reference, TableDescription, LatestStreamLabel). */
    private static Instant streamBegin(String label) {
        return LocalDateTime.parse(label.replace("Z", "")).toInstant(ZoneOffset.UTC);
    }

    private static TidemarkException refused(TableId table, String location, String reason) {
        return new TidemarkException(
                ErrorCode.CONFIG_INVALID,
                "Cannot load " + table + " from the export at " + location + ": " + reason,
                "Hand in a full export of this table, with incremental ones behind it up to a time after its stream was turned on and within the last 20"
                        + " hours, or have the table scanned (source: exports: " + table.name()
                        + "=scan); then run 'tidemark resync " + table + "'.",
                null);
    }

    @Override
    public void close() {
        opened.close();
    }
}
