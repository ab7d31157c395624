package io.tidemark.source.dynamodb.export;

import java.io.IOException;

/** A record is not what the format says; the message has no value of it. */
final class MalformedRecordException extends IOException {
    private static final long serialVersionUID = 1L;

    MalformedRecordException(String reason) {
        super(reason);
    }
}
