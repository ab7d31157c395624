package io.tidemark.source.dynamodb.export;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
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
                isPermission ? ErrorCode.SOURCE_PERMISSION : ErrorCode.SOURCE_QUERY,
                "Cannot export a table: the export failed (export=" + exportArn + ", failureCode=" + code
                        + ", failureMessage=" + found.failureMessage() + ")",
                isPermission ? GRANTS : "Correct what the message names, and make a new export with another token.",
                null);
    }

    private static TidemarkException failed(String message, String arn, SdkException e) {
        return switch (code(e)) {
            case "PointInTimeRecoveryUnavailableException" ->
                new TidemarkException(
                        ErrorCode.CONFIG_INVALID,
                        message,
                        "Turn on point-in-time recovery of the table: aws dynamodb update-continuous-backups --table-name "
                                + arn.substring(arn.lastIndexOf('/') + 1)
                                + " --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true",
                        e);
            case "InvalidExportTimeException" ->
                new TidemarkException(
                        ErrorCode.CONFIG_INVALID,
                        message,
                        "Choose a time in the table's recovery window: aws dynamodb describe-continuous-backups shows it.",
                        e);
            case "ValidationException" ->
                new TidemarkException(ErrorCode.CONFIG_INVALID, message, "Correct what the message names.", e);
            case "TableNotFoundException", "ResourceNotFoundException" ->
                new TidemarkException(ErrorCode.SOURCE_TABLE_MISSING, message, e);
            case "AccessDeniedException" -> new TidemarkException(ErrorCode.SOURCE_PERMISSION, message, GRANTS, e);
            case "UnrecognizedClientException",
                    "InvalidSignatureException",
                    "ExpiredTokenException",
                    "IncompleteSignatureException",
                    "MissingAuthenticationTokenException" ->
                new TidemarkException(
                        ErrorCode.SOURCE_AUTHENTICATION, message, "Correct the AWS credentials of this process.", e);
            case "" ->
                new TidemarkException(
                        ErrorCode.SOURCE_UNREACHABLE,
                        message,
                        "Check credentials, region, endpoint and network of this process.",
                        e);
            default ->
                new TidemarkException(
                        ErrorCode.SOURCE_QUERY, message, "See the message of DynamoDB; it is asked again.", e);
        };
    }

    /** Empty when no answer came. */
    private static String code(SdkException e) {
        if (!(e instanceof DynamoDbException answer)) {
            return "";
        }
        @Nullable
        String code = answer.awsErrorDetails() == null
                ? null
                : answer.awsErrorDetails().errorCode();
        return code == null ? "unknown" : code;
    }
}
