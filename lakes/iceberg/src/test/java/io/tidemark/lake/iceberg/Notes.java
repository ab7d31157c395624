package io.tidemark.lake.iceberg;

import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.LongVector;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.lake.Lake;
import io.tidemark.spi.lake.LakeApply;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.lake.LakeTable.ChunkWriter;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;

/** Tables of numbered notes, for tests of everything but rows. */
final class Notes {
    private Notes() {}

    static LakeTableSpec spec(TableId table) {
        RowSchema schema = new RowSchema(
                table,
                List.of(
                        new Column("id", ColumnType.INT64, false, "bigint", 1),
                        new Column("note", ColumnType.STRING, true, "text", 2)),
                List.of("id"),
                BeforeImage.KEY);
        return new LakeTableSpec(schema, List.of(), DeleteMode.HARD);
    }

    /** Loads and publishes a mirror with notes numbered from 0. */
    static void load(Lake lake, TableId table, String... notes) {
        String loadId = "load of " + notes.length;
        try (LakeTable making = lake.openLoad(spec(table))) {
            making.beginLoad(loadId, 1);
            ChangeBatch batch = new ChangeBatch(spec(table).schema(), Math.max(1, notes.length));
            for (int id = 0; id < notes.length; id++) {
                append(batch, Operation.INSERT, 1, id, notes[id]);
            }
            try (ChunkWriter writer = making.openChunk(0)) {
                writer.append(batch);
                writer.commit();
            }
            making.finishLoad(LakeProgress.NONE.withApplied(new Position(1), 0, 0));
        }
        lake.publish(table, loadId);
    }

    /** Applies one event and commits it. */
    static void apply(Lake lake, TableId table, Operation operation, long id, String note) {
        try (LakeTable mirror = lake.find(table).orElseThrow()) {
            apply(mirror, operation, id, note);
        }
    }

    static void apply(LakeTable mirror, Operation operation, long id, String note) {
        apply(mirror, (batch, position) -> append(batch, operation, position, id, note));
    }

    /** What a commit changes. */
    interface Changes {
        void addTo(ChangeBatch batch, long position);
    }

    /** Applies events and commits them. */
    static void apply(LakeTable mirror, Changes changes) {
        LakeProgress before = mirror.progress();
        long position = before.slice() + 2;
        ChangeBatch batch = new ChangeBatch(mirror.spec().schema(), 8);
        changes.addTo(batch, position);
        try (LakeApply apply = mirror.beginApply(before, 1)) {
            apply.add(batch);
            apply.commit(before.withApplied(new Position(position), before.slice() + 1, 1));
        }
    }

    /** The rows as Iceberg's generic reader finds them. */
    static Map<Long, String> rows(Table table) {
        Map<Long, String> rows = new TreeMap<>();
        try (CloseableIterable<Record> records = IcebergGenerics.read(table).build()) {
            for (Record record : records) {
                rows.merge((Long) record.getField("id"), String.valueOf(record.getField("note")), (one, other) -> {
                    throw new AssertionError("two rows of a key: " + one + ", " + other);
                });
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return rows;
    }

    static void append(ChangeBatch batch, Operation operation, long at, long id, String note) {
        batch.beginRow(operation, at, 0, 1, 1);
        ((LongVector) batch.column(0)).append(id);
        ((BytesVector) batch.column(1)).append(note);
    }
}
