package io.tidemark.source.dynamodb.item;

/** A value that its column's type cannot hold. The message says why and does not hold the value. */
final class MisfitException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MisfitException(String reason) {
        super(reason, null, false, false);
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
