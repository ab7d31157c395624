package io.tidemark.source.dynamodb.export;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.ExportFormat;
import software.amazon.awssdk.services.dynamodb.model.ExportViewType;

/**
 * An export that is to be made.
 *
 * @param tableArn ARN of the table, which needs point-in-time recovery
 * @param bucket bucket that it is written to
 * @param prefix what comes before {@code AWSDynamoDB/} in its keys; may be empty
 * @param format of its files
 * @param clientToken the same request with the same token within 8 hours is the same export (API reference, ExportTableToPointInTime)
 * @param exportTime the time whose state is exported, in whole seconds; null for now, which, other than a time of this machine's clock, is the same
 *     when a request is made again
 * @param range the time range whose changes are exported; null for a full export
 */
public record ExportRequest(
        String tableArn,
        String bucket,
        String prefix,
        ExportFormat format,
        String clientToken,
        @Nullable Instant exportTime,
        @Nullable Range range) {
    public ExportRequest {
        if (exportTime != null && range != null) {
            throw new IllegalArgumentException("An export is of a time or of a range");
        }
    }

    /**
     * A time range, of 15 minutes to 24 hours.
     *
     * @param from begin, which belongs to it
     * @param to end, which does not
     * @param view new images, or old ones too
     */
    public record Range(Instant from, Instant to, ExportViewType view) {}

    /** A full export of now in DynamoDB JSON. */
    public static ExportRequest full(String tableArn, String bucket, String prefix, String clientToken) {
        return new ExportRequest(tableArn, bucket, prefix, ExportFormat.DYNAMODB_JSON, clientToken, null, null);
    }

    public ExportRequest withFormat(ExportFormat other) {
        return new ExportRequest(tableArn, bucket, prefix, other, clientToken, exportTime, range);
    }

    public ExportRequest withExportTime(Instant time) {
        return new ExportRequest(tableArn, bucket, prefix, format, clientToken, time, null);
    }

    public ExportRequest withRange(Range changes) {
        return new ExportRequest(tableArn, bucket, prefix, format, clientToken, null, changes);
    }
}
