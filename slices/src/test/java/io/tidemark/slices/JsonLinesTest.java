package io.tidemark.slices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.LongVector;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.slice.SliceFile;
import io.tidemark.spi.slice.SliceFormat;
import io.tidemark.spi.slice.SliceWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What files of JSON lines look like, and what is said of one that is damaged. */
class JsonLinesTest {
    private static final RowSchema SCHEMA = new RowSchema(
            new TableId("public", "orders"),
            List.of(
                    new Column("id", ColumnType.INT64, false, "bigint"),
                    new Column("at", ColumnType.TIMESTAMP_TZ, true, "timestamptz"),
                    new Column("note", ColumnType.STRING, true, "text")),
            List.of("id"),
            BeforeImage.KEY);
    private static final String FIRST =
            "{\"_tidemark_op\":\"I\",\"_tidemark_position\":\"0000000000000005\",\"_tidemark_sequence\":0,"
                    + "\"_tidemark_transaction\":7,\"_tidemark_commit_time\":\"2023-07-01T00:00:00Z\","
                    + "\"id\":1,\"at\":\"2023-07-01T10:00:00.000001Z\",\"note\":\"a\\nb\"}\n";
    private static final String SECOND =
            "{\"_tidemark_op\":\"U\",\"_tidemark_position\":\"FFFFFFFFFFFFFFFE\",\"_tidemark_sequence\":1,"
                    + "\"_tidemark_transaction\":8,\"_tidemark_commit_time\":\"2023-07-01T00:00:00.500Z\","
                    + "\"_tidemark_unchanged\":[\"note\"],\"id\":1,\"at\":null}\n";

    @TempDir
    Path folder;

    private ParquetSliceLog log;
    private SliceFile file;

    @BeforeEach
    void sealSlice() throws IOException {
        SliceLogFixture fixture = new SliceLogFixture(folder, SliceFormat.JSONL);
        log = fixture.log();
        ChangeBatch batch = new ChangeBatch(SCHEMA, 2);
        batch.beginRow(Operation.INSERT, 5, 0, 7, 1_688_169_600_000_000L);
        ((LongVector) batch.column(0)).append(1);
        ((LongVector) batch.column(1)).append(1_688_205_600_000_001L);
        ((BytesVector) batch.column(2)).append("a\nb");
        batch.beginRow(Operation.UPDATE, -2, 1, 8, 1_688_169_600_500_000L);
        ((LongVector) batch.column(0)).append(1);
        batch.column(1).appendNull();
        batch.column(2).appendUnchanged();
        try (SliceWriter writer = log.open()) {
            writer.append(batch);
            file = fixture.seal(writer, -2).files().get(0);
        }
    }

    @Test
    void anEventIsALine() throws IOException {
        assertThat(Files.readString(folder.resolve(file.path()))).isEqualTo(FIRST + SECOND);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"id\":1,\"at\":null|\"id\":1|line 2, column 199: it lacks a column",
                "\"at\":null|\"at\":null,\"at\":null|line 2, column",
                "\"at\":null|\"at\":null,\"more\":1|it has a column that the table does not have",
                "\"at\":null|\"at\":\"soon\"|a value is not of its column's type",
                "\"id\":1,\"at\":null|\"id\":1.5,\"at\":null|a value is not of its column's type",
                "\"id\":1,\"at\":null|\"id\":99999999999999999999,\"at\":null|line 2, column",
                "[\"note\"]|[\"id\"]|a column is there and unchanged",
                "\"U\"|\"UU\"|the operation is not one letter",
                "\"U\"|\"x\"|line 2, column",
                "\"_tidemark_sequence\":1,|''|it lacks a figure of the event",
                "\"id\":1,\"at\":null}|\"id\":1,\"at\":null|line 2, column"
            })
    void damageIsToldWithItsLineAndWithoutValues(String from, String to, String reason) throws IOException {
        String damaged = FIRST + SECOND.replace(from, to);
        assertThat(damaged).isNotEqualTo(FIRST + SECOND);
        assertCorrupt(damaged, reason, "line 2");
    }

    @Test
    void whatIsNoObjectALineIsDamage() throws IOException {
        assertCorrupt(FIRST.strip() + SECOND, "line 2, column", "there is not one object a line");
        assertCorrupt(FIRST + "\n" + SECOND, "there is not one object a line");
        assertCorrupt(FIRST + "[]\n", "it is no object");
        assertCorrupt(FIRST + "secret\n", "it is no JSON");
    }

    private void assertCorrupt(String text, String... reasons) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        Files.write(folder.resolve(file.path()), bytes);
        SliceFile known = new SliceFile(
                file.path(),
                SCHEMA,
                2,
                1,
                1,
                0,
                0,
                bytes.length,
                Sha256.of(bytes),
                file.first(),
                file.last(),
                file.newestCommitMicros());
        assertThatThrownBy(() -> SliceLogFixture.readAll(log, known))
                .isInstanceOfSatisfying(
                        TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SLICE_CORRUPT))
                .hasMessageStartingWith("Cannot read slice: the file is not as the format says: line 2")
                .hasMessageContainingAll(reasons)
                .hasMessageNotContainingAny("secret", "soon", "99999")
                .hasStackTraceContaining("line 2")
                .satisfies(e -> assertThat(org.assertj.core.util.Throwables.getStackTrace(e))
                        .doesNotContain("secret", "soon", "99999"));
    }

    @Test
    void aTextThatIsNotUtf8IsRefused() {
        ChangeBatch batch = new ChangeBatch(SCHEMA, 1);
        batch.beginRow(Operation.INSERT, -1, 0, 7, 0);
        ((LongVector) batch.column(0)).append(1);
        batch.column(1).appendNull();
        ((BytesVector) batch.column(2)).append(new byte[] {'a', (byte) 0xff});
        try (SliceWriter writer = log.open()) {
            assertThatThrownBy(() -> writer.append(batch))
                    .isInstanceOfSatisfying(
                            TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SOURCE_VALUE))
                    .hasMessageContaining("a text is not UTF-8 (column=note, type=string)");
        }
    }
}
