package io.tidemark.source.dynamodb.export;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.ExportDescription;
import software.amazon.awssdk.services.dynamodb.model.ExportTableToPointInTimeRequest;
import software.amazon.awssdk.services.dynamodb.model.ExportType;

/**
 * Has DynamoDB export a table, and waits for it. Source: DynamoDB API reference, ExportTableToPointInTime and DescribeExport. It was only run against
 * a stub of the protocol: no service was asked, and DynamoDB Local knows neither call.
 */
public final class ExportStarter {
    private static final Logger LOG = LoggerFactory.getLogger(ExportStarter.class);
    private static final String MANIFEST = "/manifest-summary.json";

    private final DynamoDbClient client;
    private final Pace pace;

    /**
     * How long to wait for an export.
     *
     * @param first pause before the second look; each further one is twice as long
     * @param longest no pause is longer
     * @param patience how long an export may take
     */
    public record Pace(Duration first, Duration longest, Duration patience) {
        public static final Pace DEFAULT = new Pace(Duration.ofSeconds(5), Duration.ofMinutes(1), Duration.ofHours(24));
    }

    /** The client stays the caller's to close. */
    public ExportStarter(DynamoDbClient client, Pace pace) {
        this.client = client;
        this.pace = pace;
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

    /**
     * Waits for an export. When this throws, other than because the export failed, it goes on, and can be waited for again.
     *
     * @throws TidemarkException as {@link #poll} does, and {@code TIMEOUT}
     */
    public FinishedExport await(String exportArn) throws InterruptedException {
        long begin = System.nanoTime();
        Duration pause = pace.first();
        while (true) {
            Optional<FinishedExport> found = poll(exportArn);
            if (found.isPresent()) {
                return found.orElseThrow();
            }
            if (System.nanoTime() - begin > pace.patience().toNanos()) {
                throw new TidemarkException(
                        ErrorCode.TIMEOUT,
                        "Cannot wait for an export any longer: it is still being made (export=" + exportArn
                                + ", waited=" + pace.patience() + ")");
            }
            Thread.sleep(pause.toMillis());
            pause = pause.multipliedBy(2).compareTo(pace.longest()) > 0 ? pace.longest() : pause.multipliedBy(2);
        }
    }
}
