package io.tidemark.source.postgres.type;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tidemark.spi.change.BooleanVector;
import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.change.DoubleVector;
import io.tidemark.spi.change.FloatVector;
import io.tidemark.spi.change.IntVector;
import io.tidemark.spi.change.LongVector;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values of types with an exact column type are what the database computes of them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExactValueIT {
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
                "create domain price as numeric(30,4)",
                "create domain price2 as price",
                "create type pair as (a timestamp, b int[])");
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

    @Test
    void decodesPlainValues() throws SQLException {
        check("boolean", ColumnType.BOOLEAN, "textin(boolout(v))", "t", "f", null);
        check("smallint", ColumnType.INT32, "v::text", "-32768", "32767", null);
        check("int", ColumnType.INT32, "v::text", "-2147483648", "2147483647");
        check("bigint", ColumnType.INT64, "v::text", "-9223372036854775808", "9223372036854775807");
        check("oid", ColumnType.INT64, "v::text", "0", "4294967295");
        check("xid", ColumnType.INT64, "v::text", "0", "4294967295");
        check("bytea", ColumnType.BYTES, "encode(v, 'hex')", "\\x", "\\x00ff7f80");
        check("uuid", ColumnType.UUID, "v::text", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", null);
        check("jsonb", ColumnType.STRING, "v::text", "{\"a\": [1, \"水\"]}", "null", null);
    }

    @Test
    void decodesFloatsBitForBit() throws SQLException {
        String[] values = {"0", "-0", "1.5", "NaN", "Infinity", "-Infinity", "1e-45", "3.4028235e38", "0.1"};
        check(
                "float4",
                ColumnType.FLOAT32,
                "case when v = 'NaN' then '7fc00000' else encode(float4send(v), 'hex') end",
                values);
        check(
                "float8",
                ColumnType.FLOAT64,
                "case when v = 'NaN' then '7ff8000000000000' else encode(float8send(v), 'hex') end",
                values);
    }

    @Test
    void decodesTimesInTheirWholeRange() throws SQLException {
        check(
                "date",
                ColumnType.DATE,
                "(v - date '1970-01-01')::text",
                "1970-01-01",
                "2000-01-01",
                "1969-12-31",
                "4713-01-01 BC",
                "5874897-12-31",
                null);
        check(
                "time",
                ColumnType.TIME,
                "(extract(epoch from v) * 1000000)::bigint::text",
                "00:00:00",
                "23:59:59.999999");
        String[] timestamps = {
            "1970-01-01 00:00:00",
            "1969-12-31 23:59:59.999999",
            "2000-01-01 00:00:00.000001",
            "4714-11-24 00:00:00 BC",
            "294246-12-31 23:59:59.999999",
            "294216-01-01 00:00:00.000001"
        };
        // The database computes the epoch of the last years only nearly; the bytes of the value are exact.
        String last = "294247-01-10 04:00:54.775806";
        String bytes = "(('x' || encode(timestamp_send(v), 'hex'))::bit(64)::bigint::numeric + 946684800000000)::text";
        check("timestamp", ColumnType.TIMESTAMP, bytes, last);
        check("timestamp", ColumnType.TIMESTAMP, "trunc(extract(epoch from v) * 1000000)::text", timestamps);
        check("timestamptz", ColumnType.TIMESTAMP_TZ, "trunc(extract(epoch from v) * 1000000)::text", timestamps);
    }

    @ParameterizedTest
    @CsvSource({
        "1,0", "4,4", "5,2", "9,0", "18,0", "18,18", "18,7", "19,0", "19,19", "20,5", "38,0", "38,38", "38,10", "30,3"
    })
    void decodesDecimalsOfEveryWidth(int precision, int scale) throws SQLException {
        Random random = new Random(precision * 100L + scale);
        List<String> values = new ArrayList<>(Arrays.asList("0", null));
        BigDecimal most = new BigDecimal(BigInteger.TEN.pow(precision).subtract(BigInteger.ONE), scale);
        values.add(most.toPlainString());
        values.add(most.negate().toPlainString());
        values.add(new BigDecimal(BigInteger.ONE, scale).toPlainString());
        values.add(new BigDecimal(BigInteger.ONE.negate(), scale).toPlainString());
        for (int i = 0; i < 200; i++) {
            BigInteger digits = new BigInteger(random.nextInt(126) + 1, random).mod(BigInteger.TEN.pow(precision));
            BigDecimal value = new BigDecimal(random.nextBoolean() ? digits : digits.negate(), scale);
            values.add(
                    i % 4 == 0
                            ? value.setScale(scale / 2, java.math.RoundingMode.DOWN)
                                    .toPlainString()
                            : value.toPlainString());
        }
        String type = "numeric(" + precision + "," + scale + ")";
        check(type, ColumnType.decimal(precision, scale), "v::text", values.toArray(String[]::new));
    }

    @Test
    void followsDomainsToTheirBaseType() throws SQLException {
        check("price2", ColumnType.decimal(30, 4), "v::text", "1.5", "-99999999999999999999999999.9999");
        assertThat(probe.type().sourceType()).isEqualTo("public.price2");
    }

    @ParameterizedTest
    @CsvSource({
        "date, infinity",
        "date, -infinity",
        "timestamp, infinity",
        "timestamp, -infinity",
        "timestamptz, infinity",
        "timestamptz, 294276-12-31 23:59:59+00",
        "timestamp, 294247-01-10 04:00:54.775807",
        "timestamp, 294247-01-10 04:00:54.775808",
        "time, 24:00:00",
        "'numeric(10,2)', NaN",
        "'numeric(38,2)', NaN",
        "int[], '{{1,2},{3,4}}'",
        "int[], '[0:1]={1,2}'",
        "date[], '{2026-01-01,infinity}'",
        "timestamptz[], '{294276-12-31 23:59:59+00}'",
        "'numeric(10,2)[]', '{1,NaN}'",
        "pair, '(infinity,{})'",
        "pair, '(,{{1}})'",
        "pair[], '{\"(,\\\"[2:2]={1}\\\")\"}'"
    })
    void refusesWhatTheColumnTypeCannotHold(String type, String value) throws SQLException {
        probe.fill(type, List.of(value));
        PgType pgType = probe.type();
        assertThatThrownBy(() -> probe.decoded(pgType)).isInstanceOfSatisfying(TidemarkException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.SOURCE_VALUE);
            assertThat(e.reason())
                    .startsWith("Cannot represent value: ")
                    .contains("table=public.probe, column=v, type=");
            assertThat(e.reason()).doesNotContain("294276");
        });
    }

    @ParameterizedTest
    @CsvSource({
        "'numeric(10,2)', 'numeric(10,2)'",
        "numeric, numeric",
        "'numeric(5,-2)', 'numeric(5,-2)'",
        "'varchar(20)', character varying(20)",
        "'char(3)', character(3)",
        "'timestamp(3)', timestamp(3) without time zone",
        "timestamptz, timestamp with time zone",
        "'time(0)', time(0) without time zone",
        "'bit(4)', bit(4)",
        "'varbit(4)', bit varying(4)",
        "'int[]', integer[]",
        "'varchar(7)[]', character varying(7)[]",
        "interval day to second(3), interval day to second(3)",
        "interval year, interval year",
        "'interval(2)', interval(2)",
        "'interval', interval",
        "text, text",
        "float4, real",
        "'\"char\"', '\"char\"'",
        "money, money",
        "int4multirange, int4multirange"
    })
    void namesTypesAsTheDatabaseDoes(String type, String name) throws SQLException {
        assumeTrue(!type.contains("-") || connection.getMetaData().getDatabaseMajorVersion() >= 15);
        probe.fill(type, List.of());
        assertThat(probe.type().sourceType()).isEqualTo(name);
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select format_type(atttypid, atttypmod) from pg_attribute"
                        + " where attrelid = 'probe'::regclass and attname = 'v'")) {
            row.next();
            assertThat(row.getString(1)).isEqualTo(name);
        }
    }

    @Test
    void knowsTheOidsOfBuiltInTypes() throws SQLException {
        for (BuiltinType type : BuiltinType.all()) {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(
                            "select format_type(oid, null), typarray::int8, typdelim from pg_type" + " where oid = "
                                    + type.oid())) {
                assertThat(row.next()).isTrue();
                assertThat(row.getString(1)).isEqualTo(type.name());
                assertThat(row.getInt(2)).isEqualTo(type.arrayOid());
                assertThat(row.getString(3)).isEqualTo(String.valueOf(type.delimiter()));
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            int[]           | list<int32>
            numeric(10,2)[] | list<decimal(10,2)>
            numeric[]       | list<string>
            numeric(39,2)[] | list<string>
            money[]         | list<decimal(19,2)>
            varchar(7)[]    | list<string>
            int2vector      | string
            oidvector       | string
            int4range       | string
            int4range[]     | list<string>
            price[]         | list<decimal(30,4)>
            prices          | list<decimal(30,4)>
            prices[]        | list<list<decimal(30,4)>>
            pair            | struct<"a":timestamp,"b":list<int32>>
            pair[]          | list<struct<"a":timestamp,"b":list<int32>>>
            pocket          | struct<"m":decimal(19,2)>
            nothing         | string
            odd             | string
            "two"           | string
            holder          | struct<"o":string,"p":struct<"a":timestamp,"b":list<int32>>>
            """)
    void nestsWhatHasParts(String type, String expected) throws SQLException {
        for (String made : List.of(
                "domain prices as price[]",
                "type pocket as (m money)",
                "type nothing as ()",
                "type odd as (\"a b\" int)",
                "type two as (a int, \"A\" int)",
                "type holder as (o odd, p pair)")) {
            probe.execute("do $$ begin create " + made + "; exception when duplicate_object then null; end $$");
        }
        probe.fill(type, List.of());
        assertThat(probe.type().columnType()).hasToString(expected);
        assertThat(probe.type().as(ColumnType.STRING).map(PgType::columnType).isPresent())
                .isEqualTo(!type.startsWith("money") && !type.equals("pocket"));
    }

    @Test
    void aCompositeTypeWhoseFieldsHaveChangedIsAnotherType() throws SQLException {
        probe.execute("create type changing as (a int, b text)");
        probe.fill("changing[]", List.of("{\"(1,x)\"}"));
        PgType before = probe.type();
        assertThat(before.sourceType()).isEqualTo("public.changing(a integer, b text)[]");
        assertThat(before.asText().sourceType()).isEqualTo("public.changing[]");
        for (String change : List.of(
                "add attribute c int",
                "drop attribute c",
                "drop attribute b",
                "add attribute d int",
                "rename attribute a to z")) {
            probe.execute("alter type changing " + change);
            PgType now = probe.type();
            Column registered = new Column("v", before.columnType(), true, before.sourceType());
            boolean isBack = change.equals("drop attribute c");
            assertThat(now.asRegistered(registered).isPresent()).as(change).isEqualTo(isBack);
            if (!isBack && !change.startsWith("rename")) {
                // The copy is not read to its end, so that its connection cannot be used again.
                try (Connection another = server.connect(database)) {
                    TypeProbe other = new TypeProbe(another);
                    assertThatThrownBy(() -> other.decoded(before))
                            .isInstanceOfSatisfying(
                                    TidemarkException.class,
                                    e -> assertThat(e.code()).isEqualTo(ErrorCode.SOURCE_SCHEMA_CHANGED));
                }
            }
            Column asText =
                    new Column("v", ColumnType.STRING, true, before.asText().sourceType());
            assertThat(now.asRegistered(asText).orElseThrow().columnType()).isEqualTo(ColumnType.STRING);
        }
    }

    @ParameterizedTest
    @CsvSource({"aclitem", "tsquery", "regclass", "pg_snapshot", "'tsquery[]'"})
    void declaresOtherTypesUnsupported(String type) throws SQLException {
        probe.fill(type, List.of());
        PgType pgType = probe.type();
        assertThat(pgType.isSupported()).isFalse();
        assertThat(pgType.asText().isSupported()).isFalse();
        TidemarkException error = pgType.unsupported("public.probe", "v");
        assertThat(error.code()).isEqualTo(ErrorCode.SOURCE_TYPE);
        assertThat(error.reason())
                .startsWith("Cannot capture column: its type is not supported (table=public.probe, column=v, type=");
        if (type.equals("tsquery")) {
            probe.fill(type, List.of("a & b"));
            assertThatThrownBy(() -> probe.decoded(pgType))
                    .isInstanceOfSatisfying(
                            TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SOURCE_TYPE));
        }
    }

    private void check(String type, ColumnType expected, String expression, String... literals) throws SQLException {
        probe.fill(type, Arrays.asList(literals));
        PgType pgType = probe.type();
        assertThat(pgType.columnType()).isEqualTo(expected);
        ChangeBatch batch = probe.decoded(pgType);
        List<String> decoded = new ArrayList<>();
        for (int row = 0; row < batch.size(); row++) {
            decoded.add(batch.column(0).isNull(row) ? null : canonical(batch.column(0), row));
        }
        assertThat(decoded).containsExactlyElementsOf(probe.rendered(expression));
    }

    private static String canonical(ColumnVector vector, int row) {
        ColumnType type = vector.type();
        return switch (type.kind()) {
            case BOOLEAN -> ((BooleanVector) vector).value(row) ? "t" : "f";
            case INT32, DATE -> Integer.toString(((IntVector) vector).value(row));
            case INT64, TIME, TIMESTAMP, TIMESTAMP_TZ -> Long.toString(((LongVector) vector).value(row));
            case FLOAT32 -> String.format("%08x", Float.floatToIntBits(((FloatVector) vector).value(row)));
            case FLOAT64 -> String.format("%016x", Double.doubleToLongBits(((DoubleVector) vector).value(row)));
            case DECIMAL -> {
                BigInteger unscaled = type.isWideDecimal()
                        ? new BigInteger(((BytesVector) vector).bytes(row))
                        : BigInteger.valueOf(((LongVector) vector).value(row));
                yield new BigDecimal(unscaled, type.scale()).toPlainString();
            }
            case STRING -> ((BytesVector) vector).text(row);
            case BYTES -> HexFormat.of().formatHex(((BytesVector) vector).bytes(row));
            case UUID -> {
                ByteBuffer bytes = ByteBuffer.wrap(((BytesVector) vector).bytes(row));
                yield new UUID(bytes.getLong(), bytes.getLong()).toString();
            }
            case LIST, STRUCT, MAP -> throw new IllegalArgumentException(type.toString());
        };
    }
}
