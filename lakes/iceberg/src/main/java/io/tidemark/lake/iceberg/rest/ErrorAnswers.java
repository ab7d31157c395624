package io.tidemark.lake.iceberg.rest;

import io.tidemark.spi.error.TidemarkException;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.exceptions.NotAuthorizedException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.rest.responses.ErrorResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Errors as the specification wants them, from which Iceberg's clients make the same exceptions again. */
final class ErrorAnswers {
    private static final Logger LOG = LoggerFactory.getLogger(ErrorAnswers.class);

    private ErrorAnswers() {}

    static ErrorResponse of(RuntimeException error, CatalogRequest request) {
        int code = code(error, request);
        if (code == 500) {
            LOG.warn("catalog request failed request={}", request, error);
        }
        String message = error instanceof TidemarkException known ? known.reason() : error.getMessage();
        return ErrorResponse.builder()
                .responseCode(code)
                .withType(error.getClass().getSimpleName())
                .withMessage(message == null ? error.toString() : message)
                .build();
    }

    private static int code(RuntimeException error, CatalogRequest request) {
        if (error instanceof NoSuchTableException || error instanceof NoSuchNamespaceException) {
            return 404;
        } else if (error instanceof NotFoundException) {
            // A table's metadata file that is gone belonged to a mirror that was replaced just now: clients try again
            // after a 503.
            return request.matches("v1", "namespaces", "*", "tables", "*") ? 503 : 404;
        } else if (error instanceof ForbiddenException) {
            return 403;
        } else if (error instanceof NotAuthorizedException) {
            return 401;
        } else if (error instanceof UnsupportedOperationException) {
            return 406;
        }
        return error instanceof IllegalArgumentException ? 400 : 500;
    }
}
