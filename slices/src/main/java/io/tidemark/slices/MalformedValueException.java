package io.tidemark.slices;

/** A line of JSON that is not as the format says. The message names what is wrong and shows nothing of the row. */
final class MalformedValueException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    MalformedValueException(String reason) {
        super(reason);
    }
}
