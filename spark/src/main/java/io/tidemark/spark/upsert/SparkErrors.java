package io.tidemark.spark.upsert;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import org.apache.spark.SparkException;

/** Turns failures of Spark into Tidemark's errors. */
final class SparkErrors {
    private SparkErrors() {}

    /**
     * The error that a task threw, if it is one of ours; {@code ENGINE_FAILED} when Spark gave the work up.
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
