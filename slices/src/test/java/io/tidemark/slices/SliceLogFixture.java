package io.tidemark.slices;

import io.tidemark.parquet.storage.LocalObjectStore;
import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.LongVector;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.slice.SliceFile;
import io.tidemark.spi.slice.SliceFormat;
import io.tidemark.spi.slice.SliceManifest;
import io.tidemark.spi.slice.SliceWriter;
import io.tidemark.spi.storage.ObjectStore;
import io.tidemark.testkit.clock.MutableClock;
import io.tidemark.testkit.metastore.InMemoryMetadataStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A slice log in a folder, with small batches to put into it. */
final class SliceLogFixture {
    static final Instant START = Instant.parse("2026-11-20T08:31:00Z");
    static final String PIPELINE = "bank";

    final InMemoryMetadataStore metastore = new InMemoryMetadataStore();
    final MutableClock clock = new MutableClock(START);
    final ObjectStore storage;
    private final AtomicInteger attempts = new AtomicInteger();

    private final SliceFormat format;

    SliceLogFixture(Path folder, SliceFormat format) throws IOException {
        this(new LocalObjectStore(folder), format);
    }

    SliceLogFixture(ObjectStore storage, SliceFormat format) {
        this.storage = storage;
        this.format = format;
    }

    ParquetSliceLog log() {
        return log(SliceLimits.DEFAULTS);
    }

    ParquetSliceLog log(SliceLimits limits) {
        return new ParquetSliceLog(
                PIPELINE, storage, metastore, clock, () -> "a" + attempts.incrementAndGet(), limits, format);
    }

    static RowSchema accounts() {
        return accounts("public", "accounts");
    }

    static RowSchema accounts(String schema, String name) {
        return new RowSchema(
                new TableId(schema, name),
                List.of(
                        new Column("id", ColumnType.INT64, false, "bigint"),
                        new Column("note", ColumnType.STRING, true, "text")),
                List.of("id"),
                BeforeImage.KEY);
    }

    /** Inserts with ids from the position on, one per position, {@code count} of them. */
    static ChangeBatch inserts(RowSchema schema, long position, int count) {
        ChangeBatch batch = new ChangeBatch(schema, count);
        for (int i = 0; i < count; i++) {
            append(batch, Operation.INSERT, position + i, 0);
        }
        return batch;
    }

    static void append(ChangeBatch batch, Operation operation, long position, long sequence) {
        batch.beginRow(operation, position, sequence, position * 10, 1_000_000 * position);
        if (operation != Operation.TRUNCATE) {
            ((LongVector) batch.column(0)).append(position);
            ((BytesVector) batch.column(1)).append("note " + position);
        }
        batch.padRow();
    }

    /** Seals a slice of ten inserts that ends at this position. */
    SliceManifest sealSlice(ParquetSliceLog log, long through) {
        try (SliceWriter writer = log.open()) {
            writer.append(inserts(accounts(), through - 9, 10));
            return seal(writer, through);
        }
    }

    SliceManifest seal(SliceWriter writer, long through) {
        clock.advance(Duration.ofSeconds(10));
        return writer.seal(new Position(through), "token-" + through, clock.instant(), 7);
    }

    /** All rows of the file in one batch. */
    static ChangeBatch readAll(ParquetSliceLog log, SliceFile file) {
        ChangeBatch all = new ChangeBatch(file.schema(), 16);
        log.read(file, batch -> {
            for (int row = 0; row < batch.size(); row++) {
                all.appendFrom(batch, row);
            }
        });
        return all;
    }

    static List<Long> ids(ChangeBatch batch) {
        List<Long> ids = new ArrayList<>();
        for (int row = 0; row < batch.size(); row++) {
            ids.add(((LongVector) batch.column(0)).value(row));
        }
        return ids;
    }
}
