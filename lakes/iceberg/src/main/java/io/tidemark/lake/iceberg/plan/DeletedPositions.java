package io.tidemark.lake.iceberg.plan;

import io.tidemark.lake.upsert.table.DeletedRowsReader;
import io.tidemark.lake.upsert.table.StoredFile;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.DeletedRows;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.BaseDeleteLoader;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.deletes.Deletes;
import org.apache.iceberg.deletes.PositionDeleteIndex;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.DeleteSchemaUtil;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.util.CharSequenceMap;
import org.apache.iceberg.util.ContentFileUtil;
import org.roaringbitmap.RoaringBitmap;

/**
 * Reads which rows of data files are deleted. A position delete file is read once for all data files it speaks of, so one instance serves one
 * piece of work and is then dropped. Thread-safe.
 */
public final class DeletedPositions implements DeletedRowsReader {
    private static final Schema POSITIONS = DeleteSchemaUtil.pathPosSchema();

    private final FileIO io;
    private final BaseDeleteLoader vectors;
    private final Map<String, CharSequenceMap<PositionDeleteIndex>> positions = new HashMap<>();

    public DeletedPositions(FileIO io) {
        this.io = io;
        this.vectors = new BaseDeleteLoader(delete -> io.newInputFile(delete.location()));
    }

    @Override
    public RoaringBitmap of(StoredFile file) {
        RoaringBitmap rows = new RoaringBitmap();
        PositionDeleteIndex index = of((LiveFile) file);
        if (!index.isEmpty()) {
            index.forEach(row -> rows.add(Math.toIntExact(row)));
        }
        return rows;
    }

    @Override
    public long count(StoredFile file) {
        return rowsOf((LiveFile) file).count();
    }

    /** Deleted places of the file; not to be changed. */
    // Iceberg's map compares character sequences by their characters.
    @SuppressWarnings("CollectionUndefinedEquality")
    public PositionDeleteIndex of(LiveFile file) {
        List<DeleteFile> deletes = file.deletes();
        if (deletes.isEmpty()) {
            return PositionDeleteIndex.empty();
        }
        try {
            if (ContentFileUtil.containsSingleDV(deletes)) {
                return vectors.loadPositionDeletes(deletes, file.path());
            }
            PositionDeleteIndex all = Deletes.toPositionIndex(CloseableIterable.empty());
            for (DeleteFile delete : deletes) {
                PositionDeleteIndex some = load(delete).get(file.path());
                if (some != null) {
                    some.forEach(all::delete);
                }
            }
            return all;
        } catch (RuntimeException e) {
            throw TidemarkException.ofStorage("Cannot read the deletes of a file", " (file=" + file.path() + ")", e);
        }
    }

    /** The same for who reads a pinned version: loaded when first asked for. */
    public DeletedRows rowsOf(LiveFile file) {
        return file.deletes().isEmpty() ? DeletedRows.NONE : new Loaded(this, file);
    }

    private synchronized CharSequenceMap<PositionDeleteIndex> load(DeleteFile delete) {
        return positions.computeIfAbsent(delete.location(), location -> {
            try (CloseableIterable<Record> rows = Parquet.read(io.newInputFile(location))
                    .project(POSITIONS)
                    .createReaderFunc(schema -> GenericParquetReaders.buildReader(POSITIONS, schema))
                    .build()) {
                return Deletes.toPositionIndexes(rows);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }

    private static final class Loaded implements DeletedRows {
        private final DeletedPositions source;
        private final LiveFile file;
        private volatile @org.jspecify.annotations.Nullable PositionDeleteIndex index;

        Loaded(DeletedPositions source, LiveFile file) {
            this.source = source;
            this.file = file;
        }

        @Override
        public long count() {
            List<DeleteFile> deletes = file.deletes();
            if (ContentFileUtil.containsSingleDV(deletes)) {
                return deletes.get(0).recordCount();
            }
            return index().isEmpty() ? 0 : index().cardinality();
        }

        @Override
        public void forEach(LongConsumer consumer) {
            index().forEach(consumer);
        }

        private PositionDeleteIndex index() {
            PositionDeleteIndex loaded = index;
            if (loaded == null) {
                loaded = source.of(file);
                index = loaded;
            }
            return loaded;
        }
    }
}
