package io.tidemark.source.postgres.filter;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.source.postgres.connection.SqlText;
import io.tidemark.source.postgres.type.BigEndian;
import io.tidemark.source.postgres.type.CopyBinaryReader;
import io.tidemark.source.postgres.type.TypeCatalog;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.RowFilter;
import io.tidemark.spi.source.RowFilter.ColumnCondition;
import io.tidemark.spi.source.RowFilter.Comparison;
import io.tidemark.spi.source.RowFilter.Operator;
import io.tidemark.testkit.postgres.EmbeddedPostgresServer;
import java.io.ByteArrayOutputStream;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/**
 * The rows that a filter's SQL selects are those that its Java selects by their binary values, and those that Postgres' own operators select. Random
 * filters; {@code -Dseed=N} repeats one.
 */
class FilterAgreementIT {
    private static final int FILTERS = 400;
    private static final TableId TABLE = new TableId("public", "t");

    private static final List<String> TEXTS = List.of(
            "",
            " ",
            "a",
            "A",
            "a ",
            " a",
            "ab",
            "a\tb",
            "a!b",
            "é",
            "É",
            "e\u0301",
            "z",
            "Ż",
            "ß",
            "ss",
            "'; drop table t; --",
            "\\x41",
            "\\",
            "%",
            "100",
            "\"");

    private static final List<String> MOMENTS = List.of(
            "infinity",
            "-infinity",
            "1970-01-01 00:00:00",
            "1999-12-31 23:59:59.999999",
            "2000-01-01 00:00:00",
            "2000-01-01 00:00:00.000001",
            "2024-02-29 12:00:00.5",
            "0044-03-15 00:00:00 BC",
            "4713-01-01 00:00:00 BC",
            "12024-01-31 10:00:00",
            "294276-12-31 23:59:59.999999");

    /** Column type, and texts that are values of it. */
    private static final Map<String, List<String>> TYPES = Map.ofEntries(
            Map.entry("boolean", List.of("true", "false")),
            Map.entry("smallint", List.of("-32768", "-1", "0", "1", "32767")),
            Map.entry("integer", List.of("-2147483648", "-1", "0", "1", "2147483647")),
            Map.entry("bigint", List.of("-9223372036854775808", "-1", "0", "2147483648", "9223372036854775807")),
            Map.entry("oid", List.of("0", "1", "2147483648", "4294967295")),
            Map.entry(
                    "numeric",
                    List.of(
                            "0",
                            "-0.00",
                            "1",
                            "1.0",
                            "1.00000001",
                            "-1",
                            "9999",
                            "10000",
                            "10001",
                            "100000000",
                            "0.0001",
                            "0.00001",
                            "-0.00001",
                            "1e20",
                            "-1e20",
                            "1e-20",
                            "NaN",
                            "Infinity",
                            "-Infinity",
                            "12345678901234567890.123456789",
                            "99999999")),
            Map.entry("numeric(7,2)", List.of("0", "1.10", "1.1", "-99999.99", "99999.99", "NaN", "100")),
            Map.entry(
                    "real",
                    List.of("0", "-0", "NaN", "Infinity", "-Infinity", "0.1", "1e-45", "3.4028235e38", "1", "-1.5")),
            Map.entry(
                    "double precision",
                    List.of(
                            "0",
                            "-0",
                            "NaN",
                            "Infinity",
                            "-Infinity",
                            "0.1",
                            "5e-324",
                            "1.7976931348623157e308",
                            "1",
                            "-1.5")),
            Map.entry("text", TEXTS),
            Map.entry("text collate insensitive", TEXTS),
            Map.entry("varchar(40)", TEXTS),
            Map.entry("char(24)", TEXTS),
            Map.entry("char(24) collate insensitive", TEXTS),
            Map.entry(
                    "date",
                    List.of(
                            "infinity",
                            "-infinity",
                            "1970-01-01",
                            "2000-01-01",
                            "2024-02-29",
                            "4713-01-01 BC",
                            "5874897-12-31")),
            Map.entry("timestamp", MOMENTS),
            Map.entry("timestamptz", MOMENTS),
            Map.entry("timestamptz(0)", MOMENTS),
            Map.entry(
                    "uuid",
                    List.of(
                            "00000000-0000-0000-0000-000000000000",
                            "7fffffff-ffff-ffff-ffff-ffffffffffff",
                            "80000000-0000-0000-0000-000000000000",
                            "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11")),
            Map.entry("mood", List.of("sad", "very happy", "", "'")),
            Map.entry("positive", List.of("0.5", "1", "1000")),
            Map.entry("code", List.of("a", "ab", " b")),
            Map.entry("inner_mood", List.of("sad", "very happy")));

    private static EmbeddedPostgresServer server;

    @BeforeAll
    static void start() {
        server = EmbeddedPostgresServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void sqlAndJavaSelectTheSameRowsAsPostgresItself() throws SQLException {
        String database = server.createDatabase();
        agree(database, List.copyOf(new TreeSet<>(TYPES.keySet())), seed());
    }

    @Test
    void encodingsDoNotDecideTheOrder() throws SQLException {
        for (String encoding : List.of("LATIN2", "SQL_ASCII", "EUC_JP")) {
            String database = "in_" + encoding.toLowerCase(java.util.Locale.ROOT);
            server.execute(
                    "postgres",
                    "create database " + database + " encoding '" + encoding
                            + "' lc_collate 'C' lc_ctype 'C' template template0");
            agree(database, List.of("char(24)", "mood", "text", "varchar(40)"), seed());
        }
    }

    private static long seed() {
        return Long.getLong("seed", System.nanoTime());
    }

    private static void agree(String database, List<String> types, long seed) throws SQLException {
        Random random = new Random(seed);
        try (Connection connection = server.connect(database);
                Statement statement = connection.createStatement()) {
            String encoding = value(statement, "select getdatabaseencoding()");
            List<String> columns = prepare(statement, types, encoding);
            fill(statement, columns, encoding, random);
            TypeCatalog catalog = TypeCatalog.load(connection);
            List<FilterColumn> there = columns(statement);
            statement.execute("set search_path = ''");
            List<byte[][]> rows = rows(connection, columns.size());
            int selected = 0;
            for (int i = 0; i < FILTERS; i++) {
                int column = random.nextInt(columns.size());
                RowFilter filter = filter(column, values(columns.get(column), encoding), columns.get(column), random);
                FilterPlan plan = FilterPlan.of(TABLE, filter, there, catalog);
                ColumnTest test = plan.tests().get(0);
                List<Integer> java = IntStream.range(0, rows.size())
                        .filter(row -> {
                            byte[] value = rows.get(row)[column];
                            return value == null ? test.acceptsNull() : test.accepts(value, 0, value.length);
                        })
                        .boxed()
                        .toList();
                assertThat(ids(statement, plan.sql()))
                        .as("seed %d, encoding %s, type %s, %s", seed, encoding, columns.get(column), plan.sql())
                        .isEqualTo(java);
                if (encoding.equals("UTF8")) {
                    String own =
                            own(column, columns.get(column), filter.conditions().get(0));
                    assertThat(java)
                            .as("seed %d, type %s, %s", seed, columns.get(column), own)
                            .isEqualTo(ids(statement, own));
                }
                selected += java.size();
            }
            assertThat(selected).as("rows selected").isBetween(rows.size(), rows.size() * (FILTERS - 1));
        }
    }

    /** Types that the database has; collations of ICU exist only where the server was built with it. */
    private static List<String> prepare(Statement statement, List<String> types, String encoding) throws SQLException {
        statement.execute("create type mood as enum ('sad', 'very happy', '', '''')");
        statement.execute("create domain positive as numeric(6,1) check (value > 0)");
        statement.execute("create domain code as char(3)");
        statement.execute("create domain inner_mood as mood");
        boolean hasIcu = encoding.equals("UTF8")
                && !value(statement, "select count(*) from pg_collation where collprovider = 'i'")
                        .equals("0");
        if (hasIcu) {
            statement.execute(
                    "create collation insensitive (provider = icu, locale = 'und-u-ks-level1', deterministic = false)");
        }
        return types.stream()
                .filter(type -> hasIcu || !type.contains("insensitive"))
                .toList();
    }

    private static List<String> values(String type, String encoding) {
        return TYPES.get(type).stream()
                .filter(text -> switch (encoding) {
                    case "UTF8", "SQL_ASCII" -> true;
                    case "LATIN2" -> !text.contains("\u0301");
                    default -> text.chars().allMatch(c -> c < 128);
                })
                .toList();
    }

    private static void fill(Statement statement, List<String> columns, String encoding, Random random)
            throws SQLException {
        StringBuilder create = new StringBuilder("create table t (id int primary key");
        for (int i = 0; i < columns.size(); i++) {
            create.append(", c").append(i).append(' ').append(columns.get(i));
        }
        statement.execute(create.append(')').toString());
        for (int id = 0; id < 60; id++) {
            List<String> values = new ArrayList<>();
            for (String type : columns) {
                List<String> texts = values(type, encoding);
                values.add(random.nextInt(6) == 0 ? "null" : SqlText.literal(texts.get(random.nextInt(texts.size()))));
            }
            statement.execute("insert into t values (" + id + ", " + String.join(", ", values) + ")");
        }
        if (encoding.equals("EUC_JP")) {
            // The order of the bytes is not that of the code points.
            statement.execute("update t set c2 = convert_from('\\xb0a1', 'EUC_JP') where id % 7 = 0");
            statement.execute("update t set c2 = convert_from('\\xa4a2', 'EUC_JP') where id % 7 = 1");
        }
    }

    private static RowFilter filter(int column, List<String> texts, String type, Random random) {
        List<Comparison> anyOf = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            boolean isEnum = type.contains("mood");
            Operator[] operators = Operator.values();
            Operator operator = isEnum
                    ? List.of(Operator.EQUAL, Operator.NOT_EQUAL, Operator.NULL, Operator.NOT_NULL)
                            .get(random.nextInt(4))
                    : operators[random.nextInt(operators.length)];
            List<String> literals = new ArrayList<>();
            for (int j = 0; j < operator.literals(); j++) {
                literals.add(texts.get(random.nextInt(texts.size())));
            }
            anyOf.add(new Comparison(operator, literals));
        }
        return new RowFilter(List.of(new ColumnCondition("c" + column, anyOf)));
    }

    /** The condition as a user would write it. */
    private static String own(int column, String type, ColumnCondition condition) {
        List<String> any = new ArrayList<>();
        for (Comparison comparison : condition.anyOf()) {
            List<String> literals = comparison.literals().stream()
                    .map(text -> SqlText.literal(text) + "::" + literalType(type))
                    .toList();
            String name = "c" + column
                    + (isText(type) ? " collate pg_catalog.\"C\"" : type.contains("mood") ? "::public.mood" : "");
            any.add(
                    switch (comparison.operator()) {
                        case EQUAL -> name + " = " + literals.get(0);
                        case NOT_EQUAL -> name + " <> " + literals.get(0);
                        case LESS -> name + " < " + literals.get(0);
                        case LESS_OR_EQUAL -> name + " <= " + literals.get(0);
                        case GREATER -> name + " > " + literals.get(0);
                        case GREATER_OR_EQUAL -> name + " >= " + literals.get(0);
                        case BETWEEN -> name + " between " + literals.get(0) + " and " + literals.get(1);
                        case NOT_BETWEEN -> name + " not between " + literals.get(0) + " and " + literals.get(1);
                        case NULL -> "c" + column + " is null";
                        case NOT_NULL -> "c" + column + " is not null";
                    });
        }
        return String.join(" or ", any);
    }

    private static boolean isText(String type) {
        return type.startsWith("text") || type.startsWith("varchar") || type.startsWith("char") || type.equals("code");
    }

    private static String literalType(String type) {
        String plain = type.contains("(") ? type.substring(0, type.indexOf('(')) : type;
        return switch (plain) {
            case "text collate insensitive" -> "text";
            case "char", "code" -> "bpchar";
            case "positive" -> "numeric";
            case "mood", "inner_mood" -> "public.mood";
            default -> plain;
        };
    }

    private static List<FilterColumn> columns(Statement statement) throws SQLException {
        List<FilterColumn> columns = new ArrayList<>();
        try (ResultSet row = statement.executeQuery("select attname, atttypid::int8, format_type(atttypid, atttypmod)"
                + " from pg_attribute where attrelid = 't'::regclass and attnum > 0")) {
            while (row.next()) {
                columns.add(new FilterColumn(row.getString(1), (int) row.getLong(2), row.getString(3), false));
            }
        }
        return columns;
    }

    private static List<Integer> ids(Statement statement, String condition) throws SQLException {
        List<Integer> ids = new ArrayList<>();
        try (ResultSet row = statement.executeQuery("select id from public.t where " + condition + " order by id")) {
            while (row.next()) {
                ids.add(row.getInt(1));
            }
        }
        return ids;
    }

    /** Binary values of all columns but the first, by id. */
    private static List<byte[][]> rows(Connection connection, int columns) throws SQLException {
        CopyOut copy = connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyOut("copy (select * from public.t order by id) to stdout (format binary)");
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] piece = copy.readFromCopy(); piece != null; piece = copy.readFromCopy()) {
            all.writeBytes(piece);
        }
        byte[] data = all.toByteArray();
        List<byte[][]> rows = new ArrayList<>();
        int at = CopyBinaryReader.rowStart(data);
        while (BigEndian.int16(data, at) >= 0) {
            at += 2 + 8;
            byte[][] row = new byte[columns][];
            for (int i = 0; i < columns; i++) {
                int length = BigEndian.int32(data, at);
                at += 4;
                row[i] = length < 0 ? null : Arrays.copyOfRange(data, at, at + length);
                at += Math.max(0, length);
            }
            rows.add(row);
        }
        return rows;
    }

    private static String value(Statement statement, String sql) throws SQLException {
        try (ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    @Test
    void refusesWhatIsNoValueOfTheType() {
        Map<Integer, List<String>> bad = Map.ofEntries(
                Map.entry(16, List.of("", "yes", "TRUE ", "1")),
                Map.entry(21, List.of("32768", "1.0", "", " 1", "0x1", "1e3")),
                Map.entry(23, List.of("2147483648", "one")),
                Map.entry(20, List.of("9223372036854775808", "--1")),
                Map.entry(26, List.of("-1", "4294967296")),
                Map.entry(1700, List.of("", "1,5", "1e9999", "0x10", "1 ", ".", "+", "1e")),
                Map.entry(700, List.of("1e39", "1e-60", "1f", "")),
                Map.entry(701, List.of("1e309", "1d", "0x1p3")),
                Map.entry(25, List.of("a\0b", "\uD800")),
                Map.entry(
                        1082,
                        List.of(
                                "2023-02-29",
                                "2024-1-31",
                                "31.01.2024",
                                "0000-01-01",
                                "today",
                                "4715-01-01 BC",
                                "5874898-01-01")),
                Map.entry(
                        1114,
                        List.of(
                                "2024-01-31 25:00:00",
                                "2024-01-31 10:00:00Z",
                                "2024-01-31T",
                                "now",
                                "2024-01-31 10:00:60",
                                "294277-01-01 00:00:00",
                                "2024-01-31 10:00:00.1234567",
                                "2024-01-31 ")),
                Map.entry(1184, List.of("2024-01-31 10:00:00 Europe/Vienna", "2024-01-31 10:00:00+25", "2024-01-31Z")),
                Map.entry(2950, List.of("a0eebc999c0b4ef8bb6d6bb9bd380a11", "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}")));
        bad.forEach((oid, texts) -> texts.forEach(text -> {
            RowFilter filter = new RowFilter(
                    List.of(new ColumnCondition("c", List.of(new Comparison(Operator.EQUAL, List.of(text))))));
            FilterColumn column = new FilterColumn("c", oid, "type " + oid, false);
            assertThat(org.assertj.core.api.Assertions.catchThrowableOfType(
                            TidemarkException.class,
                            () -> FilterPlan.of(TABLE, filter, List.of(column), TypeCatalog.EMPTY)))
                    .as("%s of type %d", text, oid)
                    .isNotNull()
                    .returns(ErrorCode.CONFIG_INVALID, TidemarkException::code);
        }));
    }
}
