package io.tidemark.storage;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.MachineLimits;
import io.tidemark.spi.error.StorageException;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import org.apache.iceberg.exceptions.NotFoundException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;

/** Tells failures of an object storage apart by what the AWS SDK threw. */
final class S3Failures {
    private static final int SERVER_ERROR = 500;

    /** The answer to a HEAD has no body, and so no more than this number. */
    private static final int SLOW_DOWN = 503;

    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;

    private S3Failures() {}

    /** @param what {@code Cannot <verb> <location>} */
    static IOException of(String what, Exception e) {
        Optional<ErrorCode> limit = MachineLimits.reached(e);
        SdkException sdk = find(SdkException.class, e);
        IOException network = find(IOException.class, e);
        if (network instanceof StorageException known) {
            return known;
        } else if (limit.isPresent()) {
            return new StorageException(limit.orElseThrow(), what + ": " + e.getMessage(), e);
        } else if (sdk instanceof SdkServiceException answer) {
            return answered(what, answer, e);
        } else if (network != null || (sdk != null && isTransport(sdk))) {
            return new StorageException(ErrorCode.STORAGE_UNAVAILABLE, what + ": " + message(sdk == null ? e : sdk), e);
        }
        return new IOException(what + ": " + reason(message(e)), e);
    }

    /** Whether that is what is missing, whatever else failed. */
    static boolean isMissing(Exception e) {
        return e instanceof NotFoundException
                || (e instanceof SdkServiceException answer && answer.statusCode() == 404);
    }

    private static IOException answered(String what, SdkServiceException answer, Exception e) {
        String message = what + ": " + message(answer);
        if (answer.isThrottlingException() || answer.statusCode() == SLOW_DOWN) {
            return new StorageException(ErrorCode.STORAGE_THROTTLED, message, e);
        } else if (answer.statusCode() >= SERVER_ERROR) {
            return new StorageException(ErrorCode.STORAGE_UNAVAILABLE, message, e);
        } else if (answer.statusCode() == UNAUTHORIZED || answer.statusCode() == FORBIDDEN) {
            return new StorageException(
                    ErrorCode.LAKE_IO,
                    message,
                    "Check the keys or the role of this process, its permissions on the lake's location, and the machine's clock.",
                    e);
        }
        return new IOException(message, e);
    }

    /** A client's error that is no misuse: calls that took too long, or gave up. */
    private static boolean isTransport(SdkException sdk) {
        return !(sdk instanceof SdkClientException) || sdk.retryable();
    }

    private static <T extends Throwable> @Nullable T find(Class<T> type, Throwable e) {
        for (Throwable at = e; at != null; at = at.getCause()) {
            if (type.isInstance(at)) {
                return type.cast(at);
            }
        }
        return null;
    }

    private static String message(Throwable e) {
        return Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName());
    }

    /** In one sentence what the AWS SDK says with the names of all classes that it asked. */
    private static String reason(String message) {
        if (message.startsWith("Unable to load region")) {
            return "no AWS region is known; set AWS_REGION, or client.region under the lake's properties";
        } else if (message.startsWith("Unable to load credentials")) {
            return "no AWS credentials were found in environment, profile or role;"
                    + " set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or give this machine a role";
        }
        return message;
    }
}
