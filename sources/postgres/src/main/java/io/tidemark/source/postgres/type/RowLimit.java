package io.tidemark.source.postgres.type;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;

/**
 * How large a row may be. While it passes through, a row lies in memory several times, and rows of several tables do at once, so that the limit is a
 * sixteenth of the Java heap. It is never more than {@value #BYTES_MAX} bytes: the database can print no row whose text passes 1 GiB, which a row of
 * this size comes close to when each of its bytes takes two letters, and what cannot be printed cannot be compared.
 */
public final class RowLimit {
    /** Limit of a heap that is large enough. */
    public static final int BYTES_MAX = 500 << 20;

    /** What is kept of a row that is too large, for whoever looks at its dead letter. */
    public static final int HEAD_BYTES = 1 << 16;

    private static final int HEAP_PARTS = 16;
    private static final RowLimit OF_HEAP =
            new RowLimit((int) Math.min(BYTES_MAX, Runtime.getRuntime().maxMemory() / HEAP_PARTS));

    private final int bytesMax;

    RowLimit(int bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** The limit of this process. */
    public static RowLimit ofHeap() {
        return OF_HEAP;
    }

    /** Most bytes of a row as the database sends it. */
    public int bytesMax() {
        return bytesMax;
    }

    boolean allows(long bytes) {
        return bytes <= bytesMax;
    }

    /** Says no. */
    TidemarkException exceeded(String table, String column, long bytes) {
        return new TidemarkException(
                ErrorCode.SOURCE_VALUE,
                "Cannot take row: it is too large (table=" + table + ", column=" + column + ", bytes=" + bytes
                        + ", limit=" + bytesMax + ")",
                "Make the value smaller, or leave the column out (tables: omit), or set such rows aside with on-bad-value:"
                        + " dead-letter. The limit is a sixteenth of Java's heap, at most " + (BYTES_MAX >> 20)
                        + " MiB: JAVA_TOOL_OPTIONS=-Xmx8g allows that.",
                null);
    }
}
