package io.tidemark.source.postgres.type;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.IntVector;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CopyBinaryReaderTest {
    private static final String HEADER = "5047434f50590aff0d0a00" + "00000000" + "00000000";
    private static final String TRAILER = "ffff";
    private static final String ROW_1 = "0002" + "00000004" + "00000001" + "00000002" + "6162";
    private static final String ROW_2 = "0002" + "00000004" + "ffffffff" + "ffffffff";
    private static final String ROW_3 = "0002" + "ffffffff" + "00000000";

    private final RowSchema schema = new RowSchema(
            new TableId("public", "t"),
            List.of(
                    new Column("id", ColumnType.INT32, true, "integer"),
                    new Column("d", ColumnType.STRING, true, "text")),
            List.of(),
            BeforeImage.KEY);
    private final ChangeBatch batch = new ChangeBatch(schema, 1);
    private final CopyBinaryReader reader = new CopyBinaryReader(
            new RowDecoder(schema, List.of(PgType.of(23, -1, TypeCatalog.EMPTY), PgType.of(25, -1, TypeCatalog.EMPTY))),
            () -> batch,
            77,
            88);

    private void feed(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        reader.feed(bytes, 0, bytes.length);
    }

    private void assertRows() {
        assertThat(reader.finish()).isEqualTo(3);
        IntVector ids = (IntVector) batch.column(0);
        BytesVector texts = (BytesVector) batch.column(1);
        assertThat(batch.size()).isEqualTo(3);
        assertThat(Arrays.copyOf(ids.values(), 2)).containsExactly(1, -1);
        assertThat(ids.isNull(2)).isTrue();
        assertThat(texts.bytes(0)).isEqualTo("ab".getBytes(StandardCharsets.UTF_8));
        assertThat(texts.isNull(1)).isTrue();
        assertThat(texts.isPresent(2)).isTrue();
        assertThat(texts.length(2)).isZero();
        for (int row = 0; row < 3; row++) {
            assertThat(batch.operation(row)).isEqualTo(Operation.INSERT);
            assertThat(batch.position(row)).isEqualTo(77);
            assertThat(batch.commitMicros(row)).isEqualTo(88);
            assertThat(batch.sequence(row)).isEqualTo(row);
        }
    }

    @Test
    void readsAStreamInOnePiece() {
        feed(HEADER + ROW_1 + ROW_2 + ROW_3 + TRAILER);
        assertRows();
    }

    @Test
    void readsAStreamByteByByte() {
        byte[] bytes = HexFormat.of().parseHex(HEADER + ROW_1 + ROW_2 + ROW_3 + TRAILER);
        for (int i = 0; i < bytes.length; i++) {
            reader.feed(bytes, i, 1);
        }
        assertRows();
    }

    @Test
    void readsAStreamCutAnywhere() {
        String stream = HEADER + ROW_1 + ROW_2 + ROW_3 + TRAILER;
        for (int cut = 0; cut <= stream.length(); cut += 2) {
            CopyBinaryReader fresh = new CopyBinaryReader(
                    new RowDecoder(
                            schema,
                            List.of(PgType.of(23, -1, TypeCatalog.EMPTY), PgType.of(25, -1, TypeCatalog.EMPTY))),
                    () -> batch,
                    77,
                    88);
            batch.clear();
            byte[] left = HexFormat.of().parseHex(stream.substring(0, cut));
            byte[] right = HexFormat.of().parseHex(stream.substring(cut));
            fresh.feed(left, 0, left.length);
            fresh.feed(right, 0, right.length);
            assertThat(fresh.finish()).isEqualTo(3);
            assertThat(batch.size()).isEqualTo(3);
        }
    }

    @Test
    void readsPastAnExtensionOfTheHeader() {
        feed("5047434f50590aff0d0a00" + "00000001" + "00000003" + "aabbcc" + ROW_1 + ROW_2 + ROW_3 + TRAILER);
        assertRows();
    }

    @ParameterizedTest
    @CsvSource({
        "wrong signature, 5047434f50590aff0d0a010000000000000000",
        "unknown flags, 5047434f50590aff0d0a000001000000000000",
        "unexpected count of fields, 5047434f50590aff0d0a0000000000000000000003",
        "negative length, 5047434f50590aff0d0a00000000000000000000020000000400000001fffffffe",
        "bytes follow its end, 5047434f50590aff0d0a000000000000000000ffff00",
        "bytes follow its end, 5047434f50590aff0d0a000000000000000000ffff0002ffffffffffffffff"
    })
    void refusesWhatIsNoSuchStream(String reason, String hex) {
        assertThatThrownBy(() -> feed(hex)).isInstanceOfSatisfying(TidemarkException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.SOURCE_PROTOCOL);
            assertThat(e.reason())
                    .startsWith("Cannot read copied rows: " + reason)
                    .contains("table=public.t, row=0");
        });
    }

    @ParameterizedTest
    @CsvSource({"''", HEADER, HEADER + ROW_1, HEADER + ROW_1 + "0002"})
    void refusesAStreamThatEndsInTheMiddle(String hex) {
        feed(hex);
        assertThatThrownBy(reader::finish)
                .isInstanceOfSatisfying(
                        TidemarkException.class, e -> assertThat(e.reason()).contains("it ended in the middle"));
    }

    @Test
    void takesTheRowOfABadValueOut() {
        assertThatThrownBy(() -> feed(HEADER + ROW_1 + "0002" + "00000003" + "000001" + "ffffffff"))
                .isInstanceOfSatisfying(
                        TidemarkException.class,
                        e -> assertThat(e.reason())
                                .contains(
                                        "unexpected length (bytes=3, expected=4) (table=public.t, column=id, type=integer)"));
        assertThat(batch.size()).isEqualTo(1);
        assertThat(batch.column(0).size()).isEqualTo(1);
        assertThat(batch.column(1).size()).isEqualTo(1);
    }

    @Test
    void refusesARowThatIsTooLargeAndTakesTheNextOne() {
        RowDecoder decoder = new RowDecoder(
                schema,
                List.of(PgType.of(23, -1, TypeCatalog.EMPTY), PgType.of(25, -1, TypeCatalog.EMPTY)),
                new RowLimit(6));
        CopyBinaryReader limited = new CopyBinaryReader(decoder, () -> batch, 0, 0);
        String fits = "0002" + "00000004" + "00000001" + "00000002" + "6161";
        feed(limited, HEADER + fits + fits);
        assertThatThrownBy(() -> feed(limited, "0002" + "00000004" + "00000001" + "00000003" + "616161"))
                .isInstanceOfSatisfying(TidemarkException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.SOURCE_VALUE);
                    assertThat(e.reason()).endsWith("too large (table=public.t, column=d, bytes=7, limit=6)");
                    assertThat(e.remedy()).contains("-Xmx");
                    assertThat(decoder.columnOf(e)).isEmpty();
                });
        feed(limited, fits);
        assertThat(batch.size()).isEqualTo(3);
        assertThat(batch.column(1).size()).isEqualTo(3);
    }

    private static void feed(CopyBinaryReader reader, String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        reader.feed(bytes, 0, bytes.length);
    }

    @Test
    void checksTextOfADatabaseThatDoesNot() {
        TypeCatalog unchecked = new TypeCatalog(java.util.Map.of(), 2, true);
        CopyBinaryReader checking = new CopyBinaryReader(
                new RowDecoder(schema, List.of(PgType.of(23, -1, unchecked), PgType.of(25, -1, unchecked))),
                () -> batch,
                0,
                0);
        byte[] bytes = HexFormat.of()
                .parseHex(HEADER + "0002" + "ffffffff" + "00000002" + "c3a9" + "0002" + "ffffffff" + "00000001" + "e9");
        assertThatThrownBy(() -> checking.feed(bytes, 0, bytes.length))
                .isInstanceOfSatisfying(
                        TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SOURCE_VALUE));
        assertThat(batch.size()).isEqualTo(1);
        assertThat(((BytesVector) batch.column(1)).text(0)).isEqualTo("é");
    }
}
