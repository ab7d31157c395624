package io.tidemark.parquet;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.change.IntVector;
import io.tidemark.spi.schema.ColumnType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.parquet.column.statistics.BinaryStatistics;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values of megabytes: memory follows the batch, not the row group, and footers hold beginnings of values only. */
class LargeRowsTest {
    private static final int LARGE = 4 << 20;

    @TempDir
    Path folder;

    private ParquetFiles files;

    @BeforeEach
    void openFolder() throws IOException {
        files = new ParquetFiles(folder);
    }

    @Test
    void aBatchEndsAtLargeValuesWhereverTheyComeAndNoRowIsMixedUp() throws IOException {
        List<ParquetColumn> columns = List.of(
                ParquetColumn.optional("id", ColumnType.INT32),
                ParquetColumn.optional("name", ColumnType.STRING),
                ParquetColumn.optional("large", ColumnType.BYTES),
                ParquetColumn.optional("other", ColumnType.BYTES),
                ParquetColumn.optional("last", ColumnType.INT32));
        // Zeros, so that all of it is one row group.
        byte[] zeros = new byte[LARGE + 4];
        int small = 20_000;
        int large = 40;
        try (var out = files.store().create(ParquetFiles.NAME);
                var writer = new ParquetBatchWriter(out, columns, ParquetWriteOptions.defaults(), Map.of())) {
            ColumnVector ids = ColumnVector.of(ColumnType.INT32, 16);
            List<ColumnVector> rows = List.of(
                    ids,
                    ColumnVector.of(ColumnType.STRING, 16),
                    ColumnVector.of(ColumnType.BYTES, 16),
                    ColumnVector.of(ColumnType.BYTES, 16),
                    ids);
            for (int i = 0; i < small + large; i++) {
                boolean isLarge = i >= small;
                ((IntVector) ids).append(i);
                ((BytesVector) rows.get(1)).append("row " + i);
                ((BytesVector) rows.get(2)).append(zeros, 0, isLarge ? LARGE - i % 7 : i % 7);
                if (i % 3 == 0) {
                    ((BytesVector) rows.get(3)).append(zeros, 0, isLarge ? LARGE + i % 5 : i % 5);
                } else {
                    rows.get(3).appendNull();
                }
                if (isLarge || i == small - 1) {
                    writer.append(rows, 0, ids.size());
                    rows.subList(0, 4).forEach(ColumnVector::clear);
                }
            }
            writer.finish();
        }
        int row = 0;
        try (ParquetBatchReader reader = ParquetBatchReader.open(files.store().open(ParquetFiles.NAME), columns)) {
            for (Optional<ParquetBatch> next = reader.next(); next.isPresent(); next = reader.next()) {
                ParquetBatch batch = next.orElseThrow();
                assertThat(batch.firstRow()).isEqualTo(row);
                long bytes = 0;
                for (int i = 0; i < batch.rows(); i++, row++) {
                    boolean isLarge = row >= small;
                    assertThat(((IntVector) batch.columns().get(0)).value(i)).isEqualTo(row);
                    assertThat(((IntVector) batch.columns().get(4)).value(i)).isEqualTo(row);
                    assertThat(((BytesVector) batch.columns().get(1)).text(i)).isEqualTo("row " + row);
                    BytesVector first = (BytesVector) batch.columns().get(2);
                    BytesVector second = (BytesVector) batch.columns().get(3);
                    assertThat(first.length(i)).isEqualTo(isLarge ? LARGE - row % 7 : row % 7);
                    assertThat(second.isNull(i)).isEqualTo(row % 3 != 0);
                    assertThat(second.length(i)).isEqualTo(row % 3 != 0 ? 0 : isLarge ? LARGE + row % 5 : row % 5);
                    bytes += first.length(i) + second.length(i);
                }
                assertThat(bytes).isLessThan(10L * LARGE);
            }
        }
        assertThat(row).isEqualTo(small + large);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "é", "\uD83C\uDF0A"})
    void boundsOfLongTextsAreShortAndHold(String letter) throws IOException {
        List<ParquetColumn> columns = List.of(ParquetColumn.optional("value", ColumnType.STRING));
        String least = letter.repeat(3000);
        String greatest = letter.repeat(3000) + "z";
        BinaryStatistics bounds =
                bounds(columns, least.getBytes(StandardCharsets.UTF_8), greatest.getBytes(StandardCharsets.UTF_8));
        assertHolds(bounds, least.getBytes(StandardCharsets.UTF_8), greatest.getBytes(StandardCharsets.UTF_8));
        assertThat(bounds.genericGetMin().length()).isLessThanOrEqualTo(1024);
        assertThat(bounds.genericGetMax().length()).isLessThanOrEqualTo(1024);
        assertThat(bounds.getNumNulls()).isEqualTo(1);
    }

    @Test
    void boundsOfBytesThatCannotBeRaisedStayWhole() throws IOException {
        byte[] greatest = new byte[5000];
        Arrays.fill(greatest, (byte) 0xFF);
        byte[] least = new byte[5000];
        BinaryStatistics bounds = bounds(List.of(ParquetColumn.optional("value", ColumnType.BYTES)), least, greatest);
        assertHolds(bounds, least, greatest);
        assertThat(bounds.genericGetMin().length()).isEqualTo(1024);
    }

    private static void assertHolds(BinaryStatistics bounds, byte[] least, byte[] greatest) {
        assertThat(Arrays.compareUnsigned(bounds.genericGetMin().getBytes(), least))
                .isNotPositive();
        assertThat(Arrays.compareUnsigned(bounds.genericGetMax().getBytes(), greatest))
                .isNotNegative();
    }

    private BinaryStatistics bounds(List<ParquetColumn> columns, byte[] least, byte[] greatest) throws IOException {
        try (var out = files.store().create(ParquetFiles.NAME);
                var writer = new ParquetBatchWriter(out, columns, ParquetWriteOptions.defaults(), Map.of())) {
            ColumnVector rows = ColumnVector.of(columns.get(0).type(), 16);
            ((BytesVector) rows).append(greatest);
            rows.appendNull();
            ((BytesVector) rows).append(least);
            writer.append(List.of(rows), 0, 3);
            ParquetMetadata footer = writer.finish();
            BlockMetaData group = footer.getBlocks().get(0);
            return (BinaryStatistics) group.getColumns().get(0).getStatistics();
        }
    }
}
