package io.tidemark.spi.error;

import org.jspecify.annotations.Nullable;

/**
 * The one exception of Tidemark. The message reads {@code Cannot <verb> <object>: <reason> (<key>=<value>, ...)} and holds neither secrets nor
 * row values; the code says what to do.
 */
public final class TidemarkException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final @Nullable String remedy;

    public TidemarkException(ErrorCode code, String message) {
        this(code, message, null, null);
    }

    public TidemarkException(ErrorCode code, String message, @Nullable Throwable cause) {
        this(code, message, null, cause);
    }

    /** With a remedy that knows more than the code's own, for example the exact GRANT statement. */
    public TidemarkException(ErrorCode code, String message, @Nullable String remedy, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
        this.remedy = remedy;
    }

    /**
     * Java's heap was too small for a piece of work, which has been given up whole. Rows can be large, so this is an error like others: what else
     * the process does goes on.
     */
    public static TidemarkException outOfMemory(String attempt, OutOfMemoryError error) {
        return new TidemarkException(
                ErrorCode.MEMORY_EXHAUSTED,
                "Cannot " + attempt + ": Java's memory is exhausted (heap="
                        + (Runtime.getRuntime().maxMemory() >> 20) + " MiB, reason=" + error.getMessage() + ")",
                error);
    }

    public ErrorCode code() {
        return code;
    }

    /** What the reader does next. */
    public String remedy() {
        return remedy == null ? code.remedy() : remedy;
    }

    /** The message of this exception. */
    public String reason() {
        String message = getMessage();
        return message == null ? code.name() : message;
    }
}
