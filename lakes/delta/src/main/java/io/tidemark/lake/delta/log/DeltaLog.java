package io.tidemark.lake.delta.log;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.delta.kernel.Scan;
import io.delta.kernel.Snapshot;
import io.delta.kernel.Table;
import io.delta.kernel.data.FilteredColumnarBatch;
import io.delta.kernel.data.Row;
import io.delta.kernel.defaults.engine.DefaultEngine;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.exceptions.KernelException;
import io.delta.kernel.exceptions.TableNotFoundException;
import io.delta.kernel.internal.InternalScanFileUtils;
import io.delta.kernel.internal.ScanImpl;
import io.delta.kernel.internal.SnapshotImpl;
import io.delta.kernel.internal.actions.AddFile;
import io.delta.kernel.internal.actions.DeletionVectorDescriptor;
import io.delta.kernel.internal.actions.Metadata;
import io.delta.kernel.internal.deletionvectors.DeletionVectorStoredBitmap;
import io.delta.kernel.internal.util.VectorUtils;
import io.delta.kernel.utils.CloseableIterator;
import io.tidemark.lake.delta.log.DeltaFile.Vector;
import io.tidemark.lake.delta.schema.TableSchema;
import io.tidemark.lake.upsert.table.ProgressText;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.storage.ObjectStore;
import io.tidemark.spi.storage.ObjectStore.ObjectInput;
import io.tidemark.spi.storage.ObjectStore.StoredObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongPredicate;
import java.util.stream.Stream;
import org.roaringbitmap.RoaringBitmap;

/**
 * The transaction log of one table. Versions are read through Delta Kernel; a commit is a file of its own number that is made only when there is
 * none. Thread-safe.
 */
public final class DeltaLog {
    /** Folder of the log; without it there is no table. */
    public static final String FOLDER = "_delta_log/";

    private static final String COMMIT_PATTERN = "[0-9]{20}\\.json";
    private static final String CHECKPOINT_PATTERN = "[0-9]{20}\\.checkpoint\\..*parquet";
    private static final int NUMBER_LENGTH = 20;

    private final ObjectStore table;
    private final Engine engine;

    /** @param table the table's folder */
    public DeltaLog(ObjectStore table) {
        this.table = table;
        this.engine = DefaultEngine.create(new KernelFiles(table));
    }

    /** Folder of the table, as engines name it. */
    public String folder() {
        return table.root();
    }

    /** The files of the table. */
    public ObjectStore files() {
        return table;
    }

    public Engine engine() {
        return engine;
    }

    /** Whether there is a table. */
    public boolean exists() {
        return !commits().isEmpty();
    }

    /** Whether the version is there and none after it. */
    public boolean isNewest(long version) {
        try {
            return table.exists(commit(version)) && !table.exists(commit(version + 1));
        } catch (IOException e) {
            throw failed("read the log", e);
        }
    }

    /** The newest version. */
    public DeltaVersion newest() {
        return read(() -> table().getLatestSnapshot(engine));
    }

    /** A version, if the log still has it. */
    public Optional<DeltaVersion> find(long version) {
        return snapshot(version).map(found -> read(() -> found));
    }

    /** A version as Delta Kernel has it, if the log still does. */
    public Optional<Snapshot> snapshot(long version) {
        try {
            return version < 0 ? Optional.empty() : Optional.of(table().getSnapshotAsOfVersion(engine, version));
        } catch (KernelException e) {
            return Optional.empty();
        }
    }

    /** Numbers of the commits whose files are there. */
    public NavigableSet<Long> commits() {
        return commitTimes().navigableKeySet();
    }

    /** When the commits whose files are there were made, in milliseconds since the epoch by the storage's clock. */
    public NavigableMap<Long, Long> commitTimes() {
        NavigableMap<Long, Long> times = new TreeMap<>();
        list(COMMIT_PATTERN).forEach(file -> times.put(number(file.path()), file.modifiedMillis()));
        return times;
    }

    private List<StoredObject> list(String pattern) {
        try {
            return table.objects(FOLDER).stream()
                    .filter(file -> file.path().substring(FOLDER.length()).matches(pattern))
                    .toList();
        } catch (IOException e) {
            throw failed("list the log", e);
        }
    }

    private static long number(String file) {
        return Long.parseLong(file.substring(FOLDER.length(), FOLDER.length() + NUMBER_LENGTH));
    }

    /** The actions of a commit; empty when its file is gone. */
    public List<JsonNode> actions(long version) {
        return lines(version).map(LogActions::parse).toList();
    }

    /** What a commit says of itself; a missing node when it says nothing or is gone. */
    public JsonNode commitInfo(long version) {
        return lines(version)
                .map(line -> LogActions.parse(line).path("commitInfo"))
                .filter(info -> !info.isMissingNode())
                .findFirst()
                .orElse(MissingNode.getInstance());
    }

    private Stream<String> lines(long version) {
        try (ObjectInput in = table.open(commit(version))) {
            return new String(in.readAll(), StandardCharsets.UTF_8).lines();
        } catch (NoSuchFileException e) {
            return Stream.empty();
        } catch (IOException e) {
            throw failed("read a commit", e);
        }
    }

    /**
     * Makes a version.
     *
     * @throws java.nio.file.FileAlreadyExistsException when it is there: by somebody else, or by this very call, sent again after its answer was lost
     * @throws IOException for anything else, after which it may be there or not
     */
    public void commit(long version, List<ObjectNode> actions) throws IOException {
        StringBuilder text = new StringBuilder();
        actions.forEach(action -> text.append(action).append('\n'));
        table.createNew(commit(version), text.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Writes a checkpoint of the version. */
    public void checkpoint(long version) {
        try {
            table().checkpoint(engine, version);
        } catch (IOException | RuntimeException e) {
            throw failed("write a checkpoint", e);
        }
    }

    /** Numbers of the versions that have a checkpoint. */
    public NavigableSet<Long> checkpoints() {
        NavigableSet<Long> numbers = new TreeSet<>();
        list(CHECKPOINT_PATTERN).forEach(file -> numbers.add(number(file.path())));
        return numbers;
    }

    /** Deletes checkpoints of these versions. */
    public void forgetCheckpoints(LongPredicate versions) throws IOException {
        for (StoredObject file : list(CHECKPOINT_PATTERN)) {
            if (versions.test(number(file.path()))) {
                table.delete(file.path());
            }
        }
    }

    /** Path of the file with a file's deletion vector, if that is a file under the table's folder. */
    public Optional<String> vectorPath(DeltaFile file) {
        Vector vector = file.vector();
        return vector == null ? Optional.empty() : vectorPath(vector.storageType(), vector.text());
    }

    /** Paths of the data files of a version, and of the files with their deletion vectors. */
    public Set<String> paths(DeltaVersion version) {
        Set<String> paths = new HashSet<>();
        for (DeltaFile file : version.files().all()) {
            paths.add(file.path());
            vectorPath(file).ifPresent(paths::add);
        }
        return paths;
    }

    /** Paths of the files that an add or remove action names. */
    public List<String> paths(JsonNode action) {
        List<String> paths = new ArrayList<>();
        if (action.has("path")) {
            paths.add(Paths.decode(action.path("path").asText()));
            JsonNode vector = action.path("deletionVector");
            vectorPath(
                            vector.path("storageType").asText(),
                            vector.path("pathOrInlineDv").asText())
                    .ifPresent(paths::add);
        }
        return paths;
    }

    private Optional<String> vectorPath(String storageType, String text) {
        if (!storageType.equals("u")) {
            return Optional.empty();
        }
        DeletionVectorDescriptor descriptor = new DeletionVectorDescriptor(storageType, text, Optional.of(1), 1, 1);
        return Optional.of(descriptor.getAbsolutePath(folder()).substring(folder().length() + 1));
    }

    /** Deletes a commit's file, which a checkpoint has made superfluous. */
    public void forget(long version) throws IOException {
        table.delete(commit(version));
    }

    /** Rows that are deleted by a vector. */
    public RoaringBitmap rows(Vector vector) {
        DeletionVectorDescriptor descriptor = new DeletionVectorDescriptor(
                vector.storageType(),
                vector.text(),
                Optional.ofNullable(vector.offset()),
                vector.sizeInBytes(),
                vector.cardinality());
        try {
            RoaringBitmap rows = new RoaringBitmap();
            for (long row : new DeletionVectorStoredBitmap(descriptor, Optional.of(folder()))
                    .load(engine.getFileSystemClient())
                    .toArray()) {
                rows.add(Math.toIntExact(row));
            }
            return rows;
        } catch (IOException | RuntimeException e) {
            throw failed("read the deleted rows of a file", e);
        }
    }

    private Table table() {
        return Table.forPath(engine, folder());
    }

    private static String commit(long version) {
        return FOLDER + String.format("%020d.json", version);
    }

    private DeltaVersion read(java.util.function.Supplier<Snapshot> supplier) {
        try {
            SnapshotImpl snapshot = (SnapshotImpl) supplier.get();
            Metadata metadata = snapshot.getMetadata();
            LakeProgress progress = snapshot.getDomainMetadata(LogActions.DOMAIN)
                    .map(text -> ProgressText.read(snapshot.getVersion(), pairs(text)))
                    .orElse(LakeProgress.NONE);
            return new DeltaVersion(
                    snapshot.getVersion(),
                    metadata.getId(),
                    new TableSchema(metadata.getSchemaString(), VectorUtils.toJavaList(metadata.getPartitionColumns())),
                    metadata.getConfiguration(),
                    progress,
                    files(snapshot));
        } catch (TableNotFoundException e) {
            throw new TidemarkException(
                    ErrorCode.LAKE_TABLE_MISSING, "Cannot find a Delta table (folder=" + folder() + ")", e);
        } catch (IOException | KernelException e) {
            throw failed("read the log", e);
        }
    }

    private DeltaFiles files(SnapshotImpl snapshot) throws IOException {
        List<DeltaFile> files = new ArrayList<>();
        Scan scan = snapshot.getScanBuilder().build();
        try (CloseableIterator<FilteredColumnarBatch> batches = ((ScanImpl) scan).getScanFiles(engine, true)) {
            while (batches.hasNext()) {
                try (CloseableIterator<Row> rows = batches.next().getRows()) {
                    while (rows.hasNext()) {
                        files.add(file(rows.next().getStruct(InternalScanFileUtils.ADD_FILE_ORDINAL)));
                    }
                }
            }
        }
        return DeltaFiles.of(files);
    }

    private DeltaFile file(Row row) {
        AddFile add = new AddFile(row);
        String stats = add.getStatsJson().orElse("");
        long rows = FileStats.rows(stats);
        if (rows < 0) {
            throw new TidemarkException(
                    ErrorCode.LAKE_SCHEMA_MISMATCH,
                    "Cannot read a Delta table: another writer added a file without its number of rows (file="
                            + add.getPath() + ", folder=" + folder() + ")");
        }
        Vector vector = add.getDeletionVector()
                .map(found -> new Vector(
                        found.getStorageType(),
                        found.getPathOrInlineDv(),
                        found.getOffset().orElse(null),
                        found.getSizeInBytes(),
                        found.getCardinality()))
                .orElse(null);
        return new DeltaFile(
                Paths.decode(add.getPath()),
                VectorUtils.toJavaMap(add.getPartitionValues()),
                rows,
                add.getSize(),
                add.getModificationTime(),
                stats,
                vector);
    }

    private static Map<String, String> pairs(String json) {
        Map<String, String> pairs = new HashMap<>();
        LogActions.parse(json)
                .properties()
                .forEach(field -> pairs.put(field.getKey(), field.getValue().asText()));
        return pairs;
    }

    private TidemarkException failed(String what, Exception cause) {
        return TidemarkException.ofStorage("Cannot " + what + " of a Delta table", " (folder=" + folder() + ")", cause);
    }
}
