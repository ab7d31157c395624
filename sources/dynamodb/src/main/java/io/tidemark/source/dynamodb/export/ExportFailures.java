package io.tidemark.source.dynamodb.export;

import io.tidemark.source.dynamodb.service.ServiceErrors;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.model.ExportDescription;

/** What DynamoDB says of exports that it does not make, as errors of ours. */
final class ExportFailures {
    /** Source: DynamoDB Developer Guide, S3DataExport_Requesting, "Setting up S3 permissions". */
    private static final String GRANTS =
            "Grant dynamodb:ExportTableToPointInTime on the table, dynamodb:DescribeExport on its exports, and s3:PutObject,"
                    + " s3:PutObjectAcl and s3:AbortMultipartUpload on the bucket's objects.";

    private ExportFailures() {}

    static TidemarkException starting(ExportRequest request, SdkException e) {
        return failed(
                "Cannot export a table: " + e.getMessage() + " (table=" + request.tableArn() + ", bucket="
                        + request.bucket() + ")",
                request.tableArn(),
                e);
    }

    static TidemarkException describing(String exportArn, SdkException e) {
        return failed(
                "Cannot know how an export stands: " + e.getMessage() + " (export=" + exportArn + ")", exportArn, e);
    }

    /** An export that ended badly. The reference does not list failure codes. */
    static TidemarkException failed(String exportArn, ExportDescription found) {
        String code = String.valueOf(found.failureCode());
        boolean isPermission = code.contains("AccessDenied");
        return new TidemarkException(
                isPermission ? ErrorCode.SOURCE_PERMISSION : ErrorCode.CONFIG_INVALID,
                "Cannot export a table: the export failed (export=" + exportArn + ", failureCode=" + code
                        + ", failureMessage=" + found.failureMessage() + ")",
                isPermission
                        ? GRANTS
                        : "Correct what the message names, and run 'tidemark resync TABLE', which has a new export made.",
                null);
    }

    /** A table without what exports are made from. */
    static TidemarkException withoutRecovery(String message, String tableArn, @Nullable SdkException e) {
        return new TidemarkException(
                ErrorCode.CONFIG_INVALID,
                message,
                "Turn on point-in-time recovery of the table: aws dynamodb update-continuous-backups --table-name "
                        + tableArn.substring(tableArn.lastIndexOf('/') + 1)
                        + " --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true",
                e);
    }

    private static TidemarkException failed(String message, String arn, SdkException e) {
        return switch (ServiceErrors.name(e)) {
            case "PointInTimeRecoveryUnavailableException" -> withoutRecovery(message, arn, e);
            case "InvalidExportTimeException" ->
                new TidemarkException(
                        ErrorCode.CONFIG_INVALID,
                        message,
                        "Choose a time in the table's recovery window: aws dynamodb describe-continuous-backups shows it.",
                        e);
            case "ValidationException" ->
                new TidemarkException(ErrorCode.CONFIG_INVALID, message, "Correct what the message names.", e);
            default ->
                ServiceErrors.code(e) == ErrorCode.SOURCE_PERMISSION
                        ? new TidemarkException(ErrorCode.SOURCE_PERMISSION, message, GRANTS, e)
                        : ServiceErrors.error(message, e);
        };
    }
}
