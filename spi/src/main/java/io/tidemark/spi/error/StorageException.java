package io.tidemark.spi.error;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Storage could not be read or written, and it is known why: what is thrown through libraries that pass {@link IOException}s on. */
public final class StorageException extends IOException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final @Nullable String remedy;

    public StorageException(ErrorCode code, String message, Throwable cause) {
        this(code, message, null, cause);
    }

    /** @param remedy one that knows more than the code's own */
    public StorageException(ErrorCode code, String message, @Nullable String remedy, Throwable cause) {
        super(message, cause);
        this.code = code;
        this.remedy = remedy;
    }

    public ErrorCode code() {
        return code;
    }

    @Nullable
    String remedy() {
        return remedy;
    }
}
