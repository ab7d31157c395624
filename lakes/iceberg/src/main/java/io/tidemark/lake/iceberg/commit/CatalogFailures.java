package io.tidemark.lake.iceberg.commit;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.MachineLimits;
import io.tidemark.spi.error.StorageException;
import io.tidemark.spi.error.TidemarkException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.exceptions.NotAuthorizedException;
import org.apache.iceberg.exceptions.RESTException;
import org.apache.iceberg.jdbc.UncheckedSQLException;

/** Tells a catalog that is away from storage that is, by what Iceberg threw. */
public final class CatalogFailures {
    private static final int SQLITE_FULL = 13;

    private CatalogFailures() {}

    /** @param what {@code Cannot <verb> <object>} */
    public static TidemarkException of(String what, RuntimeException e) {
        return of(what, "", e);
    }

    /** @param where the place, with the blank before it, or nothing */
    public static TidemarkException of(String what, String where, RuntimeException e) {
        for (Throwable at = e; at != null; at = at.getCause()) {
            if (at instanceof StorageException || at instanceof TidemarkException) {
                break;
            } else if (at instanceof NotAuthorizedException || at instanceof ForbiddenException) {
                return new TidemarkException(
                        ErrorCode.LAKE_IO,
                        what + ": " + e.getMessage() + where,
                        "Check the credentials for the catalog under lake.properties, and what they may do there.",
                        e);
            } else if (isDiskFull(at)) {
                return new TidemarkException(ErrorCode.DISK_FULL, what + ": " + at.getMessage() + where, e);
            } else if (isAway(at)) {
                return new TidemarkException(
                        MachineLimits.reached(e).orElse(ErrorCode.CATALOG_UNAVAILABLE),
                        what + ": the catalog does not answer: " + at.getMessage() + where,
                        e);
            }
        }
        return TidemarkException.ofStorage(what, where, e);
    }

    private static boolean isDiskFull(Throwable e) {
        return e instanceof SQLException sql
                && sql.getClass().getPackageName().equals("org.sqlite")
                && (sql.getErrorCode() & 0xFF) == SQLITE_FULL;
    }

    private static boolean isAway(Throwable e) {
        return e instanceof RESTException
                || e instanceof SQLException
                || (e instanceof UncheckedSQLException && !(e.getCause() instanceof SQLException))
                || e instanceof SocketException
                || e instanceof ConnectException
                || e instanceof NoRouteToHostException
                || e instanceof UnknownHostException
                || e instanceof SocketTimeoutException;
    }
}
