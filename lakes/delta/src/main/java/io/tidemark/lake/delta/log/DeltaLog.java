package io.tidemark.lake.delta.log;

import com.fasterxml.jackson.databind.JsonNode;
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
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.roaringbitmap.RoaringBitmap;

/**
 * The transaction log of one table on local disk. Versions are read through Delta Kernel; a commit is a file of its own number that is made only
 * when there is none. Thread-safe.
 */
public final class DeltaLog {
    private static final String FOLDER = "_delta_log";
    private static final String COMMIT_PATTERN = "[0-9]{20}\\.json";
    private static final String CHECKPOINT_PATTERN = "[0-9]{20}\\.checkpoint\\..*parquet";
    private static final int NUMBER_LENGTH = 20;

    /** Holds no state. */
    private static final Engine ENGINE = DefaultEngine.create(new LocalFiles());

    private final Path folder;

    public DeltaLog(Path folder) {
        this.folder = folder;
    }

    /** Folder of the table. */
    public Path folder() {
        return folder;
    }

    /** Folder of the log; without it there is no table. */
    public Path logFolder() {
        return folder.resolve(FOLDER);
    }

    public Engine engine() {
        return ENGINE;
    }

    /** Whether there is a table. */
    public boolean exists() {
        return Files.isDirectory(logFolder()) && !commits().isEmpty();
    }

    /** Whether the version is there and none after it. */
    public boolean isNewest(long version) {
        return Files.exists(commit(version)) && !Files.exists(commit(version + 1));
    }

    /** The newest version. */
    public DeltaVersion newest() {
        return read(() -> table().getLatestSnapshot(ENGINE));
    }

    /** A version, if the log still has it. */
    public Optional<DeltaVersion> find(long version) {
        return snapshot(version).map(found -> read(() -> found));
    }

    /** A version as Delta Kernel has it, if the log still does. */
    public Optional<Snapshot> snapshot(long version) {
        try {
            return version < 0 ? Optional.empty() : Optional.of(table().getSnapshotAsOfVersion(ENGINE, version));
        } catch (KernelException e) {
            return Optional.empty();
        }
    }

    /** Numbers of the commits whose files are there. */
    public NavigableSet<Long> commits() {
        return numbers(COMMIT_PATTERN);
    }

    private NavigableSet<Long> numbers(String pattern) {
        NavigableSet<Long> numbers = new TreeSet<>();
        list(pattern).forEach(file -> numbers.add(number(file)));
        return numbers;
    }

    private List<Path> list(String pattern) {
        if (!Files.isDirectory(logFolder())) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(logFolder())) {
            return files.filter(file -> file.getFileName().toString().matches(pattern))
                    .toList();
        } catch (IOException e) {
            throw failed("list the log", e);
        }
    }

    private static long number(Path file) {
        return Long.parseLong(file.getFileName().toString().substring(0, NUMBER_LENGTH));
    }

    /** The actions of a commit; empty when its file is gone. */
    public List<JsonNode> actions(long version) {
        List<JsonNode> actions = new ArrayList<>();
        try (BufferedReader lines = Files.newBufferedReader(commit(version), StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                actions.add(LogActions.parse(line));
            }
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw failed("read a commit", e);
        }
        return actions;
    }

    /** What a commit says of itself; a missing node when it says nothing or is gone. */
    public JsonNode commitInfo(long version) {
        JsonNode none = com.fasterxml.jackson.databind.node.MissingNode.getInstance();
        try (BufferedReader lines = Files.newBufferedReader(commit(version), StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode info = LogActions.parse(line).path("commitInfo");
                if (!info.isMissingNode()) {
                    return info;
                }
            }
            return none;
        } catch (NoSuchFileException e) {
            return none;
        } catch (IOException e) {
            throw failed("read a commit", e);
        }
    }

    /**
     * Makes a version.
     *
     * @throws FileAlreadyExistsException when somebody else has made it
     * @throws IOException for anything else, after which it may be there or not
     */
    public void commit(long version, List<ObjectNode> actions) throws IOException {
        StringBuilder text = new StringBuilder();
        actions.forEach(action -> text.append(action).append('\n'));
        Files.createDirectories(logFolder());
        LocalFiles.create(commit(version), text.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Writes a checkpoint of the version. */
    public void checkpoint(long version) {
        try {
            table().checkpoint(ENGINE, version);
        } catch (IOException | RuntimeException e) {
            throw failed("write a checkpoint", e);
        }
    }

    /** Numbers of the versions that have a checkpoint. */
    public NavigableSet<Long> checkpoints() {
        return numbers(CHECKPOINT_PATTERN);
    }

    /** Deletes checkpoints of versions before this one. */
    public void forgetCheckpoints(long version) throws IOException {
        for (Path file : list(CHECKPOINT_PATTERN)) {
            if (number(file) < version) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** Path of the file with a file's deletion vector, if that is a file under the table's folder. */
    public Optional<String> vectorPath(DeltaFile file) {
        Vector vector = file.vector();
        return vector == null ? Optional.empty() : vectorPath(vector.storageType(), vector.text());
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
        Path path = Path.of(descriptor.getAbsolutePath(folder.toString()));
        return Optional.of(folder.relativize(path).toString());
    }

    /** Deletes a commit's file, which a checkpoint has made superfluous. */
    public void forget(long version) throws IOException {
        Files.deleteIfExists(commit(version));
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
            for (long row : new DeletionVectorStoredBitmap(descriptor, Optional.of(folder.toString()))
                    .load(ENGINE.getFileSystemClient())
                    .toArray()) {
                rows.add(Math.toIntExact(row));
            }
            return rows;
        } catch (IOException | RuntimeException e) {
            throw failed("read the deleted rows of a file", e);
        }
    }

    private Table table() {
        return Table.forPath(ENGINE, folder.toString());
    }

    private Path commit(long version) {
        return logFolder().resolve(String.format("%020d.json", version));
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
                    ErrorCode.LAKE_TABLE_MISSING, "Cannot find a Delta table (folder=" + folder + ")", e);
        } catch (IOException | KernelException e) {
            throw failed("read the log", e);
        }
    }

    private DeltaFiles files(SnapshotImpl snapshot) throws IOException {
        List<DeltaFile> files = new ArrayList<>();
        Scan scan = snapshot.getScanBuilder().build();
        try (CloseableIterator<FilteredColumnarBatch> batches = ((ScanImpl) scan).getScanFiles(ENGINE, true)) {
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
                            + add.getPath() + ", folder=" + folder + ")");
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
        return new TidemarkException(
                ErrorCode.LAKE_IO,
                "Cannot " + what + " of a Delta table: " + cause.getMessage() + " (folder=" + folder + ")",
                cause);
    }
}
