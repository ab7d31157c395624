package io.tidemark.source.postgres.filter;

import io.tidemark.source.postgres.filter.WholeNumber.Form;
import io.tidemark.source.postgres.type.TypeCatalog;
import io.tidemark.source.postgres.type.UserType;
import java.util.Map;
import java.util.Optional;

/** Types whose values can be compared: those whose order in Postgres depends on nothing but the value. */
enum FilterType {
    BOOLEAN {
        @Override
        Literal parse(String text) {
            return WholeNumber.parseBoolean(text);
        }

        @Override
        String expression(String column, boolean isUtf8) {
            return column + "::bool";
        }
    },
    INT16 {
        @Override
        Literal parse(String text) {
            return WholeNumber.parse(text, Form.INT16, Short.MIN_VALUE, Short.MAX_VALUE);
        }

        @Override
        String expression(String column, boolean isUtf8) {
            return column + "::int8";
        }
    },
    INT32 {
        @Override
        Literal parse(String text) {
            return WholeNumber.parse(text, Form.INT32, Integer.MIN_VALUE, Integer.MAX_VALUE);
        }

        @Override
        String expression(String column, boolean isUtf8) {
            return column + "::int8";
        }
    },
    INT64 {
        @Override
        Literal parse(String text) {
            return WholeNumber.parse(text, Form.INT64, Long.MIN_VALUE, Long.MAX_VALUE);
        }

        @Override
        String expression(String column, boolean isUtf8) {
            return column + "::int8";
        }
    },
    OID {
        @Override
        Literal parse(String text) {
            return WholeNumber.parse(text, Form.UNSIGNED32, 0, 0xFFFFFFFFL);
        }

        @Override
        String expression(String column, boolean isUtf8) {
            return column + "::int8";
        }
    },
    NUMERIC {
        @Override
        Literal parse(String text) {
            return DecimalNumber.parse(text);
        }

        @Override
        String expression(String column, boolean isUtf8) {
            return column + "::numeric";
        }
    },
    REAL {
        @Override
        Literal parse(String text) {
            return FloatingNumber.parse(text, true);
        }

        @Override
        String expression(String column, boolean isUtf8) {
            return column + "::float4";
        }
    },
    DOUBLE {
        @Override
        Literal parse(String text) {
            return FloatingNumber.parse(text, false);
        }

        @Override
        String expression(String column, boolean isUtf8) {
            return column + "::float8";
        }
    },
    TEXT {
        @Override
        Literal parse(String text) {
            return Bytes.parseText(text);
        }

        @Override
        String expression(String column, boolean isUtf8) {
            return bytes(column + "::text", isUtf8);
        }
    },
    /** The cast to text takes the blanks at the end away. */
    PADDED_TEXT {
        @Override
        Literal parse(String text) {
            return Bytes.parsePadded(text);
        }

        @Override
        String expression(String column, boolean isUtf8) {
            return bytes(column + "::text", isUtf8);
        }
    },
    /** A cast may be the user's own and print something else than the label. */
    ENUM {
        @Override
        Literal parse(String text) {
            return Bytes.parseText(text);
        }

        @Override
        String expression(String column, boolean isUtf8) {
            return "case when " + column + " is distinct from null then "
                    + bytes("format('%s', " + column + ")", isUtf8) + " end";
        }

        @Override
        boolean isOrdered() {
            return false;
        }
    },
    UUID {
        @Override
        Literal parse(String text) {
            return Bytes.parseUuid(text);
        }

        @Override
        String expression(String column, boolean isUtf8) {
            return column + "::uuid";
        }
    },
    DATE {
        @Override
        Literal parse(String text) {
            return Times.parseDate(text);
        }

        @Override
        String expression(String column, boolean isUtf8) {
            return column + "::date";
        }
    },
    TIMESTAMP {
        @Override
        Literal parse(String text) {
            return Times.parseTimestamp(text, false);
        }

        @Override
        String expression(String column, boolean isUtf8) {
            return column + "::timestamp";
        }
    },
    TIMESTAMP_TZ {
        @Override
        Literal parse(String text) {
            return Times.parseTimestamp(text, true);
        }

        @Override
        String expression(String column, boolean isUtf8) {
            return column + "::timestamptz";
        }
    };

    /** What can be compared, for people. */
    static final String POSSIBLE =
            "smallint, integer, bigint, oid, numeric, real, double precision, boolean, text, varchar, char(n), date,"
                    + " timestamp, timestamptz, uuid, enums and domains of these";

    private static final Map<Integer, FilterType> BUILTIN = Map.ofEntries(
            Map.entry(16, BOOLEAN),
            Map.entry(20, INT64),
            Map.entry(21, INT16),
            Map.entry(23, INT32),
            Map.entry(25, TEXT),
            Map.entry(26, OID),
            Map.entry(700, REAL),
            Map.entry(701, DOUBLE),
            Map.entry(1042, PADDED_TEXT),
            Map.entry(1043, TEXT),
            Map.entry(1082, DATE),
            Map.entry(1114, TIMESTAMP),
            Map.entry(1184, TIMESTAMP_TZ),
            Map.entry(1700, NUMERIC),
            Map.entry(2950, UUID));

    /** The type with this oid, domains taken for what is under them; empty when its values cannot be compared. */
    static Optional<FilterType> find(int oid, TypeCatalog catalog) {
        int base = oid;
        UserType user = catalog.types().get(base);
        while (user != null && user.kind() == UserType.Kind.DOMAIN) {
            base = user.base();
            user = catalog.types().get(base);
        }
        if (user != null) {
            return user.kind() == UserType.Kind.ENUM ? Optional.of(ENUM) : Optional.empty();
        }
        return Optional.ofNullable(BUILTIN.get(base));
    }

    /**
     * Reads a literal.
     *
     * @throws IllegalArgumentException when it is none of the type, with the reason as a half-sentence
     */
    abstract Literal parse(String text);

    /**
     * SQL for the value as it is compared. Sessions have an empty search path, so that no type and no operator is a user's.
     *
     * @param column the column as a quoted identifier
     * @param isUtf8 whether the database knows its encoding, so that it can turn text into UTF-8
     */
    abstract String expression(String column, boolean isUtf8);

    /** Whether there is less and greater, or only equal. */
    boolean isOrdered() {
        return true;
    }

    /** In the encoding that the client gets, so that neither collation nor the server's encoding decide; SQL_ASCII is sent as it is. */
    private static String bytes(String text, boolean isUtf8) {
        return "convert_to(" + text + ", '" + (isUtf8 ? "UTF8" : "SQL_ASCII") + "')";
    }
}
