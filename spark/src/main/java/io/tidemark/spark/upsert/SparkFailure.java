package io.tidemark.spark.upsert;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import org.apache.spark.SparkException;

/** What failures of Spark's jobs mean. */
final class SparkFailure {
    private SparkFailure() {}

    /**
     * The error that a task had; {@code ENGINE_FAILED} when Spark gave the work up.
     *
     * @param what {@code <verb> <object>}
     */
    static TidemarkException of(String what, Exception cause) {
        for (Throwable at = cause; at != null; at = at.getCause()) {
            if (at instanceof TidemarkException tidemark) {
                return tidemark;
            }
        }
        if (cause instanceof SparkException || cause instanceof RuntimeException) {
            return new TidemarkException(
                    ErrorCode.ENGINE_FAILED,
                    "Cannot " + what + " on Spark: "
                            + String.valueOf(cause.getMessage())
                                    .lines()
                                    .findFirst()
                                    .orElse(""),
                    cause);
        }
        throw new IllegalStateException(cause);
    }
}
