package io.tidemark.source.dynamodb;

import io.tidemark.source.dynamodb.export.ExportRequest;
import io.tidemark.source.dynamodb.export.ExportStarter;
import io.tidemark.source.dynamodb.export.FinishedExport;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.RetryRule;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.SourceTable;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Exports that Tidemark has DynamoDB make, one for each table that is to be loaded. Safe from any thread. */
final class StartedExports {
    /** A table that is loaded again soon, as for an attribute that was met, is loaded from the same export. */
    private static final Duration USABLE = Duration.ofHours(24);

    private final Clients clients;
    private final String pipeline;
    private final ExportDestination destination;
    private final OpenExports opened;
    private final Map<TableId, Started> exports = new HashMap<>();

    StartedExports(Clients clients, String pipeline, ExportDestination destination, OpenExports opened) {
        this.clients = clients;
        this.pipeline = pipeline;
        this.destination = destination;
        this.opened = opened;
    }

    /** An export; its location is null while it is made. */
    private record Started(
            String identity,
            String load,
            String arn,
            @Nullable String location) {}

    /** Where the table's export is. */
    synchronized String location(SourceTable table) {
        return Optional.ofNullable(exports.get(table.id()))
                .map(Started::location)
                .orElseThrow(() -> new TidemarkException(
                        ErrorCode.SOURCE_CONNECTION_LOST,
                        "Cannot read the export of " + table.id() + ": it is not known to be made yet"));
    }

    /**
     * Whether there is an export for the load. It is started when there is none, and looked for when it was started before, by another process too.
     *
     * @param earliest exports as of an earlier time are of no use
     */
    synchronized boolean isReady(SourceTable table, String tableArn, String load, Instant earliest) {
        Started found = look(exports.get(table.id()), table);
        if (found == null || (found.location() != null && !isUsable(found, load, earliest))) {
            if (Instant.now().isBefore(earliest)) {
                // What is exported now would be too old.
                return false;
            }
            String arn = starter().start(request(table, tableArn, load));
            found = look(new Started(table.identity(), load, arn, null), table);
        }
        return found != null && found.location() != null;
    }

    private @Nullable Started look(@Nullable Started before, SourceTable table) {
        if (before == null || !before.identity().equals(table.identity())) {
            return null;
        }
        Started after = before;
        if (before.location() == null) {
            try {
                String location = starter()
                        .poll(before.arn())
                        .map(StartedExports::location)
                        .orElse(null);
                after = new Started(before.identity(), before.load(), before.arn(), location);
            } catch (TidemarkException e) {
                if (e.code().retry() != RetryRule.RETRY) {
                    exports.remove(table.id());
                }
                throw e;
            }
        }
        exports.put(table.id(), after);
        return after;
    }

    private boolean isUsable(Started export, String load, Instant earliest) {
        if (export.load().equals(load) || export.location() == null) {
            return true;
        }
        Instant time = opened.open(export.location()).summary().exportTime();
        return !time.isBefore(earliest) && time.isAfter(Instant.now().minus(USABLE));
    }

    private static String location(FinishedExport export) {
        return "s3://" + export.bucket() + "/" + export.location();
    }

    /** The token is the same for the same load, whoever asks, so that there is one export for it. */
    private ExportRequest request(SourceTable table, String tableArn, String load) {
        String of = String.join("\n", pipeline, table.identity(), destination.toString(), load);
        String token =
                UUID.nameUUIDFromBytes(of.getBytes(StandardCharsets.UTF_8)).toString();
        return ExportRequest.full(tableArn, destination.bucket(), destination.prefix(), token);
    }

    /** @throws TidemarkException when the table has no point-in-time recovery, which exports need */
    void requireRecovery(String tableArn) {
        starter().requireRecovery(tableArn);
    }

    private ExportStarter starter() {
        return new ExportStarter(clients.tables());
    }
}
