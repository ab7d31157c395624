package io.tidemark.workload.bank;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.workload.demo.DemoDatabase;
import io.tidemark.workload.demo.DemoDatabaseOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;

class CopyEncoderIT {
    private static final long[] CENTS = {
        0,
        1,
        -1,
        99,
        -99,
        100,
        101,
        9_999,
        10_000,
        999_999,
        1_000_000,
        1_000_001,
        100_000_000,
        -123_456_789_012L,
        99_999_999_999_999L,
        -100_000_000_000_000L,
        1_000_000_000_050L
    };
    private static final String[] TEXTS = {
        "", "a", "naïve – 銀行 🏦", "tab\tline\n\\N \\. \"quoted\"", "x".repeat(200_000)
    };
    private static final String[] TIMES = {
        "2000-01-01T00:00:00Z",
        "1999-12-31T23:59:59.999999Z",
        "1970-01-01T00:00:00Z",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999999Z"
    };

    @TempDir
    Path folder;

    @Test
    void writesWhatTheServerReadsBack() throws SQLException {
        try (DemoDatabase database = DemoDatabase.start(DemoDatabaseOptions.in(folder.resolve("db")));
                Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create table t (id bigint, cents numeric(20,2), text text, at timestamptz, day date,"
                    + " flag boolean, doc jsonb)");
            CopyEncoder copy = new CopyEncoder(connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn("copy t from stdin with (format binary)"));
            int rows = 5_000;
            for (int i = 0; i < rows; i++) {
                write(copy, i);
            }
            assertThat(copy.finish()).isEqualTo(rows);
            try (ResultSet result = statement.executeQuery("select *, cents::text from t order by id")) {
                for (int i = 0; i < rows; i++) {
                    assertThat(result.next()).isTrue();
                    assertRow(result, i);
                }
                assertThat(result.next()).isFalse();
            }
        }
    }

    private static void write(CopyEncoder copy, int i) throws SQLException {
        copy.row(7);
        copy.int64(i);
        copy.numericOfCents(cents(i));
        copy.text(text(i).getBytes(StandardCharsets.UTF_8));
        if (i % 11 == 0) {
            copy.nullField();
        } else {
            copy.timestamp(MicroClock.micros(time(i)));
        }
        copy.date((int) day(i).toEpochDay());
        copy.bool(i % 2 == 0);
        copy.jsonb(("{\"n\": " + i + "}").getBytes(StandardCharsets.UTF_8));
    }

    private static void assertRow(ResultSet row, int i) throws SQLException {
        assertThat(row.getString(8)).isEqualTo(Change.money(cents(i)).toPlainString());
        assertThat(row.getString(3)).isEqualTo(text(i));
        if (i % 11 == 0) {
            assertThat(row.getObject(4)).isNull();
        } else {
            assertThat(row.getObject(4, java.time.OffsetDateTime.class).toInstant())
                    .isEqualTo(time(i));
        }
        assertThat(row.getObject(5, LocalDate.class)).isEqualTo(day(i));
        assertThat(row.getBoolean(6)).isEqualTo(i % 2 == 0);
        assertThat(row.getString(7)).isEqualTo("{\"n\": " + i + "}");
    }

    private static long cents(int i) {
        return i < CENTS.length ? CENTS[i] : (i * 0x9E3779B97F4A7C15L) >> (18 + i % 40);
    }

    private static String text(int i) {
        return i < 100 ? TEXTS[i % TEXTS.length] : TEXTS[i % (TEXTS.length - 1)];
    }

    private static Instant time(int i) {
        return Instant.parse(TIMES[i % TIMES.length]);
    }

    private static LocalDate day(int i) {
        return LocalDate.ofEpochDay(i * 13L - 30_000);
    }
}
