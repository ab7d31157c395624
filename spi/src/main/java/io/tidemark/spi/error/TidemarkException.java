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
