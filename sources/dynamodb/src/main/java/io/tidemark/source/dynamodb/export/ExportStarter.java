package io.tidemark.source.dynamodb.export;

import io.tidemark.source.dynamodb.service.ServiceErrors;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.ExportDescription;
import software.amazon.awssdk.services.dynamodb.model.ExportTableToPointInTimeRequest;
import software.amazon.awssdk.services.dynamodb.model.ExportType;
import software.amazon.awssdk.services.dynamodb.model.PointInTimeRecoveryDescription;
import software.amazon.awssdk.services.dynamodb.model.PointInTimeRecoveryStatus;

/**
 * Has DynamoDB export a table. Source: DynamoDB API reference, ExportTableToPointInTime, DescribeExport and DescribeContinuousBackups. It was only run against
 * a stub of the protocol: no service was asked, and DynamoDB Local does not know the calls.
 */
public final class ExportStarter {
    private static final Logger LOG = LoggerFactory.getLogger(ExportStarter.class);
    private static final String MANIFEST = "/manifest-summary.json";

    private final DynamoDbClient client;
    /** The client stays the caller's to close. */
    public ExportStarter(DynamoDbClient client) {
        this.client = client;
    }

    /**
     * Looks whether the table has what exports are made from.
     *
     * @throws TidemarkException {@code CONFIG_INVALID} when its point-in-time recovery is off, or as calls fail
     */
    public void requireRecovery(String tableArn) {
        String table = tableArn.substring(tableArn.lastIndexOf('/') + 1);
        String attempt = "Cannot export table " + table + ": ";
        PointInTimeRecoveryDescription recovery;
        try {
            recovery = client.describeContinuousBackups(describe -> describe.tableName(table))
                    .continuousBackupsDescription()
                    .pointInTimeRecoveryDescription();
        } catch (SdkException e) {
            throw ServiceErrors.error(attempt + e.getMessage(), e);
        }
        if (recovery == null || recovery.pointInTimeRecoveryStatus() != PointInTimeRecoveryStatus.ENABLED) {
            throw ExportFailures.withoutRecovery(attempt + "its point-in-time recovery is off", tableArn, null);
        }
    }

    /**
     * Starts an export, or finds the one that the same request started.
     *
     * @return its ARN
     */
    public String start(ExportRequest request) {
        ExportTableToPointInTimeRequest call = call(request);
        try {
            String arn =
                    client.exportTableToPointInTime(call).exportDescription().exportArn();
            LOG.info("export started table={} export={}", request.tableArn(), arn);
            return arn;
        } catch (SdkException e) {
            throw ExportFailures.starting(request, e);
        }
    }

    private static ExportTableToPointInTimeRequest call(ExportRequest request) {
        ExportTableToPointInTimeRequest.Builder call = ExportTableToPointInTimeRequest.builder()
                .tableArn(request.tableArn())
                .s3Bucket(request.bucket())
                .exportFormat(request.format())
                .clientToken(request.clientToken());
        if (!request.prefix().isEmpty()) {
            call.s3Prefix(request.prefix());
        }
        if (request.exportTime() != null) {
            call.exportTime(request.exportTime());
        }
        ExportRequest.Range range = request.range();
        if (range != null) {
            call.exportType(ExportType.INCREMENTAL_EXPORT)
                    .incrementalExportSpecification(is -> is.exportFromTime(range.from())
                            .exportToTime(range.to())
                            .exportViewType(range.view()));
        }
        return call.build();
    }

    /**
     * Looks how an export stands; empty while it is made.
     *
     * @throws TidemarkException when it failed, with the reason that DynamoDB gives, or cannot be asked for
     */
    public Optional<FinishedExport> poll(String exportArn) {
        ExportDescription found;
        try {
            found = client.describeExport(describe -> describe.exportArn(exportArn))
                    .exportDescription();
        } catch (SdkException e) {
            throw ExportFailures.describing(exportArn, e);
        }
        return switch (found.exportStatus()) {
            case COMPLETED -> Optional.of(finished(exportArn, found));
            case FAILED -> throw ExportFailures.failed(exportArn, found);
            default -> Optional.empty();
        };
    }

    private static FinishedExport finished(String exportArn, ExportDescription found) {
        String manifest = found.exportManifest();
        if (manifest == null || !manifest.endsWith(MANIFEST)) {
            throw new TidemarkException(
                    ErrorCode.SOURCE_PROTOCOL,
                    "Cannot find an export: its manifest has another name (export=" + exportArn + ", expected=*"
                            + MANIFEST + ", found=" + manifest + ")");
        }
        return new FinishedExport(
                exportArn, found.s3Bucket(), manifest.substring(0, manifest.length() - MANIFEST.length()));
    }
}
