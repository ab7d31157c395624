package io.tidemark.spi.change;

/** What a row of a change batch says. The code is what slices store. */
public enum Operation {
    /** A new row: all columns present. */
    INSERT('I'),
    /** The new version of a row; columns may be {@linkplain ColumnVector#isUnchanged unchanged}. */
    UPDATE('U'),
    /** The row is gone: key columns present, the others null unless the schema's before image is FULL. */
    DELETE('D'),
    /**
     * The row as it was before the UPDATE that follows directly: sent when the key changed (key columns present) or the before image is FULL
     * (all columns present).
     */
    BEFORE('B'),
    /** All rows of the table are gone; no column is present. */
    TRUNCATE('T');

    private static final Operation[] BY_CODE = new Operation[128];

    static {
        for (Operation operation : values()) {
            BY_CODE[operation.code] = operation;
        }
    }

    private final byte code;

    Operation(char code) {
        this.code = (byte) code;
    }

    /** One ASCII letter. */
    public byte code() {
        return code;
    }

    /**
     * The operation with this code.
     *
     * @throws IllegalArgumentException when no operation has it
     */
    public static Operation ofCode(int code) {
        Operation found = code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
        if (found == null) {
            throw new IllegalArgumentException("Cannot read operation: unknown code (code=" + code + ")");
        }
        return found;
    }
}
