package io.tidemark.source.postgres.type;

import io.tidemark.spi.schema.ColumnType;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A built-in type with its fixed oid ({@code pg_type.dat}). Types that are not here are not supported.
 *
 * @param oid its oid
 * @param arrayOid oid of its array type
 * @param name as {@code format_type} prints it
 * @param type column type; STRING for what has no exact one; numeric depends on the type modifier
 * @param decoder decoder to the column type; null when it is the text form
 * @param text its text form
 * @param outputFunction SQL function that prints it where a cast to text prints something else; else empty
 */
record BuiltinType(
        int oid,
        int arrayOid,
        String name,
        ColumnType type,
        @Nullable ValueDecoder decoder,
        TextForm text,
        String outputFunction) {
    static final int NUMERIC = 1700;
    static final int MONEY = 790;
    static final int MONEY_ARRAY = 791;
    static final int BPCHAR = 1042;
    private static final int BOX = 603;

    private static final Map<Integer, BuiltinType> BY_OID = new HashMap<>();
    private static final Map<Integer, BuiltinType> BY_ARRAY_OID = new HashMap<>();

    static {
        exactTypes();
        textTypes();
        dateTypes();
        fallbackTypes();
        geometryTypes();
        rangeTypes();
    }

    static @Nullable BuiltinType find(int oid) {
        return BY_OID.get(oid);
    }

    /** The element type of a built-in array type. */
    static @Nullable BuiltinType findElement(int arrayOid) {
        return BY_ARRAY_OID.get(arrayOid);
    }

    char delimiter() {
        return oid == BOX ? ';' : ',';
    }

    static Iterable<BuiltinType> all() {
        return BY_OID.values();
    }

    private static void exactTypes() {
        add(16, 1000, "boolean", ColumnType.BOOLEAN, Decoders::bool, ScalarText::bool, "boolout");
        add(17, 1001, "bytea", ColumnType.BYTES, Decoders::bytes, ScalarText::bytea, "");
        add(20, 1016, "bigint", ColumnType.INT64, Decoders::int8, ScalarText::int8, "");
        add(21, 1005, "smallint", ColumnType.INT32, Decoders::int2, ScalarText::int2, "");
        add(23, 1007, "integer", ColumnType.INT32, Decoders::int4, ScalarText::int4, "");
        add(26, 1028, "oid", ColumnType.INT64, Decoders::uint4, ScalarText::uint4, "");
        add(28, 1011, "xid", ColumnType.INT64, Decoders::uint4, ScalarText::uint4, "");
        add(29, 1012, "cid", ColumnType.INT64, Decoders::uint4, ScalarText::uint4, "");
        add(700, 1021, "real", ColumnType.FLOAT32, Decoders::float4, FloatText::float4, "");
        add(701, 1022, "double precision", ColumnType.FLOAT64, Decoders::float8, FloatText::float8, "");
        add(2950, 2951, "uuid", ColumnType.UUID, Decoders::uuid, ScalarText::uuid, "");
        add(NUMERIC, 1231, "numeric", ColumnType.STRING, null, Numerics::text, "");
    }

    private static void textTypes() {
        add(19, 1003, "name", ColumnType.STRING, Decoders::bytes, ScalarText::text, "");
        add(25, 1009, "text", ColumnType.STRING, Decoders::bytes, ScalarText::text, "");
        add(1043, 1015, "character varying", ColumnType.STRING, Decoders::bytes, ScalarText::text, "");
        add(BPCHAR, 1014, "character", ColumnType.STRING, Decoders::bytes, ScalarText::text, "bpcharout");
        add(114, 199, "json", ColumnType.STRING, Decoders::bytes, ScalarText::text, "");
        add(142, 143, "xml", ColumnType.STRING, Decoders::bytes, ScalarText::text, "xml_out");
        add(3802, 3807, "jsonb", ColumnType.STRING, Decoders::jsonb, ScalarText::versionedText, "");
        fallback(4072, 4073, "jsonpath", ScalarText::versionedText);
        add(18, 1002, "\"char\"", ColumnType.STRING, null, ScalarText::singleChar, "charout");
    }

    private static void dateTypes() {
        add(1082, 1182, "date", ColumnType.DATE, Decoders::date, DateTimeText::date, "");
        add(1083, 1183, "time without time zone", ColumnType.TIME, Decoders::time, DateTimeText::time, "");
        add(
                1114,
                1115,
                "timestamp without time zone",
                ColumnType.TIMESTAMP,
                Decoders::timestamp,
                DateTimeText::timestamp,
                "");
        add(
                1184,
                1185,
                "timestamp with time zone",
                ColumnType.TIMESTAMP_TZ,
                Decoders::timestamp,
                DateTimeText::timestampTz,
                "");
        fallback(1266, 1270, "time with time zone", DateTimeText::timeTz);
        fallback(1186, 1187, "interval", DateTimeText::interval);
    }

    private static void fallbackTypes() {
        add(869, 1041, "inet", ColumnType.STRING, null, NetworkText::inet, "inet_out");
        fallback(650, 651, "cidr", NetworkText::inet);
        fallback(829, 1040, "macaddr", NetworkText::mac);
        fallback(774, 775, "macaddr8", NetworkText::mac);
        fallback(1560, 1561, "bit", ScalarText::bits);
        fallback(1562, 1563, "bit varying", ScalarText::bits);
        fallback(3220, 3221, "pg_lsn", ScalarText::lsn);
        fallback(5069, 271, "xid8", ScalarText::uint8);
        fallback(27, 1010, "tid", ScalarText::tid);
        fallback(22, 1006, "int2vector", ContainerText.vector(ScalarText::int2));
        fallback(30, 1013, "oidvector", ContainerText.vector(ScalarText::uint4));
        fallback(3614, 3643, "tsvector", DocumentText::tsvector);
    }

    private static void geometryTypes() {
        fallback(600, 1017, "point", GeometryText::point);
        fallback(601, 1018, "lseg", GeometryText::segment);
        fallback(602, 1019, "path", GeometryText::path);
        fallback(BOX, 1020, "box", GeometryText::box);
        fallback(604, 1027, "polygon", GeometryText::polygon);
        fallback(628, 629, "line", GeometryText::line);
        fallback(718, 719, "circle", GeometryText::circle);
    }

    private static void rangeTypes() {
        ranges("int4", ScalarText::int4, 3904, 3905, 4451, 6150);
        ranges("num", Numerics::text, 3906, 3907, 4532, 6151);
        ranges("ts", DateTimeText::timestamp, 3908, 3909, 4533, 6152);
        ranges("tstz", DateTimeText::timestampTz, 3910, 3911, 4534, 6153);
        ranges("date", DateTimeText::date, 3912, 3913, 4535, 6155);
        ranges("int8", ScalarText::int8, 3926, 3927, 4536, 6157);
    }

    private static void ranges(String prefix, TextForm subtype, int oid, int arrayOid, int multi, int multiArrayOid) {
        TextForm range = ContainerText.range(subtype);
        fallback(oid, arrayOid, prefix + "range", range);
        fallback(multi, multiArrayOid, prefix + "multirange", ContainerText.multirange(range));
    }

    private static void fallback(int oid, int arrayOid, String name, TextForm text) {
        add(oid, arrayOid, name, ColumnType.STRING, null, text, "");
    }

    private static void add(
            int oid,
            int arrayOid,
            String name,
            ColumnType type,
            @Nullable ValueDecoder decoder,
            TextForm text,
            String outputFunction) {
        BuiltinType builtin = new BuiltinType(oid, arrayOid, name, type, decoder, text, outputFunction);
        BY_OID.put(oid, builtin);
        BY_ARRAY_OID.put(arrayOid, builtin);
    }
}
