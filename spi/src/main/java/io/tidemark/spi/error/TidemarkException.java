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

    /**
     * Storage could not be read or written. The code is that of the {@link StorageException} among the causes, or tells which limit of the machine was
     * reached; {@code LAKE_IO} when neither is known.
     *
     * @param what {@code Cannot <verb> <object>}
     */
    public static TidemarkException ofStorage(String what, Throwable cause) {
        return ofStorage(what, "", cause);
    }

    /** @param where the place, as {@code  (folder=...)} with the blank before it, or nothing */
    public static TidemarkException ofStorage(String what, String where, Throwable cause) {
        return because(ErrorCode.LAKE_IO, what + ": " + cause.getMessage() + where, cause);
    }

    /**
     * Something failed in a way that nobody foresaw: because of storage or a limit of the machine, or else by a defect.
     *
     * @param what {@code Cannot <verb> <object>}
     */
    public static TidemarkException unforeseen(String what, Throwable cause) {
        return because(ErrorCode.INTERNAL, what + ": " + cause, cause);
    }

    /**
     * An error with the code of the {@link StorageException} or the error among its causes, or of the limit of the machine that was reached.
     *
     * @param otherwise the code when the causes tell none
     */
    public static TidemarkException because(ErrorCode otherwise, String message, Throwable cause) {
        for (Throwable at = cause; at != null; at = at.getCause()) {
            if (at instanceof StorageException known) {
                return new TidemarkException(known.code(), message, known.remedy(), cause);
            } else if (at instanceof TidemarkException known) {
                return new TidemarkException(known.code, message, known.remedy, cause);
            }
        }
        return new TidemarkException(MachineLimits.reached(cause).orElse(otherwise), message, cause);
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
