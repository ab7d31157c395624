package io.tidemark.source.postgres.type;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The text of every type is what the database itself prints. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TextFormIT {
    private EmbeddedPostgresServer server;
    private String database;
    private Connection connection;
    private TypeProbe probe;

    @BeforeAll
    void startServer() {
        server = EmbeddedPostgresServer.start();
        database = server.createDatabase();
        server.execute(
                database,
                "create type mood as enum ('sad', 'o k', '', 'quo\"te', 'ünï')",
                "create type pair as (a int, b text)",
                "create type nest as (p pair, l int[], t timestamptz, n numeric)",
                "create domain short as character(5)",
                "create domain shorter as short check (value <> 'bad')",
                "create domain price as numeric(12,2)",
                "create domain moods as mood[]",
                "create type textrange as range (subtype = text, multirange_type_name = textmultirange)",
                "create type \"Odd \"\"Name\" as enum ('a')");
    }

    @AfterAll
    void stopServer() {
        server.close();
    }

    @BeforeEach
    void connect() throws SQLException {
        connection = server.connect(database);
        probe = new TypeProbe(connection);
    }

    @AfterEach
    void disconnect() throws SQLException {
        connection.close();
    }

    record Case(String type, List<String> values, int sinceMajor) {
        static Case of(String type, String... values) {
            return new Case(type, Arrays.asList(values), 14);
        }

        /** Values that older servers do not take. */
        Case since(int major) {
            return new Case(type, values, major);
        }

        @Override
        public String toString() {
            return type;
        }
    }

    static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        cases.addAll(plain());
        cases.addAll(times());
        cases.addAll(networksAndShapes());
        cases.addAll(containers());
        cases.addAll(userTypes());
        return cases;
    }

    private static List<Case> plain() {
        return List.of(
                Case.of("boolean", "t", "f", null),
                Case.of("smallint", "-32768", "32767", "0"),
                Case.of("int", "-2147483648", "2147483647"),
                Case.of("bigint", "-9223372036854775808", "9223372036854775807"),
                Case.of("oid", "0", "4294967295"),
                Case.of("xid", "0", "4294967295", "3"),
                Case.of("cid", "0", "4294967295"),
                Case.of("xid8", "0", "18446744073709551615"),
                Case.of("tid", "(0,1)", "(4294967295,65535)"),
                Case.of("text", "", " ", "NULL", "ünï水🐘", "a\nb\tc\\d'e\"f"),
                Case.of("varchar(3)", "", "abc", "水🐘x"),
                Case.of("character(5)", "", "a", "ab  ", "abcde", "水🐘"),
                Case.of("character", "x", ""),
                Case.of("bpchar", "", "a  ", "abc"),
                Case.of("name", "", "n".repeat(63)),
                Case.of("\"char\"", "", "a", "\\", "\\200", "\\377", "\\351"),
                Case.of("json", "{\"a\": 1.0,  \"a\": [null, \"\\u0041\"]}", "null", " 1 "),
                Case.of("jsonb", "{\"b\": 1.00, \"a\": [null, \"\\u0041 水\"]}", "null", "\"\"", "1e5"),
                Case.of("jsonpath", "$.a[*] ? (@ > 1)", "strict $"),
                Case.of("uuid", "00000000-0000-0000-0000-000000000000", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
                Case.of("bytea", "", "\\x", "\\x00ff7f80", "abc"),
                Case.of("bit(1)", "0", "1"),
                Case.of("bit(10)", "0000000000", "1000000001"),
                Case.of("varbit", "", "1", "01010101", "111111111"),
                Case.of("pg_lsn", "0/0", "16/B374D848", "FFFFFFFF/FFFFFFFF"),
                Case.of("tsvector", "", "a fat 'cat''s' b\\\\c:1,3A,5B x:16383C,7D ünï:2", "'a b':1 ' ':2"),
                Case.of("int2vector", "", "1", "1 -2 3"),
                Case.of("oidvector", "", "1 4294967295"),
                numerics("numeric"),
                numerics("numeric(500,100)"),
                Case.of("numeric(5,-2)", "12345", "-100", "0", "NaN").since(15),
                Case.of("numeric(2,5)", "0.00012", "-0.00099", "0").since(15),
                Case.of("numeric(12,2)", "0", "1.5", "-9999999999.99", "NaN"));
    }

    private static Case numerics(String type) {
        List<String> values = new ArrayList<>(List.of(
                "0",
                "0.00",
                "-0",
                "1",
                "-1",
                "10000",
                "9999",
                "99990000",
                "0.0001",
                "0.00001",
                "0.1000",
                "123456.7890",
                "100000000",
                "NaN",
                "12345678901234567890123456789012345678901234567890.000100",
                "1e30",
                "1.50e-20",
                "-99999999.99999999"));
        if (type.equals("numeric")) {
            values.addAll(List.of(
                    "Infinity",
                    "-Infinity",
                    "9".repeat(131_072),
                    "-1" + "0".repeat(131_071),
                    "0." + "0".repeat(16_382) + "1",
                    "1." + "9".repeat(16_383)));
        }
        return new Case(type, values, 14);
    }

    private static List<Case> times() {
        return List.of(
                Case.of(
                        "date",
                        "2000-01-01",
                        "1970-01-01",
                        "0001-01-01",
                        "0001-12-31 BC",
                        "4713-01-01 BC",
                        "5874897-12-31",
                        "2000-02-29",
                        "1900-02-28",
                        "10000-01-01",
                        "infinity",
                        "-infinity",
                        "0005-02-29 BC",
                        "1582-10-15"),
                Case.of(
                        "time",
                        "00:00:00",
                        "23:59:59.999999",
                        "24:00:00",
                        "12:00:00.5",
                        "00:00:00.000001",
                        "12:34:56.120"),
                Case.of("time(3)", "12:00:00.1236"),
                Case.of(
                        "timetz",
                        "00:00:00+00",
                        "12:00:00.5-08",
                        "12:00:00+05:30",
                        "12:00:00-15:59:59",
                        "24:00:00+15:59"),
                Case.of(
                        "timestamp",
                        "2000-01-01 00:00:00",
                        "1999-12-31 23:59:59.999999",
                        "0001-01-01 00:00:00 BC",
                        "4714-11-24 00:00:00 BC",
                        "294276-12-31 23:59:59.999999",
                        "infinity",
                        "-infinity",
                        "2024-02-29 12:00:00.100000"),
                Case.of("timestamp(0)", "2024-01-01 00:00:00.5"),
                Case.of(
                        "timestamptz",
                        "2000-01-01 00:00:00+00",
                        "2024-07-01 12:00:00.000001-07",
                        "0044-03-15 10:00:00+00 BC",
                        "4714-11-24 00:00:00+00 BC",
                        "294276-12-31 23:59:59.999999+00",
                        "infinity",
                        "-infinity"),
                Case.of(
                        "interval",
                        "0",
                        "1 year",
                        "-1 year",
                        "1 mon",
                        "13 mons",
                        "-13 mons",
                        "1 day",
                        "-1 day",
                        "2 days",
                        "1 day -00:00:01",
                        "-1 day +00:00:01",
                        "1 mon -1 day",
                        "-1 mon +1 day",
                        "-1 mon 1 day 1 sec",
                        "1 year -1 mon",
                        "00:00:00.000001",
                        "-00:00:00.5",
                        "100:00:00",
                        "178000000 years 11 mons 2147483647 days",
                        "-1 day 0:0:0",
                        "1 mon 0 days -5 h",
                        "-1 mon 5 h"),
                Case.of("interval", "-2562047788:00:54.775807", "2562047788:00:54.775807")
                        .since(15),
                Case.of("interval", "infinity", "-infinity").since(17),
                Case.of("interval(0)", "1.6 sec"),
                Case.of("interval year to month", "1 year 2 mons"));
    }

    private static List<Case> networksAndShapes() {
        return List.of(
                Case.of(
                        "inet",
                        "10.0.0.1",
                        "10.0.0.1/8",
                        "0.0.0.0/0",
                        "::",
                        "::1",
                        "::5",
                        "::/0",
                        "::1.2.3.4",
                        "::ffff:1.2.3.4",
                        "2001:db8::1",
                        "2001:db8:0:0:1:0:0:1",
                        "1:0:0:2:0:0:0:3",
                        "1::",
                        "fe80::1/64",
                        "1:2:3:4:5:6:7:8",
                        "0:1:2:3:4:5:6:7",
                        "1:0:2:0:3:0:4:0",
                        "::2:0",
                        "::1:0:0",
                        "255.255.255.255/32",
                        "::ffff:0:0"),
                Case.of("cidr", "10.0.0.0/8", "10.0.0.1/32", "::/0", "2001:db8::/32", "::1/128", "::ffff:1.2.3.0/120"),
                Case.of("macaddr", "08:00:2b:01:02:03", "ff:ff:ff:ff:ff:ff"),
                Case.of("macaddr8", "08:00:2b:01:02:03:04:05"),
                Case.of("point", "(0,0)", "(-0,1e300)", "(NaN,Infinity)", "(0.1,123456789.123456789)"),
                Case.of("lseg", "[(1,2),(3,4.5)]"),
                Case.of("box", "(3,4),(1,2)"),
                Case.of("path", "[(1,2),(3,4)]", "((1,2),(3,4))", "((0,0))"),
                Case.of("polygon", "((0,0),(1,1),(1,0))"),
                Case.of("line", "{1,-1,0.5}"),
                Case.of("circle", "<(1,2),3.5>"),
                floats("float4"),
                floats("float8"));
    }

    private static Case floats(String type) {
        boolean single = type.equals("float4");
        List<String> values = new ArrayList<>(List.of(
                "0",
                "-0",
                "1",
                "-1",
                "0.1",
                "0.3",
                "1e15",
                "1e16",
                "123456",
                "1234567",
                "1e-4",
                "1e-5",
                "0.00012",
                "NaN",
                "Infinity",
                "-Infinity",
                "1e22",
                "1e23",
                "1.5e30",
                "100000",
                "1000000",
                "16777216",
                "16777218",
                "33554430"));
        if (single) {
            values.addAll(
                    List.of("3.4028235e38", "1.1754944e-38", "1e-45", "9.5367431640625e-07", "8.5e9", "1.00000001"));
        } else {
            values.addAll(List.of(
                    "1.7976931348623157e308",
                    "2.2250738585072014e-308",
                    "4.9e-324",
                    "9007199254740991",
                    "9007199254740992",
                    "9007199254740993",
                    "123456789012345",
                    "1234567890123456",
                    "5e-324",
                    "1152921504610000000",
                    "9.5367431640625e-07",
                    "2e-44",
                    "5.684341886080802e-14",
                    "2.0e-3",
                    "1.0e23",
                    "9.999999999999999e22",
                    "4.35",
                    "0.30000000000000004",
                    "2.2204460492503131e-16",
                    "1e-323"));
        }
        // Powers of two have unequal gaps to their neighbours; random bits find what nobody thinks of.
        for (int exponent = single ? -140 : -1060; exponent < (single ? 127 : 1023); exponent += single ? 3 : 13) {
            values.add(
                    single
                            ? Float.toString((float) Math.scalb(1.0, exponent))
                            : Double.toString(Math.scalb(1.0, exponent)));
        }
        Random random = new Random(42);
        for (int i = 0; i < 500; i++) {
            values.add(
                    single
                            ? Float.toString(Float.intBitsToFloat(random.nextInt()))
                            : Double.toString(Double.longBitsToDouble(random.nextLong())));
        }
        return new Case(type, values, 14);
    }

    private static List<Case> containers() {
        return List.of(
                Case.of(
                        "int[]",
                        "{}",
                        "{1,NULL,3}",
                        "{{1,2},{3,4}}",
                        "[0:2]={1,2,3}",
                        "[-1:0][2:3]={{1,2},{3,4}}",
                        "{{{1},{2}}}",
                        "[2147483646:2147483646]={7}"),
                Case.of(
                        "text[]",
                        "{}",
                        "{NULL,\"NULL\",null,\"nUlL\"}",
                        "{\"\",\" \",\"a b\",\"a,b\",\"{\",\"}\"}",
                        "{\"\\\"\",\"\\\\\",\"a\\nb\",\"'\",\";\",\"(\"}",
                        "{\"tab\there\",\"new\nline\",\"\u000b\",\"\f\",\"\r\",水}"),
                Case.of("bool[]", "{t,f,NULL}"),
                Case.of("numeric(10,2)[]", "{1,2.50,NaN}"),
                Case.of("character(3)[]", "{a,bcd,\"\"}"),
                Case.of("varchar(5)[]", "{a,\"b c\"}"),
                Case.of("timestamptz[]", "{\"2024-01-01 00:00:00+00\",infinity}"),
                Case.of("date[]", "{2024-01-01,\"0001-01-01 BC\"}"),
                Case.of("bytea[]", "{\"\\\\x00ff\",\"\"}"),
                Case.of("jsonb[]", "{\"{\\\"a\\\": \\\"b c\\\"}\",null}"),
                Case.of("json[]", "{\"[1, 2]\"}"),
                Case.of("box[]", "{(3,4),(1,2);(5,6),(0,0)}"),
                Case.of("point[]", "{\"(1,2)\",\"(3,4)\"}"),
                Case.of("inet[]", "{10.0.0.1,\"::1/64\"}"),
                Case.of("uuid[]", "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}"),
                Case.of("float8[]", "{0.1,1e300,NaN,-Infinity}"),
                Case.of("interval[]", "{\"1 day 02:00:00\"}"),
                Case.of("\"char\"[]", "{a,\"\",\" \"}"),
                Case.of("int4range", "empty", "[1,5)", "(,5)", "[1,)", "(,)"),
                Case.of("int8range", "[1,5]"),
                Case.of("numrange", "[1.10,2.50]", "(1,2)", "[1.0,1.0]"),
                Case.of("tsrange", "[2024-01-01 00:00:00,2024-01-02)", "[,infinity]"),
                Case.of("tstzrange", "[2024-01-01 00:00:00+02,)"),
                Case.of("daterange", "[2024-01-01,2024-01-31]", "[-infinity,infinity)"),
                Case.of("int4multirange", "{}", "{[1,3),[5,9)}", "{(,)}"),
                Case.of("tstzmultirange", "{[2024-01-01 00:00:00+00,2024-01-02 00:00:00+00)}"),
                Case.of("int4range[]", "{\"[1,3)\",empty,NULL}"),
                Case.of("datemultirange[]", "{\"{[2024-01-01,2024-01-02)}\"}"));
    }

    private static List<Case> userTypes() {
        return List.of(
                Case.of("mood", "sad", "o k", "", "quo\"te", "ünï", null),
                Case.of("mood[]", "{sad,\"o k\",\"\",\"quo\\\"te\",NULL}"),
                Case.of("moods", "{sad,NULL}"),
                Case.of("\"Odd \"\"Name\"", "a"),
                Case.of("short", "a", ""),
                Case.of("shorter", "a", "bc "),
                Case.of("shorter[]", "{a,NULL,\"b c\"}"),
                Case.of("price", "1", "-9999999999.99"),
                Case.of(
                        "pair",
                        "(1,a)",
                        "(,)",
                        "(,\"\")",
                        "(1,\"a,b\")",
                        "(1,\"(\")",
                        "(1,\"\"\"\")",
                        "(1,\"\\\\\")",
                        "(1,\" \")",
                        "(1,NULL)"),
                Case.of("pair[]", "{\"(1,a)\",\"(,\\\"x y\\\")\",NULL}"),
                Case.of("nest", "(\"(1,\"\"a b\"\")\",\"{1,NULL}\",\"2024-01-01 00:00:00+00\",1.50)", "(,,,)"),
                Case.of("textrange", "[a,b]", "[\"a,b\",\"c\"\"d\")", "empty", "[\"\",\" \"]", "(,)"),
                Case.of("textmultirange", "{[a,b],[\"x y\",z)}"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void decodesToTheTextThatTheDatabasePrints(Case types) throws SQLException {
        assumeTrue(connection.getMetaData().getDatabaseMajorVersion() >= types.sinceMajor());
        probe.fill(types.type(), types.values());
        PgType type = probe.type().asText();
        assertThat(type.isSupported()).isTrue();
        List<String> decoded = texts(probe.decoded(type));
        List<String> printed = probe.rendered("case when v is distinct from null then format('%s', v) end");
        assertThat(decoded).containsExactlyElementsOf(printed);
        assertThat(probe.rendered(type.asTextExpression("v"))).containsExactlyElementsOf(printed);
        assertThat(probe.rendered(type.asTextExpression("probe.\"v\""))).containsExactlyElementsOf(printed);
    }

    @Test
    void printsMoneyAsANumberWhateverTheLocale() throws SQLException {
        probe.fill("money", List.of("0", "1.50", "-92233720368547758.08", "92233720368547758.07"));
        PgType type = probe.type();
        assertThat(type.columnType()).isEqualTo(ColumnType.decimal(19, 2));
        List<String> printed = probe.rendered(type.valueExpression("v") + "::text");
        assertThat(texts(probe.decoded(type.asText()))).containsExactlyElementsOf(printed);
        assertThat(probe.rendered(type.asText().asTextExpression("v"))).containsExactlyElementsOf(printed);
    }

    @Test
    void decodesTypesOfTheSuppliedExtensions() throws SQLException {
        List<Case> extensions = List.of(
                Case.of("citext", "", "AbC", "ünï"),
                Case.of("hstore", "", "a=>1", "\"a b\"=>NULL, c=>\"\", \"q\\\"\"=>\"\\\\\", n=>\"NULL\""),
                Case.of("ltree", "", "a.b.C"));
        for (Case types : extensions) {
            probe.execute("create extension " + types.type());
            decodesToTheTextThatTheDatabasePrints(types);
            String element = types.values().get(1).replace("\"", "\\\"");
            decodesToTheTextThatTheDatabasePrints(Case.of(types.type() + "[]", "{NULL,\"" + element + "\"}"));
        }
    }

    @Test
    void ignoresTheCastsThatUsersMakeForTheirTypes() throws SQLException {
        probe.execute("create type loud as enum ('a')");
        probe.execute("create function shout(loud) returns text language sql as $$ select 'LOUD' $$");
        probe.execute("create cast (loud as text) with function shout(loud)");
        decodesToTheTextThatTheDatabasePrints(Case.of("loud", "a", null));
    }

    private static List<String> texts(ChangeBatch batch) {
        BytesVector vector = (BytesVector) batch.column(0);
        List<String> values = new ArrayList<>();
        for (int row = 0; row < batch.size(); row++) {
            values.add(vector.isNull(row) ? null : vector.text(row));
        }
        return values;
    }
}
