package io.tidemark.lake.delta;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tidemark.lake.delta.log.DeltaFile;
import io.tidemark.lake.delta.log.DeltaFile.Vector;
import io.tidemark.lake.delta.log.DeltaFiles;
import io.tidemark.lake.delta.log.DeltaLog;
import io.tidemark.lake.delta.log.DeltaVersion;
import io.tidemark.lake.delta.log.LogActions;
import io.tidemark.lake.delta.log.VectorFile;
import io.tidemark.lake.delta.read.KernelRows;
import io.tidemark.lake.delta.schema.DeltaSchemas;
import io.tidemark.lake.delta.schema.FileLayout;
import io.tidemark.lake.upsert.table.DeletedRowsReader;
import io.tidemark.lake.upsert.table.SpecProperties;
import io.tidemark.lake.upsert.table.StoredFile;
import io.tidemark.lake.upsert.table.TableChange;
import io.tidemark.lake.upsert.table.TableStore;
import io.tidemark.lake.upsert.table.TableVersion;
import io.tidemark.parquet.ParquetColumn;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.DeletedRows;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.PinnedTable;
import io.tidemark.spi.storage.ObjectStore.ObjectOutput;
import io.tidemark.storage.LakeStorage;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A mirror table in Delta Lake. */
final class DeltaStore implements TableStore {
    private static final Logger LOG = LoggerFactory.getLogger(DeltaStore.class);

    private final LakeTableSpec spec;
    private final DeltaLog log;
    private final LakeStorage lake;
    private final String folder;
    private final DeltaUpkeep upkeep;
    private volatile @Nullable DeltaVersion known;
    private volatile @Nullable Layout layout;

    /**
     * @param lake where the lake is, for tasks on other machines
     * @param folder path of the table's folder in the lake
     */
    DeltaStore(LakeTableSpec spec, DeltaLog log, LakeStorage lake, String folder, DeltaUpkeep.Rules rules) {
        this.spec = spec;
        this.log = log;
        this.lake = lake;
        this.folder = folder;
        this.upkeep = new DeltaUpkeep(log, rules);
    }

    @Override
    public LakeTableSpec spec() {
        return spec;
    }

    @Override
    public DeltaVersion refresh() {
        DeltaVersion newest = known;
        if (newest == null || !log.isNewest(newest.number())) {
            newest = log.newest();
            requireNotRestored(newest);
            known = newest;
        }
        return newest;
    }

    @Override
    public DeltaFiles live(TableVersion version) {
        return ((DeltaVersion) version).files();
    }

    @Override
    public DeltaTableFiles files(TableVersion version) {
        return new DeltaTableFiles(lake, folder, log.files(), spec, layout(version));
    }

    private FileLayout layout(TableVersion version) {
        String text = ((DeltaVersion) version).schema().text();
        Layout last = layout;
        if (last == null || !last.schema().equals(text)) {
            last = new Layout(text, DeltaSchemas.layout(text, spec));
            layout = last;
        }
        return last.files();
    }

    @Override
    public Committed commit(TableVersion version, LakeProgress progress, TableChange change) {
        DeltaVersion base = (DeltaVersion) version;
        long now = System.currentTimeMillis();
        boolean isDataChange = change.compacted().isEmpty();
        List<DeltaFile> removed = new ArrayList<>();
        Map<String, DeltaFile> added = new LinkedHashMap<>();
        change.compacted().forEach(file -> removed.add((DeltaFile) file));
        if (change.isCleared()) {
            removed.addAll(base.files().all());
        }
        change.added().forEach(file -> added.put(file.path(), (DeltaFile) file));
        VectorFile vectors = new VectorFile();
        DeletedRowsReader deletedRows = files(base).deletedRows();
        long deleted = change.isCleared() ? base.files().rows() : 0;
        for (Map.Entry<StoredFile, RoaringBitmap> entry : change.deleted().entrySet()) {
            DeltaFile file = (DeltaFile) entry.getKey();
            RoaringBitmap before = deletedRows.of(file);
            RoaringBitmap after = RoaringBitmap.or(before, entry.getValue());
            long more = after.getLongCardinality() - before.getLongCardinality();
            if (more > 0) {
                deleted += more;
                if (added.remove(file.path()) == null) {
                    removed.add(file);
                }
                if (after.getLongCardinality() < file.rows()) {
                    added.put(file.path(), file.with(vectors.add(after)));
                }
            }
        }
        List<ObjectNode> actions = new ArrayList<>();
        actions.add(LogActions.progress(progress));
        if (!progress.applied().equals(base.progress().applied())) {
            actions.add(LogActions.transaction(progress, now));
        }
        removed.forEach(file -> actions.add(LogActions.remove(file, isDataChange, now)));
        added.values().forEach(file -> actions.add(LogActions.add(file, isDataChange)));
        if (vectors.count() > 0) {
            write(vectors);
        }
        try {
            commit(base, progress.fence(), isDataChange ? "WRITE" : "OPTIMIZE", now, actions);
        } catch (TidemarkException e) {
            if (vectors.count() > 0 && TableStore.isCertainFailure(e)) {
                files(base).discard(List.of(vectors.path()));
            }
            throw e;
        }
        LakeProgress made = progress.withVersion(base.number() + 1);
        DeltaVersion after = new DeltaVersion(
                base.number() + 1,
                base.tableUuid(),
                base.schema(),
                base.configuration(),
                made,
                base.files().after(removed, added.values()));
        known = after;
        return new Committed(after, made, deleted);
    }

    @Override
    public Lineage lineage(TableVersion version, long earlier) {
        DeltaVersion newest = (DeltaVersion) version;
        if (earlier > newest.number()) {
            return Lineage.NONE;
        }
        Lineage lineage = Lineage.OURS;
        for (long number = newest.number(); number > earlier; number--) {
            JsonNode info = log.commitInfo(number);
            if (info.isMissingNode()) {
                return Lineage.NONE;
            }
            if (!info.has(LogActions.COMMIT_ID)) {
                lineage = Lineage.FOREIGN;
            }
        }
        return lineage;
    }

    @Override
    public void evolve(TableVersion version, LakeTableSpec after, long fence) {
        DeltaVersion base = (DeltaVersion) version;
        int maxId = Integer.parseInt(base.configuration().getOrDefault(DeltaSchemas.MAX_COLUMN_ID, "0"));
        DeltaSchemas.Written next = DeltaSchemas.next(base.schema().text(), maxId, spec, after);
        Map<String, String> configuration = new HashMap<>(base.configuration());
        configuration.put(DeltaSchemas.MAX_COLUMN_ID, Integer.toString(next.maxId()));
        configuration.put(SpecProperties.KEY, SpecProperties.write(after));
        long now = System.currentTimeMillis();
        List<ObjectNode> actions = new ArrayList<>();
        actions.add(LogActions.metadata(base.tableUuid(), next.schema(), configuration, now));
        actions.add(LogActions.progress(base.progress().withFence(fence)));
        commit(base, fence, "CHANGE COLUMNS", now, actions);
        known = null;
    }

    @Override
    public Optional<String> maintain(TableVersion base, long fence, List<Long> keep) {
        return upkeep.step((DeltaVersion) base, fence, keep);
    }

    @Override
    public PinnedTable pin() {
        return pinned(refresh());
    }

    @Override
    public Optional<PinnedTable> pin(long version) {
        return log.find(version).map(this::pinned);
    }

    @Override
    public Optional<PinnedTable> pinAsOf(Instant time) {
        for (long number : log.commits().descendingSet()) {
            long made = log.commitInfo(number).path("timestamp").asLong(Long.MAX_VALUE);
            if (made <= time.toEpochMilli()) {
                return pin(number);
            }
        }
        return Optional.empty();
    }

    @Override
    public void readAll(PinnedTable pinned, Consumer<ChangeBatch> consumer) {
        long version = pinned.progress().version();
        KernelRows.read(
                log.engine(),
                log.snapshot(version)
                        .orElseThrow(() -> new TidemarkException(
                                ErrorCode.LAKE_TABLE_MISSING,
                                "Cannot read " + name() + ": its version has expired (version=" + version + ")")),
                pinned.spec(),
                consumer);
    }

    private PinnedTable pinned(DeltaVersion version) {
        LakeTableSpec then = SpecProperties.find(version.configuration())
                .orElseThrow(() -> new TidemarkException(
                        ErrorCode.LAKE_SCHEMA_MISMATCH,
                        "Cannot read a mirror: another program removed its property " + SpecProperties.KEY));
        List<Integer> fieldIds = DeltaSchemas.layout(version.schema().text(), then).columns().stream()
                .map(ParquetColumn::fieldId)
                .toList();
        List<PinnedTable.PinnedFile> files = new ArrayList<>();
        for (DeltaFile file : version.files().all()) {
            files.add(new PinnedTable.PinnedFile(
                    log.folder() + "/" + file.path(), file.rows(), file.bytes(), rows(file)));
        }
        return new PinnedTable(then, fieldIds, version.progress(), files);
    }

    private DeletedRows rows(DeltaFile file) {
        Vector vector = file.vector();
        return vector == null
                ? DeletedRows.NONE
                : new DeletedRows() {
                    @Override
                    public long count() {
                        return vector.cardinality();
                    }

                    @Override
                    public void forEach(LongConsumer consumer) {
                        log.rows(vector).forEach((int row) -> consumer.accept(row));
                    }
                };
    }

    private void write(VectorFile vectors) {
        try (ObjectOutput output = log.files().create(vectors.path())) {
            output.write(vectors.toByteArray());
        } catch (IOException e) {
            throw TidemarkException.ofStorage("Cannot write the deletes of " + name(), e);
        }
    }

    /** Makes the version after the base, unless somebody else has. */
    private void commit(DeltaVersion base, long fence, String operation, long now, List<ObjectNode> actions) {
        if (fence < base.progress().fence()) {
            throw new TidemarkException(
                    ErrorCode.LAKE_COMMIT_FENCED,
                    "Cannot commit to " + name() + ": a newer worker has committed (fence=" + fence + ", newer="
                            + base.progress().fence() + ")");
        }
        String commitId = UUID.randomUUID().toString();
        actions.add(0, LogActions.commitInfo(operation, commitId, now));
        try {
            log.commit(base.number() + 1, actions);
        } catch (IOException e) {
            settle(base, commitId, e);
        }
    }

    /** Looks a commit of unknown outcome up: returns when it is in. A version that is there may be this very one, too. */
    private void settle(DeltaVersion base, String commitId, IOException cause) {
        JsonNode info;
        try {
            info = log.commitInfo(base.number() + 1);
        } catch (TidemarkException e) {
            cause.addSuppressed(e);
            throw unknown(cause);
        }
        if (commitId.equals(info.path(LogActions.COMMIT_ID).asText())) {
            LOG.info("Found a commit of unknown outcome table={} version={}", name(), base.number() + 1);
        } else if (!info.isMissingNode() || cause instanceof FileAlreadyExistsException) {
            throw refused(base, cause);
        } else if (lake.isLocal()) {
            throw TidemarkException.ofStorage("Cannot commit to " + name(), cause);
        } else {
            // What was sent may still arrive.
            throw unknown(cause);
        }
    }

    private TidemarkException unknown(IOException cause) {
        return new TidemarkException(
                ErrorCode.LAKE_COMMIT_UNKNOWN,
                "Cannot tell whether a commit to " + name() + " succeeded: " + cause.getMessage(),
                cause);
    }

    private TidemarkException refused(DeltaVersion base, Exception cause) {
        LakeProgress now = refresh().progress();
        LakeProgress before = base.progress();
        boolean moved = !now.isSameAs(before) || now.fence() > before.fence();
        return moved
                ? new TidemarkException(
                        ErrorCode.LAKE_COMMIT_FENCED,
                        "Cannot commit to " + name() + ": another worker has committed (applied=" + now.applied()
                                + ", fence=" + now.fence() + ")",
                        cause)
                : new TidemarkException(
                        ErrorCode.LAKE_COMMIT_CONFLICT,
                        "Cannot commit to " + name() + ": another commit came first, progress is unchanged (applied="
                                + now.applied() + ")",
                        cause);
    }

    /** A restored version has the rows of then with the progress of now. */
    private void requireNotRestored(DeltaVersion newest) {
        for (long number = newest.number(); number >= 0; number--) {
            JsonNode info = log.commitInfo(number);
            if (info.isMissingNode() || info.has(LogActions.COMMIT_ID)) {
                return;
            }
            if (info.path("operation").asText().equals("RESTORE")) {
                throw new TidemarkException(
                        ErrorCode.LAKE_SCHEMA_MISMATCH,
                        "Cannot go on with the mirror of " + name()
                                + ": another program restored an earlier version (version=" + number + ")");
            }
        }
    }

    private String name() {
        return spec.schema().table().toString();
    }

    /**
     * What was read last.
     *
     * @param schema schema string
     * @param files what it says of the files
     */
    private record Layout(String schema, FileLayout files) {}
}
