package io.tidemark.source.dynamodb.service;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Sorts failed calls of DynamoDB and its streams by the name of the error. Source: "Common Errors" and the errors of each operation in the API
 * references of both.
 */
public final class ServiceErrors {
    private static final Set<String> MISSING = Set.of("ResourceNotFoundException", "TableNotFoundException");
    private static final Set<String> PERMISSION = Set.of("AccessDeniedException", "AccessDenied");
    private static final Set<String> AUTHENTICATION = Set.of(
            "UnrecognizedClientException",
            "InvalidSignatureException",
            "IncompleteSignatureException",
            "ExpiredTokenException",
            "InvalidClientTokenId",
            "MissingAuthenticationTokenException");

    private ServiceErrors() {}

    /** The service's name of the error; empty when no answer came. */
    public static String name(SdkException e) {
        if (!(e instanceof AwsServiceException answer)) {
            return "";
        }
        String name = answer.awsErrorDetails() == null
                ? null
                : answer.awsErrorDetails().errorCode();
        return name == null ? "unknown" : name;
    }

    public static ErrorCode code(SdkException e) {
        String name = name(e);
        if (name.isEmpty()) {
            return ErrorCode.SOURCE_UNREACHABLE;
        }
        if (MISSING.contains(name)) {
            return ErrorCode.SOURCE_TABLE_MISSING;
        }
        if (PERMISSION.contains(name)) {
            return ErrorCode.SOURCE_PERMISSION;
        }
        return AUTHENTICATION.contains(name) ? ErrorCode.SOURCE_AUTHENTICATION : ErrorCode.SOURCE_QUERY;
    }

    /** The error for who uses Tidemark. */
    public static TidemarkException error(String message, SdkException e) {
        ErrorCode code = code(e);
        return switch (code) {
            case SOURCE_AUTHENTICATION ->
                new TidemarkException(code, message, "Correct the AWS credentials of this process.", e);
            case SOURCE_UNREACHABLE ->
                new TidemarkException(
                        code, message, "Check credentials, region, endpoint and network of this process.", e);
            default -> new TidemarkException(code, message, e);
        };
    }
}
