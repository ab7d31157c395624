package io.tidemark.slices;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.LongVector;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.slice.SliceFile;
import io.tidemark.spi.slice.SliceFormat;
import io.tidemark.spi.slice.SliceManifest;
import io.tidemark.spi.slice.SliceWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SliceMemoryTest {
    private static final SliceLimits SMALL = new SliceLimits(4 << 20, 2 << 20, 1);

    @TempDir
    Path folder;

    @Test
    void tablesTogetherStayWithinTheLimit() throws IOException {
        SliceLogFixture fixture = new SliceLogFixture(folder, SliceFormat.PARQUET);
        ParquetSliceLog log = fixture.log(SMALL);
        int tables = 500;
        Random random = new Random(1);
        SliceManifest sealed;
        long mostBuffered = 0;
        try (SliceWriter writer = log.open()) {
            for (int round = 0; round < 3; round++) {
                for (int table = 0; table < tables; table++) {
                    writer.append(batch(SliceLogFixture.accounts("public", "t" + table), 1 + round, 40, random));
                    mostBuffered = Math.max(mostBuffered, ((ParquetSliceWriter) writer).bufferedBytes());
                }
            }
            sealed = fixture.seal(writer, 100);
        }

        assertThat(mostBuffered).isBetween(SMALL.bufferBytes() / 2, SMALL.bufferBytes());
        assertThat(sealed.rows()).isEqualTo(3L * tables * 40);
        assertThat(sealed.files()).hasSize(tables);
        assertThat(fixture.log().newest()).contains(sealed);
        for (SliceFile file : sealed.files()) {
            long[] rows = {0};
            log.read(file, batch -> rows[0] += batch.size());
            assertThat(rows[0]).isEqualTo(file.rows());
        }
    }

    @ParameterizedTest
    @EnumSource(SliceFormat.class)
    void aFileLargerThanTheReadBufferIsCheckedAndRead(SliceFormat format) throws IOException {
        SliceLogFixture fixture = new SliceLogFixture(folder, format);
        ParquetSliceLog log = fixture.log();
        Random random = new Random(2);
        SliceManifest sealed;
        try (SliceWriter writer = log.open()) {
            for (int i = 0; i < 20; i++) {
                writer.append(batch(SliceLogFixture.accounts(), 1 + i, 5000, random));
            }
            sealed = fixture.seal(writer, 100);
        }
        SliceFile file = sealed.files().get(0);
        assertThat(file.bytes()).isGreaterThan(20 << 20);

        long[] rows = {0};
        log.read(file, batch -> rows[0] += batch.size());

        assertThat(rows[0]).isEqualTo(100_000);
    }

    /** Rows of about 240 bytes that hardly compress. */
    private static ChangeBatch batch(RowSchema schema, long position, int rows, Random random) {
        ChangeBatch batch = new ChangeBatch(schema, rows);
        byte[] note = new byte[240];
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < note.length; i++) {
                note[i] = (byte) (' ' + random.nextInt(95));
            }
            batch.beginRow(Operation.INSERT, position, row, 1, 1);
            ((LongVector) batch.column(0)).append(random.nextLong());
            ((BytesVector) batch.column(1)).append(note);
        }
        return batch;
    }
}
