package io.tidemark.source.dynamodb.export;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.ExportFormat;
import software.amazon.awssdk.services.dynamodb.model.ExportType;

/**
 * What an export says of itself in {@code manifest-summary.json}.
 *
 * @param exportArn ARN of the export
 * @param tableArn ARN of the table
 * @param tableId id of the table; another one when a table of the name was made anew
 * @param type full, or changes of a time range
 * @param format of its files
 * @param from begin of the range, which belongs to it; only of an incremental export
 * @param exportTime the time whose state a full export has; of an incremental one the end of the range, which does not belong to it
 * @param itemCount number of items or changes
 * @param billedSizeBytes what was paid for
 */
public record ExportSummary(
        String exportArn,
        String tableArn,
        String tableId,
        ExportType type,
        ExportFormat format,
        @Nullable Instant from,
        Instant exportTime,
        long itemCount,
        long billedSizeBytes) {
    /** Begin of the range of an incremental export. */
    public Optional<Instant> findFrom() {
        return Optional.ofNullable(from);
    }
}
