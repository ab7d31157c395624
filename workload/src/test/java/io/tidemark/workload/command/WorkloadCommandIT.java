package io.tidemark.workload.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.workload.demo.DemoDatabase;
import io.tidemark.workload.demo.DemoDatabaseOptions;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkloadCommandIT {
    private static final Pattern ROWS =
            Pattern.compile("Rows      ([\\d,]+) inserted, ([\\d,]+) updated, ([\\d,]+) deleted");

    @TempDir
    static Path folder;

    private static DemoDatabase database;

    @BeforeAll
    static void start() {
        database = DemoDatabase.start(DemoDatabaseOptions.in(folder.resolve("db")));
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    @Test
    void loadsThenWritesWhatItSays() throws SQLException {
        RecordedCommand command =
                run("--schema", "b1", "--rows", "5000", "--tps", "200", "--duration", "2s", "--mix", "50/30/20");
        assertThat(command.err()).isEmpty();
        assertThat(command.exitCode()).isZero();
        assertThat(command.out())
                .contains(
                        "Loading 5,000 transactions ...",
                        "Loaded 5,100 rows in",
                        "Writing to postgresql://127.0.0.1:" + database.port() + "/postgres, schema b1",
                        "200 transactions/s over 3 connections, for 2.0 s",
                        "50% inserts, 30% updates, 20% deletes",
                        "Latency   p50 ")
                .doesNotContain(database.password());
        Matcher matcher = ROWS.matcher(command.out());
        assertThat(matcher.find()).isTrue();
        assertThat(number(matcher.group(1))).isPositive();
        assertThat(number(matcher.group(2))).isPositive();
        assertThat(number(matcher.group(3))).isPositive();
        assertThat(count("b1.transactions")).isEqualTo(5_000 + number(matcher.group(1)) - number(matcher.group(3)));
    }

    @Test
    void writesTheRichTableAndLoadsNothingWhereRowsAre() throws SQLException {
        assertThat(run("--schema", "b2", "--rows", "1000", "--tps", "50", "--duration", "1s", "--rich")
                        .exitCode())
                .isZero();
        long before = count("b2.statements");
        assertThat(before).isGreaterThanOrEqualTo(50);
        RecordedCommand again = run(
                "--schema",
                "b2",
                "--rows",
                "1000",
                "--tps",
                "0",
                "--threads",
                "2",
                "--changes",
                "20",
                "--duration",
                "1s",
                "--rich",
                "--mix",
                "100/0/0");
        assertThat(again.out())
                .contains("The bank has rows already: nothing is loaded.", "as fast as it goes over 2 conn");
        assertThat(count("b2.statements")).isGreaterThan(before);
    }

    @Test
    void writesItsResultAsJsonAndNothingElse() throws SQLException {
        RecordedCommand command = run(
                "--schema", "b3", "--rows", "500", "--tps", "100", "--duration", "1s", "--rollback", "50", "--json");
        assertThat(command.err()).isEmpty();
        assertThat(command.out()).startsWith("{").contains("\"load\" : {", "\"latencyMicros\" : {");
        assertThat(value(command.out(), "inserts") - value(command.out(), "deletes"))
                .isEqualTo(count("b3.transactions") - 500);
        assertThat(value(command.out(), "rolledBack")).isPositive();
        assertThat(value(command.out(), "transactions\" : \\d+,\\s+\"transactionsPerSecond"))
                .isPositive();
    }

    @Test
    void tellsAWrongPasswordAndAMissingDatabase() {
        List<String> url = List.of("workload", "--url", url() + "x", "--duration", "1s");
        RecordedCommand missing =
                RecordedCommand.run(Map.of("TIDEMARK_PASSWORD", database.password()), url.toArray(String[]::new));
        assertThat(missing.exitCode()).isEqualTo(4);
        assertThat(missing.err())
                .contains("Cannot look at the bank: database \"postgresx\" does not exist", "SOURCE_DATABASE_MISSING");
        RecordedCommand wrong = RecordedCommand.run(
                Map.of("MY_PW", "wrong"), "workload", "--url", url(), "--password-env", "MY_PW", "--duration", "1s");
        assertThat(wrong.exitCode()).isEqualTo(4);
        assertThat(wrong.err())
                .contains("password authentication failed for user \"postgres\"", "code: SOURCE_AUTHENTICATION");
    }

    private static RecordedCommand run(String... options) {
        List<String> line = new ArrayList<>(List.of("workload", "--url", url()));
        line.addAll(List.of(options));
        return RecordedCommand.run(Map.of("TIDEMARK_PASSWORD", database.password()), line.toArray(String[]::new));
    }

    private static String url() {
        return database.jdbcUrl().substring("jdbc:".length());
    }

    private static long number(String text) {
        return Long.parseLong(text.replace(",", ""));
    }

    private static long value(String json, String key) {
        Matcher matcher = Pattern.compile("\"" + key + "\" : (\\d+)").matcher(json);
        assertThat(matcher.find()).as(key).isTrue();
        return Long.parseLong(matcher.group(1));
    }

    private static long count(String table) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select count(*) from " + table)) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
