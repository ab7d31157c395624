package io.tidemark.lake.hudi;

import io.tidemark.lake.hudi.commit.TableFiles;
import io.tidemark.lake.hudi.commit.TableVersions;
import io.tidemark.lake.hudi.commit.WriteOptions;
import io.tidemark.lake.hudi.row.AvroRows;
import io.tidemark.lake.hudi.row.RowCodec;
import io.tidemark.lake.hudi.schema.StoredSpec;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.lake.DeletedRows;
import io.tidemark.spi.lake.Lake;
import io.tidemark.spi.lake.LakeApply;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.PinnedTable;
import io.tidemark.spi.lake.PinnedTable.PinnedFile;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.Finding;
import io.tidemark.testkit.lake.Events;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.apache.hudi.avro.HoodieAvroUtils;
import org.apache.hudi.common.model.FileSlice;
import org.apache.hudi.common.table.HoodieTableMetaClient;
import org.apache.hudi.common.util.collection.ClosableIterator;
import org.jspecify.annotations.Nullable;

/**
 * A lake of merge-on-read tables for suites that compare a version's files with its rows: each base file stands for what it and its log files come to,
 * which no reader of Parquet files can tell.
 */
record MergedLake(HudiLake lake, WriteOptions options) implements Lake {
    /** Rows of the slice whose base file it is. */
    static List<List<@Nullable String>> rows(WriteOptions options, PinnedTable pinned, PinnedFile file) {
        Path path = Path.of(file.location());
        Path folder = path.getParent();
        while (!folder.resolve(".hoodie").toFile().isDirectory()) {
            folder = folder.getParent();
        }
        TableVersions versions = new TableVersions(folder.toString(), options);
        HoodieTableMetaClient meta = versions.refresh();
        TableFiles files = versions.files(
                meta, versions.find(meta, pinned.progress().version()).orElseThrow());
        for (FileSlice slice : files.slices()) {
            if (slice.getBaseFile()
                    .get()
                    .getFileName()
                    .equals(path.getFileName().toString())) {
                StoredSpec stored = versions.spec(
                                meta,
                                versions.find(meta, pinned.progress().version()).orElseThrow())
                        .orElseThrow();
                return rows(stored, files, slice);
            }
        }
        throw new IllegalStateException("no slice of " + path);
    }

    private static List<List<@Nullable String>> rows(StoredSpec stored, TableFiles files, FileSlice slice) {
        List<List<@Nullable String>> rows = new ArrayList<>();
        Schema schema = new RowCodec(stored).schema();
        try (ClosableIterator<IndexedRecord> records =
                files.read(slice, HoodieAvroUtils.addMetadataFields(schema, false), schema)) {
            while (records.hasNext()) {
                IndexedRecord record = records.next();
                List<ColumnVector> vectors = new ArrayList<>();
                for (ColumnType type : stored.rowTypes()) {
                    ColumnVector vector = ColumnVector.of(type, 1);
                    AvroRows.append(vector, record.get(vectors.size()));
                    vectors.add(vector);
                }
                rows.add(Events.texts(vectors, 0));
            }
        }
        return rows;
    }

    @Override
    public List<Finding> check() {
        return lake.check();
    }

    @Override
    public Optional<LakeTable> find(TableId table) {
        return lake.find(table).map(found -> new MergedTable(found, options));
    }

    @Override
    public LakeTable openLoad(LakeTableSpec spec) {
        return new MergedTable(lake.openLoad(spec), options);
    }

    @Override
    public void publish(TableId table, String loadId) {
        lake.publish(table, loadId);
    }

    @Override
    public void drop(TableId table) {
        lake.drop(table);
    }

    @Override
    public List<TableId> tables() {
        return lake.tables();
    }

    @Override
    public void close() {
        lake.close();
    }

    private record MergedTable(LakeTable table, WriteOptions options) implements LakeTable {
        private PinnedTable merged(PinnedTable pinned) {
            List<PinnedFile> files = new ArrayList<>();
            for (PinnedFile file : pinned.files()) {
                long rows = rows(options, pinned, file).size();
                files.add(new PinnedFile(file.location(), rows, file.bytes(), DeletedRows.NONE));
            }
            return new PinnedTable(pinned.spec(), pinned.fieldIds(), pinned.progress(), files);
        }

        @Override
        public LakeTableSpec spec() {
            return table.spec();
        }

        @Override
        public LakeProgress progress() {
            return table.progress();
        }

        @Override
        public LakeProgress beginLoad(String loadId, long fence) {
            return table.beginLoad(loadId, fence);
        }

        @Override
        public ChunkWriter openChunk(int ordinal) {
            return table.openChunk(ordinal);
        }

        @Override
        public LakeProgress finishLoad(LakeProgress progress) {
            return table.finishLoad(progress);
        }

        @Override
        public LakeApply beginApply(LakeProgress expected, long fence) {
            return table.beginApply(expected, fence);
        }

        @Override
        public void evolve(RowSchema next, long fence) {
            table.evolve(next, fence);
        }

        @Override
        public Optional<String> maintain(long fence, List<Long> keep) {
            return table.maintain(fence, keep);
        }

        @Override
        public PinnedTable pin() {
            return merged(table.pin());
        }

        @Override
        public Optional<PinnedTable> pin(long version) {
            return table.pin(version).map(this::merged);
        }

        @Override
        public Optional<PinnedTable> pinAsOf(Instant time) {
            return table.pinAsOf(time).map(this::merged);
        }

        @Override
        public void readAll(PinnedTable pinned, Consumer<ChangeBatch> consumer) {
            table.readAll(pinned, consumer);
        }

        @Override
        public void close() {
            table.close();
        }
    }
}
