package io.tidemark.spi.schema;

import java.io.Serializable;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Type of a column as Tidemark carries it. Source plug-ins map their types to these, lake plug-ins map these to theirs; what has no
 * exact counterpart becomes {@link Kind#STRING} in the source's own text form.
 *
 * @param kind the type
 * @param precision decimal digits in all, 1 to 38, for DECIMAL; else 0
 * @param scale decimal digits after the point, 0 to precision, for DECIMAL; else 0
 * @param fields the fields of a STRUCT in order, at least one; for LIST one, named {@code element}; for MAP two, {@code key} and {@code value};
 *     else empty
 */
public record ColumnType(Kind kind, int precision, int scale, List<Field> fields) implements Serializable {
    /** The types, each with the {@link io.tidemark.spi.change.ColumnVector} that holds it. */
    public enum Kind {
        /** True or false; {@code BooleanVector}. */
        BOOLEAN,
        /** 32-bit signed; {@code IntVector}. */
        INT32,
        /** 64-bit signed; {@code LongVector}. */
        INT64,
        /** IEEE 754 single; {@code FloatVector}. */
        FLOAT32,
        /** IEEE 754 double; {@code DoubleVector}. */
        FLOAT64,
        /** Unscaled value: {@code LongVector} up to 18 digits, else {@code BytesVector} of 16 bytes big-endian two's complement. */
        DECIMAL,
        /** UTF-8 text; {@code BytesVector}. */
        STRING,
        /** Bytes; {@code BytesVector}. */
        BYTES,
        /** 16 bytes, most significant first; {@code BytesVector}. */
        UUID,
        /** Days since 1970-01-01; {@code IntVector}. */
        DATE,
        /** Microseconds since midnight; {@code LongVector}. */
        TIME,
        /** Microseconds since 1970-01-01T00:00:00 of an unnamed zone; {@code LongVector}. */
        TIMESTAMP,
        /** Microseconds since 1970-01-01T00:00:00Z; {@code LongVector}. */
        TIMESTAMP_TZ,
        /** Values of one type in order, each of which may be null; {@code ListVector}. */
        LIST,
        /** Named values of a type each, which may be null; {@code StructVector}. */
        STRUCT,
        /**
         * Values of one type, each of which may be null, by texts, each of which is there once; {@code ListVector} of structs of key and value, in
         * the order of the keys' bytes in UTF-8.
         */
        MAP
    }

    /**
     * A part of a nested type.
     *
     * @param name name as the source spells it
     * @param type type of the values, any of which may be null
     */
    public record Field(String name, ColumnType type) implements Serializable {
        public Field {
            if (name.isEmpty()) {
                throw new IllegalArgumentException("Cannot name a field with an empty name");
            }
        }
    }

    public static final ColumnType BOOLEAN = scalar(Kind.BOOLEAN);
    public static final ColumnType INT32 = scalar(Kind.INT32);
    public static final ColumnType INT64 = scalar(Kind.INT64);
    public static final ColumnType FLOAT32 = scalar(Kind.FLOAT32);
    public static final ColumnType FLOAT64 = scalar(Kind.FLOAT64);
    public static final ColumnType STRING = scalar(Kind.STRING);
    public static final ColumnType BYTES = scalar(Kind.BYTES);
    public static final ColumnType UUID = scalar(Kind.UUID);
    public static final ColumnType DATE = scalar(Kind.DATE);
    public static final ColumnType TIME = scalar(Kind.TIME);
    public static final ColumnType TIMESTAMP = scalar(Kind.TIMESTAMP);
    public static final ColumnType TIMESTAMP_TZ = scalar(Kind.TIMESTAMP_TZ);

    /** The largest precision of a DECIMAL whose unscaled value is held in a long. */
    public static final int LONG_DECIMAL_PRECISION_MAX = 18;

    /** Nested types are no deeper than this. */
    public static final int DEPTH_MAX = 16;

    /** Name of the one field of a LIST. */
    public static final String ELEMENT = "element";

    /** Name of the first field of a MAP. */
    public static final String KEY = "key";

    /** Name of the second field of a MAP. */
    public static final String VALUE = "value";

    public ColumnType {
        fields = List.copyOf(fields);
        if (kind == Kind.DECIMAL) {
            if (precision < 1 || precision > 38 || scale < 0 || scale > precision) {
                throw new IllegalArgumentException(
                        "Cannot make a decimal type: precision must be 1 to 38 and scale 0 to precision (precision="
                                + precision + ", scale=" + scale + ")");
            }
        } else if (precision != 0 || scale != 0) {
            throw new IllegalArgumentException("Cannot give precision or scale to " + kind);
        }
        checkFields(kind, fields);
    }

    public static ColumnType decimal(int precision, int scale) {
        return new ColumnType(Kind.DECIMAL, precision, scale, List.of());
    }

    /** A type of this kind, which needs nothing else. */
    public static ColumnType scalar(Kind kind) {
        return new ColumnType(kind, 0, 0, List.of());
    }

    public static ColumnType list(ColumnType element) {
        return new ColumnType(Kind.LIST, 0, 0, List.of(new Field(ELEMENT, element)));
    }

    /** From texts to values of this type. */
    public static ColumnType map(ColumnType value) {
        return new ColumnType(Kind.MAP, 0, 0, List.of(new Field(KEY, STRING), new Field(VALUE, value)));
    }

    public static ColumnType struct(List<Field> fields) {
        return new ColumnType(Kind.STRUCT, 0, 0, fields);
    }

    /**
     * Reads what {@link #toString} writes.
     *
     * @throws IllegalArgumentException when it is no type
     */
    public static ColumnType parse(String text) {
        return new ColumnTypeText(text).parse();
    }

    /** Whether this is a DECIMAL that a {@code BytesVector} holds. */
    public boolean isWideDecimal() {
        return kind == Kind.DECIMAL && precision > LONG_DECIMAL_PRECISION_MAX;
    }

    /** Whether this is a LIST, a STRUCT or a MAP. */
    public boolean isNested() {
        return !fields.isEmpty();
    }

    /** Type of the values of a LIST, or of the entries of a MAP, which are structs of key and value. */
    public ColumnType element() {
        return switch (kind) {
            case LIST -> fields.get(0).type();
            case MAP -> struct(fields);
            default -> throw new IllegalStateException("Cannot tell the element type of " + kind);
        };
    }

    /** Levels of nesting: 0 for what has no fields. */
    public int depth() {
        int depth = 0;
        for (Field field : fields) {
            depth = Math.max(depth, field.type().depth() + 1);
        }
        // The entries of a map are structs.
        return kind == Kind.MAP ? depth + 1 : depth;
    }

    /** Whether this is a STRUCT or holds one. */
    public boolean hasStruct() {
        return kind == Kind.STRUCT
                || fields.stream().anyMatch(field -> field.type().hasStruct());
    }

    /** For people and documents: {@code int64}, {@code decimal(12,2)}, {@code list<int32>}, {@code struct<"a":date,"b":string>}, {@code map<string,int64>}, ... */
    @Override
    public String toString() {
        return ColumnTypeText.of(this);
    }

    /** Whether each value of this type is one of the other and is written alike. */
    public boolean widensTo(ColumnType other) {
        return equals(other)
                || (kind == Kind.DECIMAL
                        && other.kind == Kind.DECIMAL
                        && scale == other.scale
                        && precision < other.precision);
    }

    private static void checkFields(Kind kind, List<Field> fields) {
        boolean fits = switch (kind) {
            case LIST -> fields.size() == 1 && fields.get(0).name().equals(ELEMENT);
            case STRUCT -> !fields.isEmpty();
            case MAP ->
                fields.size() == 2
                        && fields.get(0).equals(new Field(KEY, STRING))
                        && fields.get(1).name().equals(VALUE);
            case BOOLEAN,
                    INT32,
                    INT64,
                    FLOAT32,
                    FLOAT64,
                    DECIMAL,
                    STRING,
                    BYTES,
                    UUID,
                    DATE,
                    TIME,
                    TIMESTAMP,
                    TIMESTAMP_TZ -> fields.isEmpty();
        };
        if (!fits) {
            throw new IllegalArgumentException(
                    "Cannot make a type: " + kind + " does not have these fields (fields=" + fields.size() + ")");
        }
        Set<String> names = new HashSet<>();
        for (Field field : fields) {
            if (!names.add(field.name())) {
                throw new IllegalArgumentException("Cannot repeat a field (field=" + field.name() + ")");
            }
            if (field.type().depth() + (kind == Kind.MAP ? 1 : 0) >= DEPTH_MAX) {
                throw new IllegalArgumentException(
                        "Cannot make a type: it is nested too deep (limit=" + DEPTH_MAX + ")");
            }
        }
    }
}
