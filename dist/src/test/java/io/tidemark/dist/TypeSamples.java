package io.tidemark.dist;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Values of every type in the reference: typical ones, extreme ones, and those that do not fit the type it is carried as.
 *
 * @param sqlType the type as it is declared
 * @param fitting values, as Postgres reads them
 * @param misfits values that only a text can hold
 */
record TypeSamples(String sqlType, List<String> fitting, List<String> misfits) {
    /** Makes the types that {@link #made} names. */
    static final String[] SETUP = {
        "create extension citext",
        "create extension hstore",
        "create extension ltree",
        "create type mood as enum ('sad', 'o k', 'quo\"te', 'ünï')",
        "create domain price as numeric(12,2)",
        "create type pair as (a int, b text, c date[])",
        "create type textrange as range (subtype = text, multirange_type_name = textmultirange)"
    };

    private static final List<String> INFINITE = List.of("infinity", "-infinity");
    private static final List<String> FLOATS = List.of("0", "-0", "0.1", "-1.5e30", "NaN", "Infinity", "-Infinity");

    /** Samples by the name of the row that they prove. */
    static Map<String, TypeSamples> builtin() {
        Map<String, TypeSamples> samples = new TreeMap<>();
        numbers(samples);
        texts(samples);
        times(samples);
        networksAndCatalog(samples);
        geometry(samples);
        ranges(samples);
        return samples;
    }

    static Map<String, TypeSamples> made() {
        Map<String, TypeSamples> samples = new TreeMap<>();
        put(samples, "citext", "citext", "AbC", "ünï", "");
        put(samples, "hstore", "hstore", "a=>1", "\"a b\"=>NULL, c=>\"\"", "");
        put(samples, "ltree", "ltree", "a.b.C", "");
        put(samples, "enum", "mood", "sad", "o k", "quo\"te", "ünï");
        samples.put(
                "domain", new TypeSamples("price", List.of("0", "-9999999999.99", "9999999999.99"), List.of("NaN")));
        samples.put(
                "array of any type here",
                new TypeSamples(
                        "mood[]",
                        List.of("{}", "{sad,NULL,\"o k\"}", "{NULL}"),
                        List.of("[0:1]={sad,sad}", "{{sad},{ünï}}")));
        samples.put(
                "composite",
                new TypeSamples(
                        "pair",
                        List.of(
                                "(1,\"a,b\",{2026-01-01})",
                                "(,,)",
                                "(-5,\"q\"\"\",\"{NULL,0001-01-01 BC}\")",
                                "(,\"\",{})"),
                        List.of("(1,x,{infinity})", "(1,x,\"{{2026-01-01}}\")")));
        put(samples, "range", "textrange", "[a,b)", "empty", "(,)", "[\"a b\",\"c,d\"]");
        put(samples, "multirange", "textmultirange", "{}", "{[a,b),[c,d)}");
        return samples;
    }

    private static void numbers(Map<String, TypeSamples> samples) {
        put(samples, "boolean", "boolean", "t", "f");
        put(samples, "smallint", "smallint", "0", "-32768", "32767");
        put(samples, "integer", "integer", "0", "-2147483648", "2147483647");
        put(samples, "bigint", "bigint", "0", "-9223372036854775808", "9223372036854775807");
        put(samples, "numeric", "numeric", "0.00", "-1.50", "1e-20", "123456789012345678901234567890.0001", "NaN");
        samples.put(
                "numeric(p,s)",
                new TypeSamples(
                        "numeric(12,2)", List.of("0", "-0.01", "9999999999.99", "-9999999999.99"), List.of("NaN")));
        put(samples, "money", "money", "0", "-92233720368547758.08", "92233720368547758.07");
        samples.put("real", new TypeSamples("real", join(FLOATS, "1e-45", "3.4028235e38"), List.of()));
        samples.put(
                "double precision",
                new TypeSamples("double precision", join(FLOATS, "5e-324", "1.7976931348623157e308"), List.of()));
        put(samples, "oid", "oid", "0", "4294967295");
        put(samples, "xid", "xid", "0", "4294967295");
        put(samples, "cid", "cid", "0", "4294967295");
        put(samples, "xid8", "xid8", "0", "18446744073709551615");
    }

    private static void texts(Map<String, TypeSamples> samples) {
        put(samples, "text", "text", "", " ", "NULL", "ünï水🐘", "a\nb\tc\\d'e\"f", "x".repeat(70_000));
        put(samples, "character varying", "varchar(70000)", "", "水🐘x", "y".repeat(70_000));
        put(samples, "character", "character(5)", "", "a", "abcde", "水🐘");
        put(samples, "name", "name", "", "n".repeat(63));
        put(samples, "\"char\"", "\"char\"", "", "a", "\\377");
        put(samples, "json", "json", "{\"a\": 1.0,  \"a\": [null, \"\\u0041\"]}", "null", " 1 ");
        put(samples, "jsonb", "jsonb", "{\"b\": 1.00, \"a\": [null, \"水\"]}", "null", "\"\"", "1e5");
        put(samples, "jsonpath", "jsonpath", "$.a[*] ? (@ > 1)", "strict $");
        put(samples, "xml", "xml", "<a>ü</a>", "text");
        put(samples, "bytea", "bytea", "", "\\x00ff7f80");
        put(samples, "uuid", "uuid", "00000000-0000-0000-0000-000000000000", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
        put(samples, "bit", "bit(10)", "0000000000", "1000000001");
        put(samples, "bit varying", "varbit", "", "1", "111111111");
        put(samples, "tsvector", "tsvector", "", "a fat 'cat''s' b:1,3A");
    }

    private static void times(Map<String, TypeSamples> samples) {
        samples.put(
                "date",
                new TypeSamples(
                        "date", List.of("1970-01-01", "4713-01-01 BC", "5874897-12-31", "1969-12-31"), INFINITE));
        samples.put(
                "time without time zone",
                new TypeSamples("time", List.of("00:00:00", "12:34:56.12", "23:59:59.999999"), List.of("24:00:00")));
        put(samples, "time with time zone", "timetz", "12:00:00.5-08", "24:00:00+15:59", "00:00:00+00");
        List<String> dates = List.of(
                "1970-01-01 00:00:00",
                "1969-12-31 23:59:59.999999",
                "4714-11-24 00:00:00 BC",
                "294246-12-31 23:59:59.999999");
        List<String> beyond = join(INFINITE, "294276-12-31 23:59:59.999999");
        samples.put("timestamp without time zone", new TypeSamples("timestamp", dates, beyond));
        samples.put(
                "timestamp with time zone",
                new TypeSamples(
                        "timestamptz",
                        List.of(
                                "2024-07-01 12:00:00.000001-07",
                                "4714-11-24 00:00:00+00 BC",
                                "294246-12-31 23:59:59.999999+00"),
                        join(INFINITE, "294276-12-31 23:59:59.999999+00")));
        put(
                samples,
                "interval",
                "interval",
                "0",
                "1 mon -1 day",
                "-00:00:00.5",
                "178000000 years 11 mons 2147483647 days");
    }

    private static void networksAndCatalog(Map<String, TypeSamples> samples) {
        put(samples, "inet", "inet", "10.0.0.1", "10.0.0.1/8", "::", "fe80::1/64", "::ffff:1.2.3.4");
        put(samples, "cidr", "cidr", "10.0.0.0/8", "::/0", "2001:db8::/32");
        put(samples, "macaddr", "macaddr", "08:00:2b:01:02:03", "ff:ff:ff:ff:ff:ff");
        put(samples, "macaddr8", "macaddr8", "08:00:2b:01:02:03:04:05");
        put(samples, "pg_lsn", "pg_lsn", "0/0", "FFFFFFFF/FFFFFFFF");
        put(samples, "tid", "tid", "(0,1)", "(4294967295,65535)");
        put(samples, "int2vector", "int2vector", "", "1 -2 3");
        put(samples, "oidvector", "oidvector", "", "1 4294967295");
    }

    private static void geometry(Map<String, TypeSamples> samples) {
        put(samples, "point", "point", "(0,0)", "(-0,1e300)", "(NaN,Infinity)");
        put(samples, "lseg", "lseg", "[(1,2),(3,4.5)]");
        put(samples, "box", "box", "(3,4),(1,2)");
        put(samples, "path", "path", "[(1,2),(3,4)]", "((1,2),(3,4))");
        put(samples, "polygon", "polygon", "((0,0),(1,1),(1,0))");
        put(samples, "line", "line", "{1,-1,0.5}");
        put(samples, "circle", "circle", "<(1,2),3.5>");
    }

    private static void ranges(Map<String, TypeSamples> samples) {
        range(samples, "int4", "[-2147483648,2147483647)");
        range(samples, "int8", "[1,9223372036854775807)");
        range(samples, "num", "(-1.50,2.0]");
        range(samples, "ts", "[2024-01-01 00:00:00,infinity)");
        range(samples, "tstz", "(-infinity,2024-01-01 00:00:00+00]");
        range(samples, "date", "[2024-01-01,infinity)");
    }

    private static void range(Map<String, TypeSamples> samples, String prefix, String value) {
        put(samples, prefix + "range", prefix + "range", value, "empty", "(,)");
        put(samples, prefix + "multirange", prefix + "multirange", "{" + value + "}", "{}");
    }

    private static void put(Map<String, TypeSamples> samples, String name, String sqlType, String... values) {
        samples.put(name, new TypeSamples(sqlType, List.of(values), List.of()));
    }

    private static List<String> join(List<String> values, String... more) {
        List<String> all = new java.util.ArrayList<>(values);
        all.addAll(List.of(more));
        return List.copyOf(all);
    }
}
